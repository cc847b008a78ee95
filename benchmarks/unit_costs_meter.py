"""Measuring one act: what it has PostgreSQL do, write and keep, and the time that takes."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

from benchmarks.unit_costs_acts import Act

WARM_UP = 400
BATCHES, BATCH = 5, 400
REPETITIONS = BATCHES * BATCH
CHECKPOINTS = 20

KEPT_30_DAYS = ["realtime_event", "core_storedanswer"]
SIZES = """
SELECT (SELECT count(*) FROM realtime_event),
       sum(pg_total_relation_size(oid)),
       sum(pg_total_relation_size(oid)) FILTER (WHERE relname = ANY(%s))
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
LOG = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"


@dataclass(frozen=True)
class Cost:
    """Of one act; times in milliseconds. `server_cpu`: 0 if PostgreSQL runs elsewhere."""

    statements: float
    events: float
    bytes: float
    bytes_for_30_days: float
    log: float
    cpu: float
    server_cpu: float
    wall: float
    log_first: float


class Statements:
    """An `execute_wrapper` that counts."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.seen += 1
        return execute(sql, params, many, context)


def measure(begin: Callable[[], Act]) -> Cost:
    """Have what `begin` gives done over and over.

    Vacuumed after each batch: rows that were changed leave room for the next batch, as they do
    where autovacuum keeps up, and only what stays counts as growth.
    """
    # Before the rows of `begin`, whose pages need not go into the log whole then; the next one
    # comes in five minutes.
    sql("CHECKPOINT")
    act, numbers = begin(), count()
    repeat(act, numbers, WARM_UP)
    sql("VACUUM ANALYZE")
    kept, counter, spent = sizes(), Statements(), []
    for _ in range(BATCHES):
        before = meters()
        with connection().execute_wrapper(counter):
            repeat(act, numbers, BATCH)
        spent.append([now - then for now, then in zip(meters(), before, strict=True)])
        sql("VACUUM")
    grown = [now - then for now, then in zip(sizes(), kept, strict=True)]
    log_first = log_after_checkpoints(act, numbers)
    return Cost(
        counter.seen / REPETITIONS,
        *(each / REPETITIONS for each in grown),
        *(statistics.median(each) / BATCH for each in zip(*spent, strict=True)),
        log_first=log_first,
    )


def repeat(act: Act, numbers: Iterator[int], times: int) -> None:
    for number in islice(numbers, times):
        act(number)


def sizes() -> list[float]:
    return [float(each) for each in read(SIZES, [KEPT_30_DAYS])]


def meters() -> list[float]:
    """Bytes of log; milliseconds of this process, of PostgreSQL's, and of the clock."""
    milliseconds = [time.process_time() * 1e3, server_cpu(), time.perf_counter() * 1e3]
    return [float(read(LOG)[0]), *milliseconds]


def server_cpu() -> float:
    """Of the process that serves our connection, as Linux counts; 0 if it is elsewhere."""
    process = Path(f"/proc/{read('SELECT pg_backend_pid()')[0]}")
    if not connection().settings_dict["HOST"].startswith("/") or not process.exists():
        return 0.0
    return int((process / "schedstat").read_text().split()[0]) / 1e6


def log_after_checkpoints(act: Act, numbers: Iterator[int]) -> float:
    # As docker-compose.yml compresses, but for the method, which every build has.
    sql("SET wal_compression = pglz")
    total = 0.0
    for number in islice(numbers, CHECKPOINTS):
        sql("CHECKPOINT")
        before = read(LOG)[0]
        act(number)
        total += float(read(LOG)[0] - before)
    sql("RESET wal_compression")
    return total / CHECKPOINTS


def read(query: str, params: Any = ()) -> tuple[Any, ...]:
    from core.sql import row

    found: tuple[Any, ...] = row(query, params)
    return found


def sql(command: str) -> None:
    from core.sql import run

    run(command)


def connection() -> Any:
    from django.db import connection

    return connection
