"""`manage.py worker`: runs background jobs until it is told to stop."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import connector_params
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.periodic import PeriodicRegistry
from psycopg_pool import AsyncConnectionPool

from core.jobs import app, queue_depth

POLL_SECONDS = 1.0
RECONNECT_SECONDS = 1.0
FINISH_SECONDS = 8.0  # for the jobs under way when the worker is told to stop
EXIT_SECONDS = 9.5  # then the process goes whatever hangs
CONNECTION_SECONDS = 3.0  # a thread that waits for the database holds up the end

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Polls: a LISTEN ends silently when the database restarts, and a NOTIFY takes a lock that
    slows every other commit. SIGTERM and SIGINT let the jobs under way finish; what does not
    in time is run again by another worker, 30 seconds later."""

    help = "Run background jobs until SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at a time")
        parser.add_argument("--until-idle", action="store_true", help="end when no job is due")

    def handle(self, *args: Any, concurrency: int, until_idle: bool, **options: Any) -> None:
        if until_idle:
            while queue_depth():  # again for what the jobs enqueued
                asyncio.run(work(concurrency=concurrency, until_idle=True))
        else:
            pool = connections.settings[DEFAULT_DB_ALIAS]["OPTIONS"]["pool"]
            pool["timeout"] = CONNECTION_SECONDS
            end_in_time = threading.Timer(EXIT_SECONDS, os._exit, [1])
            end_in_time.daemon = True
            asyncio.run(work_until_stopped(concurrency=concurrency, on_stop=end_in_time.start))
            end_in_time.cancel()


async def work_until_stopped(*, concurrency: int, on_stop: Callable[[], None]) -> None:
    """Work through restarts of the database until the first signal, which calls `on_stop`."""
    this = cast("asyncio.Task[None]", asyncio.current_task())
    stop_on_signals(this, on_stop)
    with contextlib.suppress(asyncio.CancelledError):
        while not this.cancelling():  # a database that goes at the same moment hides the rest
            try:
                await work(concurrency=concurrency)
            except ConnectorException as error:
                logger.warning("the database is away: %s", error.__cause__ or error)
            # Also after a quiet end: the worker stops itself when its heartbeat fails.
            await asyncio.sleep(RECONNECT_SECONDS)


def stop_on_signals(working: "asyncio.Task[None]", on_stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        # Once: Ctrl-C reaches us from the terminal and again from the process that started us.
        if not working.cancelling():
            on_stop()
            working.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


async def work(*, concurrency: int, until_idle: bool = False) -> None:
    """Run jobs until cancelled, until the database fails or, if so wanted, until none is due."""
    # The thread that enqueues periodic jobs keeps a connection, dead after a restart.
    await sync_to_async(close_old_connections)()
    connector = cast(PsycopgConnector, cast(DjangoConnector, app.connector).get_worker_connector())
    async with worker_pool(concurrency) as pool:
        await connector.open_async(pool)
        # A second app for the worker's own queries. Tasks stay bound to the first, whose jobs
        # go through Django's connection: one enqueued in a task's atomic() goes with a rollback.
        workers_app = app.with_connector(connector)
        if until_idle:  # only what is in the queue
            workers_app.periodic_registry = PeriodicRegistry()  # type: ignore[no-untyped-call]
        await workers_app.run_worker_async(
            concurrency=concurrency,
            wait=not until_idle,
            listen_notify=False,
            fetch_job_polling_interval=POLL_SECONDS,
            shutdown_graceful_timeout=FINISH_SECONDS,
            install_signal_handlers=False,
        )


def worker_pool(concurrency: int) -> AsyncConnectionPool:
    """Short-lived patience: after an outage a new pool tries at once, an old one waits longer
    and longer between tries."""
    return AsyncConnectionPool(
        kwargs=connector_params(),
        min_size=1,
        max_size=concurrency + 2,
        timeout=CONNECTION_SECONDS,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
