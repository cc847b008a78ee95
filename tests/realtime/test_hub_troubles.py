"""Clients and servers that misbehave: the hub goes on for the others."""

import signal

import pytest

from realtime import codes, shutdown
from realtime.protocol import telling_who_is_gone
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
