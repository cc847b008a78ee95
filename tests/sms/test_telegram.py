from dataclasses import replace

import pytest

from ledger.sms import CodeMessage, Delivery, PermanentFailure, TelegramFirst
from ledger.sms.eskiz import Eskiz
from ledger.sms.telegram import Telegram
from tests.sms.fakes import Answer, FakeEskiz, FakeTelegram, NoAnswer

BOBUR = "+998901110002"  # has no Telegram


@pytest.fixture
def telegram_first(telegram: Telegram, eskiz: Eskiz) -> TelegramFirst:
    return TelegramFirst(telegram, eskiz)


class TestTelegram:
    def test_checks_the_number_and_sends_our_code_under_the_same_fee(
        self, telegram: Telegram, telegram_server: FakeTelegram, message: CodeMessage
    ) -> None:
        assert telegram.send(message) == Delivery("telegram", "request-1")
        check, send = telegram_server.seen
        assert check.path == "/checkSendAbility"
        assert check.json == {"phone_number": "+998901110001"}
        assert send.path == "/sendVerificationMessage"
        assert send.json == {
            "phone_number": "+998901110001",
            "request_id": "request-1",
            "code": "493817",
            "ttl": 60,
            "payload": "code-7",
        }

    def test_number_without_telegram_is_a_permanent_failure(
        self, telegram: Telegram, message: CodeMessage
    ) -> None:
        with pytest.raises(PermanentFailure, match="checkSendAbility PHONE_NUMBER_NOT_FOUND"):
            telegram.send(replace(message, phone_number=BOBUR))

    def test_wrong_token_is_a_permanent_failure(
        self, telegram_server: FakeTelegram, message: CodeMessage
    ) -> None:
        with pytest.raises(PermanentFailure, match="ACCESS_TOKEN_INVALID"):
            Telegram(url=telegram_server.url, token="?").send(message)

    @pytest.mark.parametrize(
        ("status", "arrived"),
        [("sent", False), ("delivered", True), ("read", True), ("expired", False)],
    )
    def test_knows_what_arrived(
        self, telegram: Telegram, telegram_server: FakeTelegram, status: str, arrived: bool
    ) -> None:
        telegram_server.status = status
        assert telegram.arrived("request-1") is arrived

    def test_message_without_a_delivery_status_did_not_arrive(
        self, telegram: Telegram, telegram_server: FakeTelegram
    ) -> None:
        telegram_server.next_answers = [telegram_server.result()]
        assert telegram.arrived("request-1") is False


class TestTelegramFirst:
    def test_sends_no_sms_to_a_number_with_telegram(
        self, telegram_first: TelegramFirst, eskiz_server: FakeEskiz, message: CodeMessage
    ) -> None:
        delivery = telegram_first.send(message)
        assert delivery == Delivery("telegram", "request-1", confirm_after_seconds=61)
        assert eskiz_server.seen == []

    def test_sends_an_sms_to_a_number_without_telegram(
        self, telegram_first: TelegramFirst, message: CodeMessage
    ) -> None:
        assert telegram_first.send(replace(message, phone_number=BOBUR)).gateway == "eskiz"

    @pytest.mark.parametrize(
        "trouble",
        [NoAnswer(), Answer(500, "oops"), FakeTelegram.refusal("BALANCE_NOT_ENOUGH")],
        ids=["silence", "fault", "no money"],
    )
    def test_sends_an_sms_when_telegram_fails(
        self,
        telegram_first: TelegramFirst,
        telegram_server: FakeTelegram,
        message: CodeMessage,
        trouble: Answer | NoAnswer,
    ) -> None:
        telegram_server.next_answers = [trouble]
        assert telegram_first.send(message).gateway == "eskiz"


class TestMakeSure:
    def test_leaves_alone_what_arrived(
        self,
        telegram_first: TelegramFirst,
        telegram_server: FakeTelegram,
        eskiz_server: FakeEskiz,
        message: CodeMessage,
    ) -> None:
        telegram_server.status = "delivered"
        assert telegram_first.make_sure(message, reference="request-1") is None
        assert eskiz_server.seen == []

    def test_sends_an_sms_for_what_expired(
        self, telegram_first: TelegramFirst, telegram_server: FakeTelegram, message: CodeMessage
    ) -> None:
        telegram_server.status = "expired"
        delivery = telegram_first.make_sure(message, reference="request-1")
        assert delivery is not None
        assert delivery.gateway == "eskiz"

    def test_sends_an_sms_when_telegram_cannot_tell(
        self, telegram_first: TelegramFirst, telegram_server: FakeTelegram, message: CodeMessage
    ) -> None:
        telegram_server.next_answers = [Answer(502, "bad gateway")]
        assert telegram_first.make_sure(message, reference="request-1") is not None
