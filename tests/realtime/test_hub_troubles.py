"""Clients and servers that misbehave: the hub goes on for the others."""

import asyncio
import signal

import pytest

from realtime import codes, protocol, shutdown
from realtime.frames import Auth, Ping
from realtime.protocol import telling_who_is_gone
from realtime.publisher import FEED, group_of
from realtime.resume import ResumePoint
from tests.realtime.hubs import Server, events, on_a_hub, signed_in


class TestServerThatHasGivenAClientUp:
    @on_a_hub
    async def test_costs_its_siblings_nothing(self, hub, server):
        zombie = Server()
        await signed_in(hub, zombie, send=telling_who_is_gone(zombie.send))
        await signed_in(hub, server)
        zombie.has_given_up = True
        hub.take(events(1, 1))
        assert server.frames[-1]["seq"] == 1
        assert len(hub.sockets) == 1

    @on_a_hub
    async def test_costs_nobody_the_shutdown(self, hub, server):
        zombie = Server()
        await signed_in(hub, zombie, send=telling_who_is_gone(zombie.send))
        await signed_in(hub, server)
        zombie.has_given_up = True
        told = []
        await shutdown._drain(hub, lambda number, frame: told.append(number))
        assert server.closed_with == [codes.RESTARTING]
        assert told == [signal.SIGTERM]

    @on_a_hub
    async def test_is_told_to_end_whatever_happens(self, hub, server):
        await signed_in(hub, server)
        server.has_given_up = True
        told = []
        with pytest.raises(RuntimeError):
            await shutdown._drain(hub, lambda number, frame: told.append(number))
        assert told == [signal.SIGTERM]


class TestResumeThatCouldNotBeAnswered:
    @on_a_hub
    async def test_is_answered_before_anything_else_is_forwarded(self, hub, server):
        socket = await signed_in(hub, server)
        socket.point = ResumePoint(since=0, epoch="e")  # the database was away
        hub.take(events(1, 1))
        assert [frame["type"] for frame in server.frames] == ["welcome"]
        assert not socket.lags
        assert hub.behind == set()
        assert socket.waits_for_welcome


def gone(server: Server):
    """What the server's `send` is like once its client has closed."""

    async def send(message) -> None:
        if server.has_given_up:
            raise ConnectionError
        await server.send(message)

    return send


class TestRemovedSocket:
    @on_a_hub
    async def test_watches_nothing_though_its_last_frame_asks_for_it(self, hub, server):
        socket = await signed_in(hub, server, send=gone(server))
        messages = [
            {"type": "websocket.receive", "text": '{"type":"watch","channel":"feed"}'},
            {"type": "websocket.disconnect"},
        ]

        async def receive():
            return messages.pop(0)

        server.has_given_up = True
        hub.take(events(1, 1))
        await protocol._converse(socket, receive)
        assert messages == []
        assert hub.watchers == set()

    @on_a_hub
    async def test_is_forgotten_whole_however_often_it_is_removed(self, hub, server):
        socket = await signed_in(hub, server)
        hub.remove(socket)
        await hub.watch_feed(socket)
        hub.remove(socket)
        assert hub.watchers == set()
        assert hub.accounts == {}
        assert hub.left_groups == {FEED, group_of(7)}

    @on_a_hub
    async def test_has_nothing_under_way(self, hub, server):
        socket = await signed_in(hub, server)
        server.is_stuck = True
        hub.take(events(1, 1))
        task = socket.task
        hub.remove(socket)
        await asyncio.wait([task], timeout=10)
        assert task.cancelled()

    @on_a_hub
    async def test_hides_no_passing_frame_from_its_siblings(self, hub, server):
        leaving = Server()
        await signed_in(hub, leaving, send=gone(leaving))
        await signed_in(hub, server)
        leaving.has_given_up = True
        hub.take({"type": "passing", "user": 7, "frame": '{"type":"typing"}'})
        assert server.frames[-1] == {"type": "typing"}


class TestRateOfAnAccount:
    @on_a_hub
    async def test_lets_a_renewal_through_whatever_its_siblings_send(self, hub, server):
        socket = await signed_in(hub, server)
        while socket.account.take_token(hub.now()):
            pass
        assert not protocol._is_paid(socket, Ping())
        assert protocol._is_paid(socket, Auth("token"))
