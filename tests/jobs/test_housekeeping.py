"""Jobs of dead workers, and jobs that are long done."""

import pytest

from core.jobs import enqueue
from core.tasks import BATCH, forget_finished_jobs
from tests.jobs.conftest import AddTask
from tests.jobs.queue import change, jobs, work_until_idle


def die_with(job_id: int | None, *, silent_seconds: int, attempts: int = 0) -> None:
    """Leave the job as a killed worker does."""
    change(
        "WITH worker AS (INSERT INTO procrastinate_workers (last_heartbeat)"
        f" VALUES (now() - interval '{silent_seconds} s') RETURNING id)"
        f" UPDATE procrastinate_jobs SET status = 'doing', attempts = {attempts},"
        f" worker_id = (SELECT id FROM worker) WHERE id = {job_id}"
    )


@pytest.fixture
def collect(add_task: AddTask) -> str:
    def collect() -> None:
        """Nothing to do: its row tells whether it ran."""

    return add_task(collect)


@pytest.mark.django_db(transaction=True)
class TestRetryStalledJobs:
    def test_runs_the_job_of_a_dead_worker(self, collect: str) -> None:
        die_with(enqueue(collect), silent_seconds=40)
        enqueue("core.retry_stalled_jobs", timestamp=0)
        work_until_idle()
        assert (collect, "succeeded") in jobs()

    def test_runs_the_job_of_a_worker_that_is_forgotten(self, collect: str) -> None:
        die_with(enqueue(collect), silent_seconds=40)
        change("DELETE FROM procrastinate_workers")
        enqueue("core.retry_stalled_jobs", timestamp=0)
        work_until_idle()
        assert (collect, "succeeded") in jobs()

    def test_leaves_the_job_of_a_living_worker(self, collect: str) -> None:
        die_with(enqueue(collect), silent_seconds=5)
        enqueue("core.retry_stalled_jobs", timestamp=0)
        work_until_idle()
        assert (collect, "doing") in jobs()

    def test_gives_up_the_job_whose_workers_keep_dying(self, collect: str) -> None:
        die_with(enqueue(collect), silent_seconds=40, attempts=4)
        enqueue("core.retry_stalled_jobs", timestamp=0)
        work_until_idle()
        assert (collect, "failed") in jobs()


@pytest.mark.django_db
class TestForgetFinishedJobs:
    @pytest.mark.parametrize(
        ("status", "days", "kept"),
        [
            ("succeeded", 2, False),
            ("succeeded", 0, True),
            ("failed", 2, True),
            ("failed", 15, False),
            ("cancelled", 15, False),
            ("todo", 15, True),
            ("doing", 15, True),
        ],
    )
    def test_keeps_what_may_still_be_asked_for(
        self, collect: str, status: str, days: int, kept: bool
    ) -> None:
        enqueue(collect)
        change(f"UPDATE procrastinate_jobs SET status = '{status}'")
        change(f"UPDATE procrastinate_events SET at = now() - interval '{days} days'")
        forget_finished_jobs(timestamp=0)
        assert bool(jobs()) is kept

    def test_goes_on_until_the_last_batch(self, collect: str) -> None:
        change(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            f" SELECT 'q', 'old', 'succeeded' FROM generate_series(1, {BATCH + 1})"
        )
        forget_finished_jobs(timestamp=0)
        assert jobs() == []
