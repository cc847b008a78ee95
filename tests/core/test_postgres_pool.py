"""A connection that died while nobody used it is replaced before somebody does."""

import time

import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from core.postgres_pool import PooledConnection

SEEN = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
PATIENCE_SECONDS = 20


@pytest.fixture
def pool(db):
    arguments = connection.get_connection_params()
    with ConnectionPool(
        kwargs={**arguments, "autocommit": True},
        connection_class=PooledConnection,
        check=ConnectionPool.check_connection,
        min_size=1,
        max_size=1,
    ) as pool:
        yield pool


def next_pid(pool):
    with pool.connection() as used:
        return used.execute("SELECT pg_backend_pid()").fetchone()[0]


def end(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(SEEN, [pid])
            if cursor.fetchone() == (0,):
                return
    raise TimeoutError(pid)


class TestPool:
    def test_keeps_a_connection_that_lives(self, pool):
        assert next_pid(pool) == next_pid(pool)

    def test_replaces_one_that_the_server_ended(self, pool):
        first = next_pid(pool)
        end(first)
        assert next_pid(pool) != first

    def test_asks_a_living_one_nothing(self, pool):
        with pool.connection() as used:
            used.execute("SELECT 'the last'")
            pid = used.info.backend_pid
        with pool.connection(), connection.cursor() as cursor:
            cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
            assert cursor.fetchone() == ("SELECT 'the last'",)
