"""Hints by Redis: sooner than a look at the database, and nothing lost when Redis is.

A Redis of its own, and the tests' database: this is about the layer, not the whole stack.
"""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from realtime.stream import stream_states
from tests.realtime import conftest as sockets
from tests.realtime.servers import LiveServer, free_port, wait_until
from tests.realtime.wire import open_wire

# Fixtures of the socket's own tests.
door, start_server, token = sockets.door, sockets.start_server, sockets.token

KIND = "my_debts.changed"
SOON_SECONDS = 0.7  # a look would come after 2.5 s on average


class OwnRedis:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed: make stack-packages"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            [program, *options, "--dir", str(self.folder)], stdout=subprocess.DEVNULL
        )
        wait_until(self.answers)

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def readers_of(self, person) -> int:
        """How many processes subscribe to the person's group."""
        with redis.Redis(port=self.port) as client:
            [(_channel, count)] = client.pubsub_numsub(f"daftar__group__user.{person.pk}")
            return count

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def whole_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnRedis]:
    own = OwnRedis(tmp_path_factory.mktemp("redis"))
    own.start()
    yield own
    own.process.send_signal(signal.SIGCONT)
    own.kill()


@pytest.fixture(scope="module")
def both(
    whole_redis: OwnRedis,
    start_server: sockets.StartServer,
) -> tuple[LiveServer, LiveServer]:
    """Two processes that share a Redis."""
    first, second = (start_server("uvicorn", REDIS_URL=whole_redis.url) for _ in range(2))
    return first, second


@pytest.fixture
def own_redis(whole_redis: OwnRedis, both: tuple[LiveServer, LiveServer]) -> OwnRedis:
    return whole_redis


@pytest.fixture
def one(both: tuple[LiveServer, LiveServer], transactional_db: None) -> LiveServer:
    return both[0]


@pytest.fixture
def other(both: tuple[LiveServer, LiveServer], transactional_db: None) -> Iterator[LiveServer]:
    yield both[1]
    for server in both:
        wait_until(server.has_no_sockets)


def hears_soon(wire, server: LiveServer, person, seq: int) -> bool:
    written_at = time.monotonic()
    server.publish((KIND, [person.pk], {"book": seq}))
    assert wire.receive_a("event")["seq"] == seq
    return time.monotonic() - written_at < SOON_SECONDS


def redis_is(server: LiveServer, state: str) -> bool:
    return f'"redis": "{state}"' in server.read("/readyz/")


class TestHints:
    def test_come_from_another_process(self, one, other, token, aziza):
        with open_wire(one.url, token=token(aziza)) as wire:
            wire.receive()
            assert all(hears_soon(wire, other, aziza, seq) for seq in range(1, 6))

    def test_come_at_once_to_whoever_has_just_signed_in(self, one, other, token, aziza):
        """The subscription is confirmed before the welcome."""
        access = token(aziza)
        for seq in range(1, 21):
            with open_wire(one.url, token=access) as wire:
                wire.receive()
                assert hears_soon(wire, other, aziza, seq)

    def test_still_come_to_a_socket_that_was_idle_for_longer_than_a_socket_timeout(
        self, one, other, token, aziza
    ):
        with open_wire(one.url, token=token(aziza)) as wire:
            wire.receive()
            time.sleep(8)  # redis-py's own default ends an idle reader after 5 s
            assert hears_soon(wire, other, aziza, 1)
        assert "Redis is lost" not in one.log.read_text()

    def test_are_left_with_the_last_socket_and_joined_again(
        self, own_redis, one, other, token, aziza
    ):
        access = token(aziza)
        for seq in (1, 2):
            with open_wire(one.url, token=access) as wire:
                wire.receive()
                assert hears_soon(wire, other, aziza, seq)
            wait_until(one.has_no_sockets)
            wait_until(lambda: own_redis.readers_of(aziza) == 0)

    def test_carry_typing_and_the_feed_to_other_processes(self, one, other, token, aziza, bobur):
        for server in (one, other):
            server.write("/test/thread", thread=5, people=[aziza.pk, bobur.pk])
        with (
            open_wire(one.url, token=token(aziza)) as hers,
            open_wire(other.url, token=token(bobur)) as his,
        ):
            hers.receive_a("welcome")
            his.receive_a("welcome")
            hers.send(type="typing", thread=5)
            assert his.receive_a("typing")["user"] == aziza.pk
            hers.send(type="watch", channel="feed")
            hers.send(type="ping")
            hers.receive_a("pong")
            other.write("/test/feed", event="post.created", data={"id": 1})
            assert hers.receive_a("post")["data"] == {"id": 1}


class TestRedisAway:
    def test_killed_delays_and_loses_nothing(self, own_redis, one, other, token, aziza):
        with open_wire(one.url, token=token(aziza)) as wire:
            wire.receive()
            assert hears_soon(wire, other, aziza, 1)
            own_redis.kill()
            for seq in range(2, 5):
                hears_soon(wire, other, aziza, seq)
            assert redis_is(one, "down")
            own_redis.start()
            wait_until(lambda: redis_is(one, "up"))
            wait_until(lambda: hears_soon(wire, other, aziza, next_seq(aziza)))

    def test_frozen_slows_no_write(self, own_redis, one, other, token, aziza):
        with open_wire(one.url, token=token(aziza)) as wire:
            wire.receive()
            own_redis.process.send_signal(signal.SIGSTOP)
            slowest = 0.0
            for _ in range(20):
                started = time.monotonic()
                other.publish((KIND, [aziza.pk], {"book": 1}))
                slowest = max(slowest, time.monotonic() - started)
            assert slowest < 1
            assert wire.receive_events(20) == list(range(1, 21))
            own_redis.process.send_signal(signal.SIGCONT)
            wait_until(lambda: redis_is(one, "up"))

    def test_signing_in_works_while_it_is_frozen(self, own_redis, one, other, token, aziza):
        own_redis.process.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        with open_wire(one.url, token=token(aziza)) as wire:
            wire.receive()
            assert time.monotonic() - started < 3
            one.publish((KIND, [aziza.pk], {"book": 1}))
            assert wire.receive_events(1) == [1]
        own_redis.process.send_signal(signal.SIGCONT)
        wait_until(lambda: redis_is(one, "up"))


def next_seq(person) -> int:
    return stream_states([person.pk])[person.pk].head + 1
