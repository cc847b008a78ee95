"""Rows changed behind the ledger's back, for tests that need another past."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def unguarded(model):
    """Let the table's triggers sleep, within the test's transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
