"""`manage.py worker` as it runs in production: signals, and a database that goes and comes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.jobs import enqueue
from ledger.models import OneTimeCode
from tests.jobs import queue
from tests.jobs.outage import Door
from tests.sms.fakes import FakeEskiz, NoAnswer

pytestmark = pytest.mark.django_db(transaction=True)


class Worker:
    def __init__(self, *, database_url: str, log: Path, gateway: FakeEskiz) -> None:
        self.log = log
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "core.settings",
            "DATABASE_URL": database_url,
            "DEBUG": "1",
            "LOG_LEVEL": "INFO",
            "SMS_GATEWAY": "eskiz",
            "ESKIZ_URL": gateway.url,
            "ESKIZ_EMAIL": gateway.credentials["email"],
            "ESKIZ_PASSWORD": gateway.credentials["password"],
        }
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "worker"],
                cwd=settings.BASE_DIR,
                env=environment,
                stderr=stderr,
            )

    def has_said(self, words: str) -> bool:
        return words in self.log.read_text()

    def tell(self, *signals: signal.Signals) -> None:
        for each in signals:
            self.process.send_signal(each)


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    yield door
    door.shut()


@pytest.fixture
def gateway() -> Iterator[FakeEskiz]:
    fake = FakeEskiz()
    yield fake
    fake.close()


@pytest.fixture
def worker(door: Door, gateway: FakeEskiz, tmp_path: Path) -> Iterator[Worker]:
    database = connection.settings_dict
    login = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    url = f"postgres://{login}@127.0.0.1:{door.port}/{database['NAME']}"
    worker = Worker(database_url=url, log=tmp_path / "worker.log", gateway=gateway)
    try:
        wait_until(lambda: worker.has_said("Starting worker"))
        yield worker
    finally:
        worker.process.kill()
        worker.process.wait()


def wait_until(true: Callable[[], bool], *, seconds: float = 30) -> float:
    """Seconds waited."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds
        time.sleep(0.02)
    return time.monotonic() - start


def send_code(number: str) -> OneTimeCode:
    expires_at = timezone.now() + timedelta(seconds=180)
    code = OneTimeCode.objects.create(phone_number=number, expires_at=expires_at)
    enqueue("ledger.send_code", code_id=code.pk)
    return code


def is_sent(code: OneTimeCode) -> bool:
    code.refresh_from_db()
    return code.sent_at is not None


def test_goes_on_after_a_restart_of_the_database(worker: Worker, door: Door) -> None:
    first = send_code("+998901110001")
    wait_until(lambda: is_sent(first))
    door.shut()
    wait_until(lambda: worker.has_said("the database is away"))
    second = send_code("+998901110002")
    door.reopen()
    assert wait_until(lambda: is_sent(second)) < 10
    assert worker.process.poll() is None


def test_outage_that_ends_before_anybody_gives_up_goes_unnoticed(
    worker: Worker, door: Door
) -> None:
    first = send_code("+998901110001")
    wait_until(lambda: is_sent(first))
    door.shut()
    second = send_code("+998901110002")
    door.reopen()
    assert wait_until(lambda: is_sent(second)) < 10
    assert worker.process.poll() is None


def test_job_under_way_finishes_when_the_worker_is_told_to_stop(
    worker: Worker, gateway: FakeEskiz
) -> None:
    gateway.next_answers = [NoAnswer()]
    under_way = send_code("+998901110001")
    assert gateway.arrived.wait(30)
    worker.tell(signal.SIGTERM, signal.SIGINT)  # as from a terminal: more than once
    wait_until(lambda: worker.has_said("Stop requested"))
    left_over = send_code("+998901110002")
    gateway.let_go.set()
    assert worker.process.wait(10) == 0
    assert is_sent(under_way)
    assert not is_sent(left_over)
    assert queue.jobs("status", of="ledger.send_code") == ["succeeded", "todo"]


def test_worker_ends_in_time_while_the_database_is_away(worker: Worker, door: Door) -> None:
    door.shut()
    worker.tell(signal.SIGTERM)
    assert worker.process.wait(10) == 0


def test_idle_worker_ends_at_once(worker: Worker) -> None:
    worker.tell(signal.SIGTERM)
    assert worker.process.wait(5) == 0


@pytest.mark.prove
def test_job_that_hangs_is_left_to_another_worker(worker: Worker, gateway: FakeEskiz) -> None:
    gateway.next_answers = [NoAnswer()]
    code = send_code("+998901110001")
    assert gateway.arrived.wait(30)
    with transaction.atomic():
        OneTimeCode.objects.select_for_update().get(pk=code.pk)  # the job waits for us, for ever
        gateway.let_go.set()
        worker.tell(signal.SIGTERM)
        assert worker.process.wait(10) == 1
    assert queue.jobs("status", of="ledger.send_code") == ["doing"]
