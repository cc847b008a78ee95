"""Many at once, for real: threads with connections of their own, let go together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

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
