"""Database work off the event loop, by few threads: a slow query stalls no socket."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import connection

from core.errors import DATABASE_IS_AWAY

__all__ = ["DATABASE_IS_AWAY", "run", "watch"]

P = ParamSpec("P")
R = TypeVar("R")

WORKERS = 8  # half of the pool: HTTP in the same process needs the rest

_workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="live")
# The regular look at heads and sessions never waits behind what sockets ask for.
_watcher = ThreadPoolExecutor(1, thread_name_prefix="live-watch")


async def run(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`function` in a thread that has a connection of its own."""
    return await _in(_workers, partial(function, *args, **kwargs))


async def watch(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """As `run`, in the watcher's thread."""
    return await _in(_watcher, partial(function, *args, **kwargs))


async def _in(executor: ThreadPoolExecutor, call: Callable[[], R]) -> R:
    return await asyncio.get_running_loop().run_in_executor(executor, _with_connection, call)


def _with_connection(call: Callable[[], R]) -> R:
    try:
        return call()
    finally:
        connection.close()  # back to the pool
