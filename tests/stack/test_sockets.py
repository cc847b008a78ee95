"""Sockets that stay, sockets that are sent away, and one that takes nothing."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from scripts.stack import Process, Stack
from tests.stack.checking import assert_all_heard_everything, percentile
from tests.stack.crowd import Crowd, Person
from tests.stack.test_drops import begin_publishing
from tests.stack.writers import Writers

MIB = 1024 * 1024


# --- Idle sockets


class Renewal:
    """Fetches a new pair by REST; counts."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.count = 0

    def __call__(self, person: Person) -> str:
        body = {"refresh": person["refresh"]}
        answer = httpx.post(f"{self.url}/api/auth/refresh/", json=body, trust_env=False, timeout=30)
        answer.raise_for_status()
        person |= answer.json()
        self.count += 1
        return str(person["access"])


def stay_idle(stack: Stack, *, sockets: int, seconds: float) -> tuple[Crowd, Renewal]:
    """Sockets whose tokens end a minute from now; nothing happens but heartbeats and renewals."""
    people = stack.sign_in(sockets, first=3000, ends_in=63)
    renewal = Renewal(stack.url)
    with Crowd(stack.socket_url, people, renew=renewal) as crowd:
        started = time.monotonic()
        crowd.wait_until(lambda: renewal.count >= sockets)
        crowd.wait_until(lambda: time.monotonic() - started >= seconds, seconds=seconds + 60)
        assert [device.codes for device in crowd.devices if device.codes] == []
        assert {device.welcomes for device in crowd.devices} == {1}
        assert begin_publishing(stack, crowd.people, events=3, per_second=0).wait(60) == 0
        assert_all_heard_everything(stack, crowd, seconds=10)
    return crowd, renewal


def test_idle_sockets_renew_in_place_and_stay(stack: Stack) -> None:
    crowd, _renewal = stay_idle(stack, sockets=5, seconds=66)
    assert all(device.frames["heartbeat"] >= 2 for device in crowd.devices)
    assert all(device.frames["auth.ok"] == 1 for device in crowd.devices)


@pytest.mark.prove
def test_idle_sockets_stay_for_15_minutes(stack: Stack, figures: list[str]) -> None:
    crowd, renewal = stay_idle(stack, sockets=100, seconds=15 * 60)
    beats = min(device.frames["heartbeat"] for device in crowd.devices)
    assert beats >= 35
    figures.append(
        f"100 idle sockets, 15 minutes: 0 drops, {renewal.count} tokens renewed in place, at least "
        f"{beats} heartbeats each"
    )


# --- Rolling restarts


class Reader:
    """Asks at a steady rate; notes each answer that is no success."""

    def __init__(self, stack: Stack, person: Person, *, per_second: float) -> None:
        self.url = f"{stack.url}/api/auth/me/"
        self.headers = {"Authorization": f"Bearer {person['access']}"}
        self.pause = 1 / per_second
        self.failures: list[str] = []
        self.answers = 0

    def run(self, stopping: threading.Event) -> None:
        due = time.monotonic()
        with httpx.Client(trust_env=False, timeout=30, headers=self.headers) as client:
            while not stopping.is_set():
                due += self.pause
                time.sleep(max(0.0, due - time.monotonic()))
                self.ask(client)

    def ask(self, client: httpx.Client) -> None:
        self.answers += 1
        try:
            status = client.get(self.url).status_code
        except httpx.TransportError as error:
            self.failures.append(repr(error))
        else:
            if status != 200:
                self.failures.append(str(status))


@contextmanager
def steady_reads(
    stack: Stack, people: list[Person], *, per_second: float
) -> Iterator[list[Reader]]:
    stopping = threading.Event()
    readers = [Reader(stack, person, per_second=per_second / len(people)) for person in people]
    threads = [threading.Thread(target=reader.run, args=(stopping,)) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        yield readers
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def roll(stack: Stack, *, rounds: int, rate: float) -> tuple[int, float]:
    """Restart every web and live process in turn under reads and writes.

    Gives the number of requests, and the longest that a device was away.
    """
    people = stack.sign_in(4, first=3500)
    with Crowd(stack.socket_url, people, per_person=5) as crowd:
        with (
            Writers(stack.url, people, pause_seconds=4 * len(people) / rate) as writers,
            steady_reads(stack, people, per_second=rate * 3 / 4) as readers,
        ):
            writers.wait_for_more(4)
            for process in (stack.named("web") + stack.named("live")) * rounds:
                process.restart()
        assert_all_heard_everything(stack, crowd, seconds=10)
        codes = {code for device in crowd.devices for code in device.codes}
        away = [gap for device in crowd.devices for gap in device.gaps]
    assert [reader.failures for reader in readers if reader.failures] == []
    assert [shop.troubles for shop in writers.shops if shop.troubles] == []
    assert codes == {1012}
    assert max(away) <= 5
    return sum(reader.answers for reader in readers) + writers.taken, max(away)


def test_a_rolling_restart_fails_no_request(stack: Stack) -> None:
    roll(stack, rounds=1, rate=30)


@pytest.mark.prove
def test_five_rolling_restarts_at_50_requests_a_second(stack: Stack, figures: list[str]) -> None:
    requests, away = roll(stack, rounds=5, rate=50)
    figures.append(
        f"five rolling restarts at 50 requests/s: {requests} requests, 0 failed; sockets closed "
        f"with 1012 and back within {away:.1f} s"
    )


# --- A reader that never reads


def memory_of(process: Process) -> int:
    """Resident bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


@contextmanager
def stubborn_socket(stack: Stack, person: Person) -> Iterator[socket.socket]:
    """Signed in and resumed from the first event, and from then on it takes nothing."""
    with socket.create_connection(("127.0.0.1", stack["nginx"].port)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(
            b"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
            b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Authorization: Bearer " + person["access"].encode() + b"\r\n\r\n"
        )
        assert b" 101 " in connection.recv(200)
        yield connection


def measured_with(
    stack: Stack, others: list[Person], stubborn: list[Person], *, megabytes: int
) -> tuple[float, int]:
    """The others' 99th percentile from commit to device, and by how much live processes grew,
    while `megabytes` are due to the stubborn ones and to the others."""
    before = {process.name: memory_of(process) for process in stack.named("live")}
    most = dict(before)
    # At 1 MiB that nobody acknowledged the server waits: a compliant device says so in time.
    with Crowd(stack.socket_url, others, ack_every=8) as crowd, ExitStack() as held:
        for person in stubborn:
            held.enter_context(stubborn_socket(stack, person))
        publishing = begin_publishing(
            stack, others + stubborn, events=megabytes * 20, per_second=20, size=MIB // 20
        )
        while publishing.poll() is None:
            for process in stack.named("live"):
                most[process.name] = max(most[process.name], memory_of(process))
            time.sleep(0.1)
        assert publishing.returncode == 0
        assert_all_heard_everything(stack, crowd, seconds=30)
        late = sorted(second for device in crowd.devices for second in device.late)
    growth = max(most[name] - before[name] for name in before)
    return percentile(late, 0.99), growth


def compare_with_stubborn(stack: Stack, *, megabytes: int) -> tuple[float, float, int]:
    [*others, stubborn] = stack.sign_in(5, first=3900)
    measured_with(stack, others, [], megabytes=4)  # warm
    alone, _growth = measured_with(stack, others, [], megabytes=megabytes)
    beside, growth = measured_with(stack, others, [stubborn], megabytes=megabytes)
    return alone, beside, growth


def test_a_reader_that_never_reads_costs_nobody_anything(stack: Stack) -> None:
    alone, beside, growth = compare_with_stubborn(stack, megabytes=30)
    assert growth <= 20 * MIB
    assert beside <= max(2 * alone, 0.1)


@pytest.mark.prove
def test_200_mb_due_to_a_reader_that_never_reads(stack: Stack, figures: list[str]) -> None:
    alone, beside, growth = compare_with_stubborn(stack, megabytes=200)
    figures.append(
        f"200 MB due to a socket that never reads: process +{growth / MIB:.1f} MiB; p99 of the "
        f"others {alone * 1000:.0f} -> {beside * 1000:.0f} ms"
    )
    assert growth <= 20 * MIB
    assert beside <= 2 * alone
