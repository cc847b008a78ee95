"""What one debt, payment, message and event costs, for `docs/scale.md`: `make bench-units`.

    statements   that PostgreSQL runs, BEGIN and COMMIT apart, savepoints among them
    events       rows that come into `realtime_event`
    bytes        that tables and indexes grow by, vacuumed between; `30 d`: of them for 30 days
                 only (events, kept answers)
    log          bytes of write-ahead log; `first`: right after a checkpoint, when each page that
                 is touched goes in whole, compressed. What a busy server writes lies between
    CPU          milliseconds: of this process, and of PostgreSQL's if it runs on this machine
    wall         milliseconds, one after another: with the disk

Debtors hold an account, a book has one keeper, there is no Redis. Requests go through Django's
test client: no web server and no connection pool is in them. The log is the whole server's, so
nobody else may write there meanwhile; checkpoints want a superuser. Three minutes;
`python -m benchmarks.unit_costs PART ...` measures what begins so, as in `payment`.
"""

import sys
from functools import partial

from benchmarks.scratch import scratch_database
from benchmarks.unit_costs_acts import (
    appending,
    lending,
    listing,
    paying,
    posting_payments,
    reading_at_once,
    talking,
)
from benchmarks.unit_costs_meter import BATCHES, REPETITIONS, Cost, measure

ACTS = {
    "debt": lending,
    "payment, settles 1 debt": partial(paying, debts=1),
    "payment, settles 10 debts": partial(paying, debts=10),
    "message, unread ones before": talking,
    "message, read at once": reading_at_once,
    "event, 1 account": appending,
    "POST of a payment, 1 debt": posting_payments,
    "POST with Idempotency-Key": partial(posting_payments, with_keys=True),
    "GET of 50 debts": listing,
}
HEADINGS = ("statements", "events", "bytes", "30 d", "log", "first", "CPU", "PostgreSQL", "wall")


def main(parts: tuple[str, ...]) -> None:
    with scratch_database():
        from django.test import override_settings

        print(f"A mean of {REPETITIONS:,}; log and times: the median of {BATCHES} batches' means")
        print(f"{'':28}" + "".join(f"{heading:>11}" for heading in HEADINGS))
        # In development Django keeps a copy of every statement.
        with override_settings(DEBUG=False):
            for name, begin in ACTS.items():
                if name.startswith(parts):
                    report(name, measure(begin))


def report(name: str, cost: Cost) -> None:
    whole = (cost.bytes, cost.bytes_for_30_days, cost.log, cost.log_first)
    times = (cost.cpu, cost.server_cpu, cost.wall)
    print(
        f"{name:28}{cost.statements:11.1f}{cost.events:11.1f}"
        + "".join(f"{value:11,.0f}" for value in whole)
        + "".join(f"{value:11.2f}" if value else f"{'—':>11}" for value in times),
        flush=True,
    )


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or ("",))
