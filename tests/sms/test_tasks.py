"""Codes leave through the worker."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from core.jobs import enqueue, failed_jobs
from ledger.models import OneTimeCode
from tests.jobs import queue
from tests.sms.conftest import AZIZA
from tests.sms.fakes import Answer, FakeEskiz, FakeTelegram

pytestmark = pytest.mark.django_db(transaction=True)
BOBUR = "+998901110002"  # has no Telegram


@pytest.fixture(autouse=True)
def _eskiz_is_chosen(db: None, settings: Settings, eskiz_server: FakeEskiz) -> None:
    queue.empty()
    settings.SMS_GATEWAY = "eskiz"
    settings.ESKIZ_URL = eskiz_server.url
    settings.ESKIZ_EMAIL = eskiz_server.credentials["email"]
    settings.ESKIZ_PASSWORD = eskiz_server.credentials["password"]


def make_code(number: str = AZIZA, **fields: object) -> OneTimeCode:
    expires_at = timezone.now() + timedelta(seconds=180)
    return OneTimeCode.objects.create(phone_number=number, **{"expires_at": expires_at, **fields})


def send(code: OneTimeCode) -> OneTimeCode:
    enqueue("ledger.send_code", code_id=code.pk)
    queue.work_until_idle()
    code.refresh_from_db()
    return code


class TestSendCode:
    def test_reaches_its_number_in_its_language(self, eskiz_server: FakeEskiz) -> None:
        code = send(make_code(language="ru"))
        form = eskiz_server.seen[-1].form
        assert form["mobile_phone"] == "998901110001"
        assert form["message"].startswith(f"Daftar: kod podtverzhdeniya {code.reveal()}.")
        assert code.gateway == "eskiz"
        assert code.sent_at

    @pytest.mark.parametrize(
        "fields",
        [
            {"used_at": timezone.now()},
            {"replaced_at": timezone.now()},
            {"expires_at": timezone.now()},
            {"tries": 5},
            {"sent_at": timezone.now()},
        ],
        ids=["used", "replaced", "expired", "tried out", "sent"],
    )
    def test_does_nothing_for_a_code_nobody_waits_for(
        self, eskiz_server: FakeEskiz, fields: dict[str, object]
    ) -> None:
        send(make_code(**fields))
        assert eskiz_server.seen == []
        assert queue.jobs() == [("ledger.send_code", "succeeded")]

    def test_does_nothing_for_a_code_that_is_gone(self, eskiz_server: FakeEskiz) -> None:
        enqueue("ledger.send_code", code_id=404)
        queue.work_until_idle()
        assert queue.jobs() == [("ledger.send_code", "succeeded")]

    def test_tries_again_after_a_temporary_failure(self, eskiz_server: FakeEskiz) -> None:
        eskiz_server.next_answers = [Answer(503, "maintenance")]
        code = send(make_code())
        assert code.sent_at is None
        assert queue.jobs("status, attempts") == [("todo", 1)]
        queue.make_due()
        queue.work_until_idle()
        code.refresh_from_db()
        assert code.sent_at

    def test_stops_trying_once_the_code_expired(self, eskiz_server: FakeEskiz) -> None:
        eskiz_server.next_answers = [Answer(503, "maintenance")]
        code = send(make_code())
        OneTimeCode.objects.filter(pk=code.pk).update(expires_at=timezone.now())
        queue.make_due()
        queue.work_until_idle()
        assert len(eskiz_server.seen) == 1
        assert queue.jobs("status") == ["succeeded"]

    def test_counts_a_permanent_failure_and_does_not_repeat_it(
        self, eskiz_server: FakeEskiz
    ) -> None:
        send(make_code("+12025550123"))
        assert queue.jobs("status, attempts") == [("failed", 1)]
        assert failed_jobs() == {"ledger.send_code": 1}

    def test_keeps_only_the_codes_id_in_the_queue(self) -> None:
        code = make_code()
        enqueue("ledger.send_code", code_id=code.pk)
        assert queue.jobs("args::text") == [f'{{"code_id": {code.pk}}}']


class TestConfirmCode:
    @pytest.fixture(autouse=True)
    def _telegram_comes_first(self, settings: Settings, telegram_server: FakeTelegram) -> None:
        settings.SMS_GATEWAY, settings.SMS_FALLBACK_GATEWAY = "telegram", "eskiz"
        settings.TELEGRAM_GATEWAY_URL = telegram_server.url
        settings.TELEGRAM_GATEWAY_TOKEN = telegram_server.token

    def test_is_due_when_telegrams_time_is_over(self) -> None:
        before = timezone.now()
        code = send(make_code())
        assert code.gateway == "telegram"
        assert queue.jobs() == [("ledger.send_code", "succeeded"), ("ledger.confirm_code", "todo")]
        due = queue.jobs("scheduled_at")[1]
        assert timedelta(seconds=61) <= due - before < timedelta(seconds=120)

    def test_sends_by_sms_what_telegram_did_not_deliver(
        self, telegram_server: FakeTelegram, eskiz_server: FakeEskiz
    ) -> None:
        code = send(make_code())
        telegram_server.status = "expired"
        queue.make_due()
        queue.work_until_idle()
        code.refresh_from_db()
        assert code.gateway == "eskiz"
        assert code.reveal() in eskiz_server.seen[-1].form["message"]

    @pytest.mark.parametrize("status", ["delivered", "read"])
    def test_sends_nothing_after_what_arrived(
        self, telegram_server: FakeTelegram, eskiz_server: FakeEskiz, status: str
    ) -> None:
        code = send(make_code())
        telegram_server.status = status
        queue.make_due()
        queue.work_until_idle()
        code.refresh_from_db()
        assert code.gateway == "telegram"
        assert eskiz_server.seen == []

    def test_sends_nothing_for_a_code_that_was_entered(self, eskiz_server: FakeEskiz) -> None:
        code = send(make_code())
        OneTimeCode.objects.filter(pk=code.pk).update(used_at=timezone.now())
        queue.make_due()
        queue.work_until_idle()
        assert eskiz_server.seen == []

    def test_is_not_needed_for_a_number_without_telegram(self) -> None:
        code = send(make_code(BOBUR))
        assert code.gateway == "eskiz"
        assert queue.jobs() == [("ledger.send_code", "succeeded")]

    def test_does_nothing_once_telegram_is_not_chosen_any_more(
        self, settings: Settings, eskiz_server: FakeEskiz
    ) -> None:
        settings.SMS_GATEWAY = "eskiz"
        enqueue("ledger.confirm_code", code_id=make_code().pk, reference="request-1")
        queue.work_until_idle()
        assert eskiz_server.seen == []
