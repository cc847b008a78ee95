"""A talk across real sockets: two devices of hers, one of his, and the outsider's."""

import json
from contextlib import ExitStack
from urllib.request import Request, urlopen

import pytest

from tests.messaging.chat.talker import Talker, publish_post
from tests.realtime.conftest import door, live, start_server, token, uvicorn  # noqa: F401
from tests.realtime.servers import wait_until
from tests.realtime.wire import open_wire


def said_before_pong(wire):
    """What was on its way to the socket, but presence."""
    wire.send(type="ping")
    frames = []
    while (frame := wire.receive())["type"] != "pong":
        frames.append(frame)
    return [frame for frame in frames if frame["type"] not in ("presence", "heartbeat")]


@pytest.fixture
def wires(live, token, aziza, bobur, charos):  # noqa: F811
    with ExitStack() as held:
        opened = [
            held.enter_context(open_wire(live.url, token=token(person)))
            for person in (aziza, aziza, bobur, charos)
        ]
        for wire in opened:
            wire.receive_a("welcome")
        yield opened


def test_a_talk_reaches_both_sides_and_nobody_else(wires, api, aziza, bobur, charos):
    hers, her_other, his, outsiders = wires
    buyer, seller = Talker(api(bobur)), Talker(api(aziza))
    begun = buyer.start(publish_post(aziza), "bormi?")
    for wire in (hers, her_other):
        created = wire.receive_a("event")
        assert created["event"] == "thread.created"
        assert created["data"] == seller.thread(begun["id"])
        said = wire.receive_a("event")
        assert (said["event"], said["data"]) == ("message.created", begun["last_message"])
        assert wire.receive_a("event")["event"] == "notification.created"
    assert [his.receive_a("event")["event"] for _each in range(2)] == [
        "thread.created",
        "message.created",
    ]

    his.send(type="typing", thread=begun["id"])
    typing = {"type": "typing", "thread": begun["id"], "user": bobur.pk}
    assert hers.receive_a("typing") == typing
    assert her_other.receive_a("typing") == typing

    seller.read(begun["id"], 1)
    heard = [her_other.receive_a("event")["event"] for _each in range(3)]
    assert heard == ["message.read", "thread.changed", "notification.read"]
    outsiders.send(type="typing", thread=begun["id"])
    assert said_before_pong(outsiders) == []


def test_nobody_types_in_a_blocked_talk(wires, api, aziza, bobur):
    hers, _her_other, his, _outsiders = wires
    buyer, seller = Talker(api(bobur)), Talker(api(aziza))
    thread = buyer.start(publish_post(aziza))["id"]
    seller.block(thread)
    heard = [hers.receive_a("event")["event"] for _each in range(2)]
    assert heard == ["thread.created", "thread.changed"]
    his.send(type="typing", thread=thread)
    said_before_pong(his)
    assert said_before_pong(hers) == []


def test_the_requests_id_stands_in_the_sockets_log(wires, live, token, aziza, bobur):  # noqa: F811
    headers = {
        "Authorization": f"Bearer {token(bobur)}",
        "Content-Type": "application/json",
        "X-Request-ID": "ticket-4711",
    }
    body = json.dumps({"post": publish_post(aziza).pk, "text": "maxfiy-gap"}).encode()
    with urlopen(Request(f"{live.address}/api/chat/start/", body, headers), timeout=10):
        wires[0].receive_a("event")
    wait_until(lambda: "request ticket-4711 told to 2 sockets" in live.log.read_text())
    assert "maxfiy-gap" not in live.log.read_text()
