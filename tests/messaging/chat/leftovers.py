"""Where words still stand."""

from django.db import connection


def tables_with(words):
    """Tables of which a row holds these words in any column, bytes included; sorted."""
    as_bytes = words.encode().hex()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {table} AS row"
                " WHERE strpos(row::text, %s) > 0 OR strpos(row::text, %s) > 0)",
                [words, as_bytes],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return sorted(found)
