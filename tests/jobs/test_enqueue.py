from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from procrastinate.exceptions import TaskNotFound

from core.jobs import enqueue
from tests.jobs.conftest import AddTask
from tests.jobs.queue import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def remind(add_task: AddTask) -> str:
    def remind(*, debtor_id: int) -> None:
        """Never run here."""

    return add_task(remind)


class TestEnqueue:
    def test_writes_a_job_with_its_arguments(self, remind: str) -> None:
        job_id = enqueue(remind, queue="slow", priority=3, lock="book-1", debtor_id=7)
        assert jobs("id, task_name, queue_name, priority, lock, args::text") == [
            (job_id, remind, "slow", 3, "book-1", '{"debtor_id": 7}')
        ]

    def test_goes_with_the_transaction_that_is_rolled_back(self, remind: str) -> None:
        with transaction.atomic():
            enqueue(remind, debtor_id=7)
            transaction.set_rollback(True)
        assert jobs() == []

    def test_waits_for_a_time_or_a_span(self, remind: str) -> None:
        tomorrow = timezone.now() + timedelta(days=1)
        enqueue(remind, schedule_at=tomorrow, debtor_id=7)
        enqueue(remind, schedule_in=timedelta(days=1), debtor_id=8)
        at, after = jobs("scheduled_at")
        assert at == tomorrow
        assert timedelta(0) <= after - tomorrow < timedelta(minutes=1)

    def test_refuses_a_name_no_task_has(self) -> None:
        with pytest.raises(TaskNotFound):
            enqueue("ledger.sned_code", code_id=1)

    def test_second_job_of_a_queueing_lock_is_not_written_and_breaks_nothing(
        self, remind: str
    ) -> None:
        with transaction.atomic():
            assert enqueue(remind, queueing_lock="debtor-7", debtor_id=7)
            assert enqueue(remind, queueing_lock="debtor-7", debtor_id=7) is None
            assert enqueue(remind, debtor_id=8)
        assert jobs("args ->> 'debtor_id'") == ["7", "8"]

    def test_takes_no_notify_lock(self) -> None:
        triggers = "tgrelid = 'procrastinate_jobs'::regclass AND tgname LIKE '%notify%'"
        assert rows_of(f"SELECT tgname FROM pg_trigger WHERE {triggers}") == []


def rows_of(sql: str) -> list[tuple[object, ...]]:
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
