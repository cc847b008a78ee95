"""What takes too long for a real socket: the hub's clock, with a server that is a list."""

import json
import logging

import pytest

from core.logs import JSONFormatter
from core.request_id import _current, begin_request_id
from realtime import codes
from realtime.frames import HEARTBEAT_SECONDS
from realtime.publisher import events_hint
from realtime.window import PATIENCE_SECONDS
from tests.realtime.hubs import events, on_a_hub, signed_in


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


class TestLog:
    """One id leads from nginx' line to the one that says: devices were told."""

    @staticmethod
    def lines(caplog):
        records = [record for record in caplog.records if record.name == "daftar.delivery"]
        return [json.loads(JSONFormatter().format(record)) for record in records]

    @pytest.fixture
    def hint(self):
        begin_request_id("ticket-4711")
        yield events_hint(7, 1, ['{"text": "maxfiy"}', '{"text": "so‘z"}'], 0.0)
        _current.set("")

    def test_has_the_requests_id_once_for_all_sockets(self, caplog, hint):
        @on_a_hub
        async def scenario(_self, hub, server):
            await signed_in(hub, server)
            await signed_in(hub, server)
            hub.take(hint.message)

        with caplog.at_level(logging.INFO, logger="daftar.delivery"):
            scenario(self)
        [line] = self.lines(caplog)
        assert (line["request_id"], line["account"]) == ("ticket-4711", 7)
        assert (line["head"], line["sockets"]) == (2, 2)
        assert "maxfiy" not in json.dumps(line)

    def test_has_no_line_of_accounts_that_are_not_here_and_of_no_request(self, caplog, hint):
        @on_a_hub
        async def scenario(_self, hub, server):
            hub.take(hint.message)
            await signed_in(hub, server)
            hub.take(events(1, 1))

        with caplog.at_level(logging.INFO, logger="daftar.delivery"):
            scenario(self)
        assert self.lines(caplog) == []
