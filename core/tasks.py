"""Housekeeping of the job queue itself; the figures of whole tables."""

import logging

from django.db import connection
from procrastinate import JobContext
from procrastinate.jobs import Status

from core.idempotency import KEEP_DAYS
from core.jobs import BACK_OFF, app
from core.tallies import take_due_tallies

logger = logging.getLogger(__name__)

STALLED_AFTER_SECONDS = 30  # a living worker says so every 10 seconds
STALLED_ATTEMPTS = 5
BATCH = 1000


@app.periodic(cron="* * * * *")
@app.task(
    name="core.retry_stalled_jobs",
    queueing_lock="core.retry_stalled_jobs",
    pass_context=True,
    retry=BACK_OFF,
)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give the jobs of dead workers to living ones.

    A job that was under way five times when its worker died is given up: it may be the cause.
    """
    queue = context.app.job_manager
    for job in await queue.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        logger.warning("the worker of %s job %s died", job.task_name, job.id)
        if job.attempts + 1 >= STALLED_ATTEMPTS:
            await queue.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await queue.retry_job(job)
    await queue.prune_stalled_workers(STALLED_AFTER_SECONDS)


@app.periodic(cron="20 22 * * *")  # UTC: 03:20 in Tashkent
@app.task(
    name="core.forget_finished_jobs", queueing_lock="core.forget_finished_jobs", retry=BACK_OFF
)
def forget_finished_jobs(timestamp: int) -> None:
    """Delete jobs that succeeded a day ago or ended otherwise two weeks ago, in batches."""
    with connection.cursor() as cursor:
        deleted = BATCH
        while deleted == BATCH:
            cursor.execute(FORGET, [BATCH])
            deleted = cursor.rowcount


@app.periodic(cron="40 22 * * *")  # UTC: 03:40 in Tashkent
@app.task(name="core.forget_requests", queueing_lock="core.forget_requests", retry=BACK_OFF)
def forget_requests(timestamp: int) -> None:
    """Delete answers past their 30 days and rate limits that limit nothing, in batches."""
    with connection.cursor() as cursor:
        for sql in (FORGET_ANSWERS, FORGET_LIMITS):
            deleted = BATCH
            while deleted == BATCH:
                cursor.execute(sql, [BATCH])
                deleted = cursor.rowcount


@app.periodic(cron="* * * * *")
@app.task(
    name="core.take_tallies",
    queueing_lock="core.take_tallies",
    lock="core.take_tallies",
    retry=BACK_OFF,
)
def take_tallies(timestamp: int) -> None:
    """Count what is due of `core.tallies`; what fails is due again in a minute."""
    take_due_tallies()


# The conditions once more outside: a key that was taken anew while its row was waited for stays.
FORGET_ANSWERS = f"""
DELETE FROM core_storedanswer WHERE created_at < now() - interval '{KEEP_DAYS} days' AND id IN (
    SELECT id FROM core_storedanswer
    WHERE created_at < now() - interval '{KEEP_DAYS} days' ORDER BY created_at LIMIT %s)
"""  # noqa: S608
FORGET_LIMITS = """
DELETE FROM core_ratelimit WHERE expires_at < now() AND key IN (
    SELECT key FROM core_ratelimit WHERE expires_at < now() ORDER BY expires_at LIMIT %s)
"""
FORGET = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT job.id FROM procrastinate_jobs AS job
    WHERE job.status NOT IN ('todo', 'doing') AND NOT EXISTS (
        SELECT FROM procrastinate_events AS event
        WHERE event.job_id = job.id AND event.at > now() - CASE job.status
            WHEN 'succeeded' THEN interval '1 day' ELSE interval '14 days' END)
    LIMIT %s)
"""
