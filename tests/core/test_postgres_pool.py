"""A connection that died while nobody used it is replaced before somebody does."""

import pytest
from django.db import connection

OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def used() -> set[int]:
    """The connections that some requests in turn get."""
    pids = set()
    for _ in range(6):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.add(cursor.fetchone()[0])
        connection.close()
    return pids


@pytest.mark.django_db(transaction=True)
class TestPool:
    def test_keeps_connections_that_live(self):
        assert used() == used()

    def test_replaces_those_that_the_server_ended(self):
        before = used()
        with connection.pool.connection() as last:
            last.execute(OTHERS)
            kept = {last.info.backend_pid}
        assert used() & before <= kept
