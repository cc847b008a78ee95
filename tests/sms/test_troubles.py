"""What every gateway makes of a network that fails."""

import pytest

from ledger.sms import CodeMessage, SmsGateway, TemporaryFailure
from tests.sms.fakes import Answer, FakeGateway, NoAnswer

pytestmark = pytest.mark.parametrize("name", ["eskiz", "playmobile", "telegram"])


@pytest.fixture
def gateway(request: pytest.FixtureRequest, name: str) -> SmsGateway:
    return request.getfixturevalue(name)


@pytest.fixture
def server(request: pytest.FixtureRequest, name: str) -> FakeGateway:
    return request.getfixturevalue(f"{name}_server")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (NoAnswer(), "ReadTimeout"),
        (Answer(500, "oops"), "HTTP 500"),
        (Answer(502, "<html>bad gateway</html>"), "HTTP 502"),
        (Answer(429, {"message": "slow down"}), "HTTP 429"),
    ],
    ids=["silence", "fault", "proxy", "overload"],
)
def test_is_temporary(
    gateway: SmsGateway,
    server: FakeGateway,
    message: CodeMessage,
    trouble: Answer | NoAnswer,
    said: str,
) -> None:
    gateway.send(message)
    server.next_answers = [trouble]
    with pytest.raises(TemporaryFailure, match=said):
        gateway.send(message)
    server.let_go.set()
    assert gateway.send(message).gateway == gateway.name


@pytest.mark.parametrize("page", ["<html>blocked</html>", "[1, 2]"], ids=["a page", "a list"])
def test_refusal_without_a_json_object_is_temporary(
    gateway: SmsGateway, server: FakeGateway, message: CodeMessage, page: str
) -> None:
    gateway.send(message)
    server.next_answers = [Answer(400, page)]
    with pytest.raises(TemporaryFailure, match="HTTP 400 without"):
        gateway.send(message)


def test_closed_port_is_temporary(
    gateway: SmsGateway, server: FakeGateway, message: CodeMessage
) -> None:
    server.close()
    with pytest.raises(TemporaryFailure, match="ConnectError"):
        gateway.send(message)
