"""What takes too long for a real socket: the hub's clock, with a server that is a list."""

import asyncio
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from ledger.queries.sessions import Access
from realtime import codes
from realtime.frames import HEARTBEAT_SECONDS
from realtime.hub import Hub
from realtime.socket import Socket
from realtime.stream import StreamState
from realtime.window import PATIENCE_SECONDS

STATE = StreamState(epoch="e", head=0, floor=0)


class Server:
    """Takes every frame at once, or waits while `is_stuck`."""

    def __init__(self) -> None:
        self.messages = []
        self.is_stuck = False

    async def send(self, message) -> None:
        while self.is_stuck:
            await asyncio.sleep(0.001)
        self.messages.append(message)

    @property
    def frames(self):
        return [json.loads(m["text"]) for m in self.messages if m["type"] == "websocket.send"]

    @property
    def closed_with(self):
        return [m["code"] for m in self.messages if m["type"] == "websocket.close"]


async def signed_in(hub: Hub, server: Server, *, minutes: float = 10) -> Socket:
    account = hub.account(7)
    socket = Socket(hub, account, server.send, can_send_protocol_codes=True)
    ends_at = timezone.now() + timedelta(minutes=minutes)
    socket.carry(Access(user_id=7, session_id=1, expires_at=ends_at, generation=1))
    account.sockets.append(socket)
    await socket.greet(STATE)
    return socket


def events(first: int, last: int) -> dict:
    frames = [json.dumps({"type": "event", "seq": seq}) for seq in range(first, last + 1)]
    return {"type": "events", "user": 7, "head": last, "frames": frames, "at": 0.0}


def on_a_hub(scenario):
    """The test runs in an event loop of its own."""

    async def run(self):
        await scenario(self, Hub(), Server())

    return lambda self: asyncio.run(run(self))


class TestClock:
    @on_a_hub
    async def test_beats_every_25_seconds(self, hub, server):
        socket = await signed_in(hub, server)
        socket.on_due(socket.due_at)
        assert server.frames[-1] == {"type": "heartbeat", "head": 0}
        assert socket.due_at == pytest.approx(hub.now() + 2 * HEARTBEAT_SECONDS, abs=1)

    @on_a_hub
    async def test_warns_a_minute_before_the_token_ends_and_then_closes(self, hub, server):
        socket = await signed_in(hub, server, minutes=3)
        socket.heartbeat_at += 1000
        socket.on_due(socket.expires_at - 60)
        assert server.frames[-1] == {"type": "auth.expiring", "expires_in": 60}
        socket.on_due(socket.expires_at - 30)
        assert [f["type"] for f in server.frames].count("auth.expiring") == 1
        socket.on_due(socket.expires_at)
        assert server.closed_with == [codes.BRING_A_NEW_TOKEN]

    @on_a_hub
    async def test_closes_when_acknowledgements_stop_while_events_are_due(self, hub, server):
        socket = await signed_in(hub, server)
        hub.take(events(1, 2))
        socket.acknowledge(2)
        socket.on_due(hub.now() + 5 * PATIENCE_SECONDS)
        assert server.closed_with == []
        hub.take(events(3, 3))
        socket.on_due(hub.now() + PATIENCE_SECONDS + 1)
        assert server.closed_with == [codes.ACKS_STOPPED]

    @on_a_hub
    async def test_leaves_those_alone_that_never_acknowledge(self, hub, server):
        socket = await signed_in(hub, server, minutes=1000)
        hub.take(events(1, 1000))
        socket.on_due(hub.now() + 100 * PATIENCE_SECONDS)
        assert server.closed_with == []
        assert len(server.frames) == 1 + 1000 + 1  # welcome, events, heartbeat


class TestHints:
    @on_a_hub
    async def test_are_forwarded_once_and_in_order(self, hub, server):
        await signed_in(hub, server)
        for hint in (events(1, 2), events(1, 2), events(2, 3), events(3, 3)):
            hub.take(hint)
        assert [frame["seq"] for frame in server.frames[1:]] == [1, 2, 3]

    @on_a_hub
    async def test_that_skip_an_event_are_held_back_until_it_was_read(self, hub, server):
        await signed_in(hub, server)
        hub.take(events(2, 2))
        assert len(server.frames) == 1
        assert {account.user_id for account in hub.behind} == {7}

    @on_a_hub
    async def test_of_other_accounts_and_of_newer_kinds_are_passed_over(self, hub, server):
        await signed_in(hub, server)
        hub.take(events(1, 1) | {"user": 8})
        hub.take({"type": "something.newer"})
        assert len(server.frames) == 1

    @on_a_hub
    async def test_are_not_piled_up_for_a_client_that_does_not_read(self, hub, server):
        socket = await signed_in(hub, server)
        server.is_stuck = True
        for seq in range(1, 500):
            hub.take(events(seq, seq))
        hub.take({"type": "passing", "user": 7, "frame": "{}"})
        assert socket.sent == 1
        assert hub.dropped == 1
        socket.task.cancel()


class TestClose:
    @on_a_hub
    async def test_says_nothing_afterwards_and_forgets_the_socket(self, hub, server):
        socket = await signed_in(hub, server)
        socket.close(codes.SESSION_ENDED)
        hub.take(events(1, 1))
        socket.close(codes.RESTARTING)
        assert server.closed_with == [codes.SESSION_ENDED]
        assert len(server.frames) == 1
        assert hub.accounts == {}
