"""What Sentry is told of a fault: where, and nothing about people."""

import json

import sentry_sdk
from sentry_sdk.transport import Transport

from core import faults


class Kept(Transport):
    """In the network's place: what would have been sent."""

    sent: list = []  # noqa: RUF012

    def capture_envelope(self, envelope):
        self.sent.append(b"".join(item.get_bytes() for item in envelope.items))


def a_fault(monkeypatch, raising):
    Kept.sent.clear()
    real = sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda **how: real(**how, transport=Kept))
    assert faults.start(dsn="https://key@sentry.example.uz/1", environment="test")
    try:
        raising()
    except Exception:
        sentry_sdk.capture_exception()
    finally:
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)
    [event] = Kept.sent
    return json.loads(event)


def test_nothing_is_told_where_no_address_is_given():
    assert faults.start(dsn="", environment="test") is False


def test_a_fault_names_no_number_and_no_variable(monkeypatch):
    def raising():
        secret = "olma-anor-uzum"
        raise ValueError(f"+998901234567 is odd, {len(secret)}")

    event = a_fault(monkeypatch, raising)
    assert event["exception"]["values"][0]["type"] == "ValueError"
    text = json.dumps(event)
    assert "901234567" not in text
    assert "olma-anor-uzum" not in json.dumps(event["exception"]["values"][0].get("value"))
    assert not any(
        frame.get("vars") for frame in event["exception"]["values"][0]["stacktrace"]["frames"]
    )
    assert not {"user", "breadcrumbs", "server_name", "extra"} & event.keys()


def test_a_request_is_left_with_its_path():
    event = faults.without_people(
        {
            "request": {
                "url": "https://api.example.uz/api/v1/users/?search=+998901234567",
                "query_string": "search=+998901234567",
                "method": "GET",
                "headers": {"Authorization": "Bearer x"},
                "data": {"amount": "1"},
            },
            "user": {"id": 7},
        },
        {},
    )
    assert event["request"] == {"url": "https://api.example.uz/api/v1/users/", "method": "GET"}
    assert "user" not in event
    assert "request_id" in event["tags"]
