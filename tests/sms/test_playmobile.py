from dataclasses import replace

import pytest

from ledger.sms import CodeMessage, Delivery, PermanentFailure, TemporaryFailure
from ledger.sms.playmobile import PlayMobile
from tests.sms.fakes import Answer, FakePlayMobile


class TestSend:
    def test_hands_over_one_message_in_their_envelope(
        self, playmobile: PlayMobile, playmobile_server: FakePlayMobile, message: CodeMessage
    ) -> None:
        assert playmobile.send(message) == Delivery("playmobile", "code-7")
        (request,) = playmobile_server.seen
        assert request.path == "/send"
        text = "Daftar: tasdiqlash kodi 493817. Uni hech kimga aytmang."
        assert request.json == {
            "messages": [
                {
                    "recipient": "998901110001",
                    "message-id": "code-7",
                    "sms": {"originator": "3700", "content": {"text": text}},
                }
            ]
        }

    def test_fault_of_theirs_is_temporary(
        self, playmobile: PlayMobile, playmobile_server: FakePlayMobile, message: CodeMessage
    ) -> None:
        playmobile_server.next_answers = [playmobile_server.refusal(100, "Internal server error")]
        with pytest.raises(TemporaryFailure, match="error 100 Internal server error"):
            playmobile.send(message)

    def test_refused_number_is_permanent_and_not_told(
        self, playmobile: PlayMobile, message: CodeMessage
    ) -> None:
        with pytest.raises(PermanentFailure, match=r"error 202 Empty recipient …$"):
            playmobile.send(replace(message, phone_number="+12025550123"))

    def test_other_spelling_of_their_error_is_understood(
        self, playmobile: PlayMobile, playmobile_server: FakePlayMobile, message: CodeMessage
    ) -> None:
        body = {"error-code": 102, "error-description": "Account lock"}
        playmobile_server.next_answers = [Answer(400, body)]
        with pytest.raises(PermanentFailure, match="error 102 Account lock"):
            playmobile.send(message)

    def test_wrong_credentials_are_permanent(
        self, playmobile_server: FakePlayMobile, message: CodeMessage
    ) -> None:
        stranger = PlayMobile(
            url=playmobile_server.url, login="shop", password="?", originator="3700"
        )
        with pytest.raises(PermanentFailure, match="HTTP 401"):
            stranger.send(message)
