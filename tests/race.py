"""Many at once, for real: threads with connections of their own, let go together."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Barrier
from typing import TypeVar

from django.db import connection, transaction

R = TypeVar("R")


def at_once(calls: list[Callable[[], R]], *, threads: int = 10) -> list[R]:
    """Run `calls`, at most `threads` of them at a time, the first ones let go together.

    Needs `django_db(transaction=True)`: the threads must see what the test committed.
    An exception of a call is raised here.
    """
    first = Barrier(min(threads, len(calls)))

    def run(index: int, call: Callable[[], R]) -> R:
        if index < first.parties:
            first.wait(timeout=30)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=threads) as executor:
        futures = [executor.submit(run, index, call) for index, call in enumerate(calls)]
        return [future.result(timeout=120) for future in futures]


WAITED_FOR = """
SELECT EXISTS (
  SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
)
"""


def behind(first: Callable[[], object], second: Callable[[], R]) -> R:
    """The answer of `second`, begun when `first` was done but not committed. `first` commits
    once `second` waits for it, or is over.

    Needs `django_db(transaction=True)`. An exception of `second` is raised here.
    """

    def run() -> R:
        try:
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as executor:
        with transaction.atomic():
            first()
            future = executor.submit(run)
            while not (waited_for() or _is_over(future)):
                pass
        return future.result(timeout=30)


def waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITED_FOR)
        (waited_for,) = cursor.fetchone()
    return bool(waited_for)


def _is_over(future: Future[R]) -> bool:
    return bool(wait([future], timeout=0.01).done)
