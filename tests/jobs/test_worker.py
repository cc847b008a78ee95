"""The worker in this process: what a job may rely on."""

import logging
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from core.jobs import BackOff, app, enqueue
from ledger.models import OneTimeCode
from tests.jobs.conftest import AddTask
from tests.jobs.queue import jobs, make_due, work_until_idle

pytestmark = pytest.mark.django_db(transaction=True)


def make_code(number: str) -> OneTimeCode:
    expires_at = timezone.now() + timedelta(seconds=180)
    return OneTimeCode.objects.create(phone_number=number, expires_at=expires_at)


class TestJob:
    def test_runs_with_its_arguments(self, add_task: AddTask) -> None:
        def greet(*, name: str) -> None:
            greeted.append(name)

        greeted: list[str] = []
        enqueue(add_task(greet), name="aziza")
        work_until_idle()
        assert greeted == ["aziza"]
        assert jobs() == [("tests.greet", "succeeded")]

    def test_enqueued_in_a_task_goes_with_the_tasks_rollback(self, add_task: AddTask) -> None:
        def lend() -> None:
            with transaction.atomic():
                make_code("+998901110002")
                enqueue("ledger.send_code", code_id=1)
                raise ImproperlyConfigured

        enqueue(add_task(lend, retry=False))
        work_until_idle()
        assert jobs() == [("tests.lend", "failed")]
        assert not OneTimeCode.objects.exists()

    def test_enqueued_in_a_task_runs_once_the_task_commits(self, add_task: AddTask) -> None:
        def lend() -> None:
            with transaction.atomic():
                enqueue(add_task(remind))

        def remind() -> None:
            reminded.append("bobur")

        reminded: list[str] = []
        enqueue(add_task(lend))
        work_until_idle()
        assert reminded == ["bobur"]

    def test_that_fails_waits_longer_each_time(self, add_task: AddTask) -> None:
        def stumble() -> None:
            raise OSError("no network")

        enqueue(add_task(stumble))
        for tries in (1, 2, 3):
            before = timezone.now()
            work_until_idle()
            ((status, attempts, due),) = jobs("status, attempts, scheduled_at")
            assert (status, attempts) == ("todo", tries)
            assert 0.8 * 2**tries <= (due - before).total_seconds() < 1.2 * 2**tries + 5
            make_due()

    def test_that_keeps_failing_is_given_up(self, add_task: AddTask) -> None:
        def stumble() -> None:
            raise OSError("no network")

        enqueue(add_task(stumble, retry=BackOff(attempts=3)))
        for _ in range(3):
            work_until_idle()
            make_due()
        assert jobs("status, attempts") == [("failed", 3)]

    def test_that_cannot_get_better_is_given_up_at_once(self, add_task: AddTask) -> None:
        def stumble() -> None:
            raise LookupError("no such number")

        enqueue(add_task(stumble, retry=BackOff(never=(LookupError,))))
        work_until_idle()
        assert jobs("status, attempts") == [("failed", 1)]


class TestBackOff:
    def test_waits_no_longer_than_its_bound(self) -> None:
        retry = BackOff(attempts=100, longest_seconds=60)
        now = timezone.now()
        job = app.configure_task("core.forget_finished_jobs").job
        decision = retry.get_retry_decision(exception=OSError(), job=job.evolve(attempts=50))
        assert decision is not None
        assert decision.retry_at is not None
        assert 48 <= (decision.retry_at - now).total_seconds() < 75

    def test_is_what_every_task_of_ours_has(self) -> None:
        ours = [task for name, task in app.tasks.items() if "builtin" not in name]
        assert ours
        without = [task.name for task in ours if not isinstance(task.retry_strategy, BackOff)]
        assert without == []


def test_log_shows_neither_code_nor_number(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    code = make_code("+998901110001")
    enqueue("ledger.send_code", code_id=code.pk)
    work_until_idle()
    code.refresh_from_db()
    assert code.sent_at
    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "ledger.send_code" in said
    assert code.reveal() not in said
    assert "901110001" not in said
