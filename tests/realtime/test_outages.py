"""Processes and databases that die: every acknowledged write arrives, once and in order."""

import asyncio
import contextlib
import re
import signal
import threading
import time
import urllib.error
from typing import Self

import pytest

from clients.python.daftar_live import Device
from tests.jobs.outage import Door
from tests.realtime.servers import LiveServer, wait_until
from tests.realtime.wire import open_wire

KIND = "my_debts.changed"
ENOUGH_SECONDS = 30


class Devices:
    """Devices of a few accounts, each kept up by the client in a thread's event loop."""

    def __init__(self, server: LiveServer, tokens: dict[int, str], *, of_each: int) -> None:
        self.seen: dict[tuple[int, int], list[int]] = {
            (user_id, number): [] for user_id in tokens for number in range(of_each)
        }
        self.devices: list[Device] = []
        self.url = server.url
        self.tokens = tokens
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.live()))

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopped.set()
        self.thread.join()

    async def live(self) -> None:
        tasks = [asyncio.create_task(self.keep(*device)) for device in self.seen]
        while not self.stopped.is_set():
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def keep(self, user_id: int, number: int) -> None:
        async def fetch_token() -> str:
            return self.tokens[user_id]

        device = Device(self.url, fetch_token, longest_pause_seconds=1)
        self.devices.append(device)
        async for event in device.events():
            self.seen[user_id, number].append(event["data"]["book"])

    def are_welcome(self) -> bool:
        """Each had its first welcome: what is written from now on is meant for it."""
        welcome = [device for device in self.devices if device.since is not None]
        return len(welcome) == len(self.seen)

    def have(self, written: dict[int, list[int]]) -> bool:
        return all(len(seen) >= len(written[user]) for (user, _), seen in self.seen.items())


class Writers:
    """Write for one account each, until stopped; `acknowledged` holds what was confirmed."""

    def __init__(self, server: LiveServer, user_ids: list[int]) -> None:
        self.server = server
        self.acknowledged: dict[int, list[int]] = {user_id: [] for user_id in user_ids}
        self.stopped = threading.Event()
        self.threads = [
            threading.Thread(target=self.write_for, args=(user_id,)) for user_id in user_ids
        ]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def write_for(self, user_id: int) -> None:
        number = 0
        while not self.stopped.is_set():
            number += 1
            # Unanswered: it may have been written all the same. A number is used once.
            with contextlib.suppress(OSError, urllib.error.URLError):
                self.server.publish((KIND, [user_id], {"book": number}))
                self.acknowledged[user_id].append(number)
            time.sleep(0.01)


def assert_complete(devices: Devices, writers: Writers) -> None:
    for (user_id, _number), seen in devices.seen.items():
        assert seen == sorted(set(seen))  # in order, none twice
        missing = set(writers.acknowledged[user_id]) - set(seen)
        assert missing == set()
        assert writers.acknowledged[user_id]


@pytest.fixture
def people(transactional_db, aziza, bobur, charos, token):
    return {person.pk: token(person) for person in (aziza, bobur, charos)}


@pytest.fixture(params=["uvicorn", "daphne"])
def mortal(request, start_server, tmp_path):
    """A server with a way to the database of its own: both may be cut."""
    door = Door()
    server = start_server(request.param, through=door)
    server.door = door
    yield server
    server.kill()
    door.shut()


def run_through(server: LiveServer, people, trouble) -> None:
    with Devices(server, people, of_each=2) as devices:
        wait_until(devices.are_welcome)
        with Writers(server, list(people)) as writers:
            trouble()
        wait_until(lambda: devices.have(writers.acknowledged), seconds=ENOUGH_SECONDS)
    assert_complete(devices, writers)


class TestOneProcessWithoutRedis:
    def test_killed_again_and_again(self, mortal, people):
        def trouble() -> None:
            for _ in range(3):
                time.sleep(0.5)
                mortal.kill()
                mortal.start()
            time.sleep(0.5)

        run_through(mortal, people, trouble)

    def test_database_restarted(self, mortal, people):
        process = mortal.process.pid

        def trouble() -> None:
            for _ in range(2):
                time.sleep(0.5)
                mortal.door.shut()
                assert mortal.get("/readyz/") == 503
                mortal.door.reopen()
                wait_until(lambda: mortal.get("/readyz/") == 200)
            time.sleep(0.5)

        run_through(mortal, people, trouble)
        assert mortal.process.pid == process
        assert mortal.process.poll() is None


class TestSigterm:
    def test_sends_sockets_away_with_1012_and_ends_soon(self, start_server, people):
        server = start_server("uvicorn")
        access = next(iter(people.values()))
        with open_wire(server.url, token=access) as wire, open_wire(server.url) as stranger:
            wire.receive()
            asked_at = time.monotonic()
            server.send_signal(signal.SIGTERM)
            assert wire.close_code() == 1012
            assert stranger.close_code() == 1012
            assert server.process.wait(timeout=10) == -signal.SIGTERM
            assert time.monotonic() - asked_at < 10

    def test_refuses_newcomers_while_it_drains(self, start_server, people):
        server = start_server("uvicorn")
        access = next(iter(people.values()))
        with open_wire(server.url, token=access) as wire:
            wire.receive()
            server.send_signal(signal.SIGTERM)
            with contextlib.suppress(OSError), open_wire(server.url, token=access) as late:
                assert late.close_code() == 1012
        server.process.wait(timeout=10)

    def test_ends_daphne_too(self, start_server, people):
        server = start_server("daphne")
        with open_wire(server.url, token=next(iter(people.values()))) as wire:
            wire.receive()
            server.send_signal(signal.SIGTERM)
            server.process.wait(timeout=10)


class TestLogs:
    @pytest.mark.parametrize("kind", ["uvicorn", "daphne"])
    def test_hold_neither_tokens_nor_query_strings(self, start_server, people, kind):
        server = start_server(kind, LOG_LEVEL="DEBUG")
        access = next(iter(people.values()))
        for by in ("subprotocol", "header", "frame"):
            opening = open_wire(server.url, token=access, by=by, since=0, epoch="kanareyka")
            with opening as wire:
                wire.receive()
        with open_wire(f"{server.url}?token={access}", token="a.b.kanareyka") as wire:
            wire.close_code()
        server.stop()
        log = server.log.read_text()
        assert log
        assert not re.search(r"kanareyka|eyJ|since=|token=", log)
