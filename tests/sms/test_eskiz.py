from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger.sms import CodeMessage, Delivery, PermanentFailure, TemporaryFailure
from ledger.sms.eskiz import Eskiz
from tests.sms.fakes import Answer, FakeEskiz

SEND = "/message/sms/send"
LOGIN = "/auth/login"


class TestSend:
    def test_hands_over_number_text_and_sender(
        self, eskiz: Eskiz, eskiz_server: FakeEskiz, message: CodeMessage
    ) -> None:
        assert eskiz.send(message) == Delivery("eskiz", "eskiz-2")
        assert eskiz_server.seen[-1].form == {
            "mobile_phone": "998901110001",
            "message": "Daftar: tasdiqlash kodi 493817. Uni hech kimga aytmang.",
            "from": "4546",
        }

    @pytest.mark.parametrize(
        "refusal",
        [
            Answer(400, {"status": "error", "message": "Not enough balance for 998901110001"}),
            Answer(422, {"message": {"message": ["The text 493817 is not approved"]}}),
            Answer(200, {"status": "error", "message": "Sending is blocked"}),
        ],
        ids=["no money", "text not approved", "refused with 200"],
    )
    def test_refusal_is_permanent_and_tells_neither_number_nor_code(
        self, eskiz: Eskiz, eskiz_server: FakeEskiz, message: CodeMessage, refusal: Answer
    ) -> None:
        eskiz.send(message)
        eskiz_server.next_answers = [refusal]
        with pytest.raises(PermanentFailure, match=r"^eskiz: HTTP \d+ .") as failure:
            eskiz.send(message)
        assert "1110001" not in str(failure.value)
        assert "493817" not in str(failure.value)


class TestToken:
    def test_is_kept_between_messages(
        self, eskiz: Eskiz, eskiz_server: FakeEskiz, message: CodeMessage
    ) -> None:
        eskiz.send(message)
        eskiz.send(message)
        assert eskiz_server.paths() == [LOGIN, SEND, SEND]

    def test_is_asked_for_again_when_it_ended(
        self, eskiz: Eskiz, eskiz_server: FakeEskiz, message: CodeMessage
    ) -> None:
        eskiz.send(message)
        eskiz_server.expire_token()
        assert eskiz.send(message).gateway == "eskiz"
        assert eskiz_server.paths() == [LOGIN, SEND, SEND, LOGIN, SEND]

    def test_refused_twice_is_permanent(
        self, eskiz: Eskiz, eskiz_server: FakeEskiz, message: CodeMessage
    ) -> None:
        eskiz.send(message)
        refusal = Answer(401, {"message": "Account blocked"})
        signed_in = Answer(200, {"data": {"token": "token-9"}})
        eskiz_server.next_answers = [refusal, signed_in, refusal]
        with pytest.raises(PermanentFailure, match="HTTP 401 Account blocked"):
            eskiz.send(message)

    def test_is_asked_for_once_by_messages_that_go_together(
        self, eskiz: Eskiz, eskiz_server: FakeEskiz, message: CodeMessage
    ) -> None:
        with ThreadPoolExecutor(8) as threads:
            deliveries = list(threads.map(eskiz.send, [message] * 8))
        assert len(deliveries) == 8
        assert eskiz_server.paths().count(LOGIN) == 1

    def test_wrong_credentials_are_permanent(
        self, eskiz_server: FakeEskiz, message: CodeMessage
    ) -> None:
        eskiz = Eskiz(url=eskiz_server.url, email="shop@example.uz", password="?", sender="4546")
        with pytest.raises(PermanentFailure, match="sign-in refused, HTTP 401"):
            eskiz.send(message)

    def test_missing_in_the_answer_is_permanent(
        self, eskiz: Eskiz, eskiz_server: FakeEskiz, message: CodeMessage
    ) -> None:
        eskiz_server.next_answers = [Answer(200, {"message": "token_generated"})]
        with pytest.raises(PermanentFailure, match="signed in without a token"):
            eskiz.send(message)

    def test_fault_of_the_sign_in_is_temporary(
        self, eskiz: Eskiz, eskiz_server: FakeEskiz, message: CodeMessage
    ) -> None:
        eskiz_server.next_answers = [Answer(503, "maintenance")]
        with pytest.raises(TemporaryFailure, match="HTTP 503"):
            eskiz.send(message)
        assert eskiz.send(message).gateway == "eskiz"
