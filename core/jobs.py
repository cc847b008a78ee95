"""Background jobs: procrastinate, with our PostgreSQL as the queue.

Tasks live in `<app>/tasks` and are enqueued by name, inside the transaction that causes them:
the job exists exactly when its cause does. A task may run twice (its worker died before saying
that it was done), so it looks first whether there is still something to do. Arguments are ids:
they stand in the database and in the log.
"""

import logging
import random
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

__all__ = [
    "BACK_OFF",
    "BackOff",
    "app",
    "enqueue",
    "failed_jobs",
    "oldest_waiting_job_age",
    "queue_depth",
]

logger = logging.getLogger(__name__)


class BackOff(BaseRetryStrategy):
    """Tries again after 2, 4, 8 … seconds, give or take a fifth, `attempts` times in all.

    What is raised of the classes in `never` fails at once.
    """

    def __init__(
        self,
        *,
        attempts: int = 10,
        longest_seconds: int = 3600,
        never: tuple[type[Exception], ...] = (),
    ) -> None:
        self.attempts = attempts
        self.longest_seconds = longest_seconds
        self.never = never

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, self.never) or job.attempts + 1 >= self.attempts:
            return None
        seconds = min(2 ** (job.attempts + 1), self.longest_seconds)
        # Scattered: jobs that failed together must not come back together.
        milliseconds = round(1000 * seconds * random.uniform(0.8, 1.2))  # noqa: S311  (no secret)
        return RetryDecision(retry_in={"milliseconds": milliseconds})


BACK_OFF = BackOff()  # for every task that knows nothing better: 17 minutes in all


def enqueue(
    name: str,
    /,
    *,
    queue: str | None = None,
    priority: int | None = None,
    schedule_at: datetime | None = None,
    schedule_in: timedelta | None = None,
    lock: str | None = None,
    queueing_lock: str | None = None,
    **arguments: Any,
) -> int | None:
    """Have the task `name` run with `arguments` once the present transaction commits.

    Jobs of one `lock` run one after another. Of one `queueing_lock` only one waits: while it
    does, None is returned instead of the job's id. Raises TaskNotFound for an unknown name.
    """
    job = app.configure_task(
        name,
        allow_unknown=False,
        queue=queue,
        priority=priority,
        schedule_at=_due(schedule_at, schedule_in),
        lock=lock,
        queueing_lock=queueing_lock,
    )
    if queueing_lock is None:
        return _noted(name, job.defer(**arguments))
    try:
        with transaction.atomic():  # the violation would break the caller's transaction
            return _noted(name, job.defer(**arguments))
    except AlreadyEnqueued:
        return None


def _noted(task: str, job: int) -> int:
    """This line has the request's id, the worker's lines have the job's."""
    logger.info("job %s enqueued", job, extra={"task": task, "job": job})
    return job


def _due(at: datetime | None, delay: timedelta | None) -> datetime | None:
    return datetime.now().astimezone() + delay if delay is not None else at


def queue_depth() -> int:
    """How many jobs are due and not yet taken by a worker."""
    return int(_number(DUE))


def oldest_waiting_job_age() -> float:
    """Seconds that the longest waiting job has been due; 0.0 when none waits."""
    return float(_number(LONGEST_DUE))


def failed_jobs() -> dict[str, int]:
    """How many jobs of each task were given up in the last two weeks (older ones are deleted)."""
    with connection.cursor() as cursor:
        cursor.execute(FAILED)
        return dict(cursor.fetchall())


DUE = """
SELECT count(*) FROM procrastinate_jobs
WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
"""
LONGEST_DUE = """
SELECT coalesce(max(extract(epoch FROM now() - coalesce(scheduled_at, event.at))), 0)
FROM procrastinate_jobs AS job
JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'
WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
"""
FAILED = """
SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY task_name
"""


def _number(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
