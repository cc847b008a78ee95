from datetime import timedelta

import pytest

from core.jobs import enqueue, failed_jobs, oldest_waiting_job_age, queue_depth
from tests.jobs.conftest import AddTask
from tests.jobs.queue import change

pytestmark = pytest.mark.django_db


@pytest.fixture
def remind(add_task: AddTask) -> str:
    def remind() -> None:
        """Never run here."""

    return add_task(remind)


class TestNumbers:
    def test_empty_queue_is_zero_deep_and_old(self) -> None:
        assert (queue_depth(), oldest_waiting_job_age(), failed_jobs()) == (0, 0.0, {})

    def test_jobs_of_the_future_do_not_wait(self, remind: str) -> None:
        enqueue(remind, schedule_in=timedelta(hours=1))
        assert (queue_depth(), oldest_waiting_job_age()) == (0, 0.0)

    def test_age_counts_from_the_job_or_its_schedule(self, remind: str) -> None:
        enqueue(remind)
        change("UPDATE procrastinate_events SET at = now() - interval '90 s'")
        assert oldest_waiting_job_age() == 90.0
        enqueue(remind, schedule_in=-timedelta(seconds=120))
        assert queue_depth() == 2
        assert 119 <= oldest_waiting_job_age() < 180

    def test_jobs_given_up_are_counted_by_task(self, remind: str) -> None:
        enqueue(remind)
        enqueue(remind)
        change("UPDATE procrastinate_jobs SET status = 'failed'")
        assert failed_jobs() == {remind: 2}
        assert queue_depth() == 0
