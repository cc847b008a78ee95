"""What docs/upgrades.md tells to do to a large table, done to one while shops write into it."""

import time
from collections.abc import Callable

import psycopg
import pytest

from scripts.stack import Stack
from tests.stack.writers import Writers

NOBODY = -1
FILL = """
INSERT INTO realtime_event (user_id, seq, kind, data, created_at)
SELECT %s, n, 'debt.created', '{"id": 1}', now() FROM generate_series(1, %s) AS n
"""
# A column, a rule over all rows, an index: each as a migration of ours may have it.
STEPS = [
    "ALTER TABLE realtime_event ADD COLUMN added_later integer NOT NULL DEFAULT 0",
    "ALTER TABLE realtime_event ADD CONSTRAINT later CHECK (added_later >= 0) NOT VALID",
    "ALTER TABLE realtime_event VALIDATE CONSTRAINT later",
    "CREATE INDEX CONCURRENTLY later ON realtime_event (added_later, created_at)",
    "DROP INDEX CONCURRENTLY later",
    "ALTER TABLE realtime_event DROP CONSTRAINT later, DROP COLUMN added_later",
]
STALL_SECONDS = 2


def migrate_under_writes(stack: Stack, rows: int) -> tuple[float, float, int]:
    """Gives the longest write, the seconds that all steps took, and the number of writes."""
    with (
        psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as database,
        Writers(stack.url, stack.sign_in(4, first=9000), pause_seconds=0.1) as writers,
    ):
        database.execute(FILL, [NOBODY, rows])
        database.execute("SET lock_timeout = '2s'")
        writers.wait_for_more(20)
        for shop in writers.shops:
            shop.seconds.clear()
        started = time.monotonic()
        for step in STEPS:
            until_it_has_its_lock(lambda step=step: database.execute(step))
        took = time.monotonic() - started
        writers.wait_for_more(4)
        database.execute("DELETE FROM realtime_event WHERE user_id = %s", [NOBODY])
    assert [shop.troubles + shop.strange for shop in writers.shops] == [[]] * 4
    assert writers.seconds[-1] <= STALL_SECONDS
    return writers.seconds[-1], took, len(writers.seconds)


def until_it_has_its_lock(step: Callable[[], object], tries: int = 10) -> None:
    """As the service `migrate`, started again after it gave up."""
    for _ in range(tries - 1):
        try:
            step()
        except psycopg.errors.LockNotAvailable:
            continue
        return
    step()


def test_a_migration_stops_no_writer(stack: Stack) -> None:
    migrate_under_writes(stack, rows=20_000)


@pytest.mark.prove
def test_a_migration_of_a_million_rows_stops_no_writer(stack: Stack, figures: list[str]) -> None:
    longest, took, writes = migrate_under_writes(stack, rows=1_000_000)
    figures.append(
        f"migration of 1,000,000 rows under load: {took:.1f} s, {writes} writes meanwhile, none "
        f"failed, the longest took {longest:.2f} s"
    )
