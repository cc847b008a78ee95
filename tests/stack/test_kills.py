"""Processes that die under writes: what was acknowledged reaches every device, once."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from scripts.stack import Process, Stack
from tests.stack.checking import (
    HEARD_WITHIN_SECONDS,
    assert_all_heard_everything,
    assert_every_acknowledged_write_was_heard_once,
    percentile,
)
from tests.stack.crowd import Crowd
from tests.stack.writers import Writers

REST_MAY_SLOW_BY_SECONDS = 0.3


def kill_under_writes(
    stack: Stack,
    victims: list[Process],
    *,
    kills: int,
    seconds: float,
    shops: int,
    per_shop: int,
) -> tuple[float, int]:
    """Kill one after another, each started again at once. Gives the seconds that devices needed
    after the last kill, and the number of acknowledged writes."""
    people = stack.sign_in(shops, first=2000)
    with Crowd(stack.socket_url, people, per_person=per_shop) as crowd:
        with Writers(stack.url, people) as writers:
            started = time.monotonic()
            for number in range(kills):
                writers.wait_for_more(shops)
                _wait_until(started + (number + 1) * seconds / kills)
                victim = victims[number % len(victims)]
                victim.kill()
                victim.start(wait=number == kills - 1)
            writers.wait_for_more(shops)
        took = assert_all_heard_everything(stack, crowd, seconds=HEARD_WITHIN_SECONDS)
        assert_every_acknowledged_write_was_heard_once(crowd, writers)
    return took, writers.taken


def _wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def test_killed_live_and_web_processes_lose_no_acknowledged_write(stack: Stack) -> None:
    victims = stack.named("live") + stack.named("web")
    kill_under_writes(stack, victims, kills=4, seconds=8, shops=4, per_shop=2)


def test_a_killed_single_process_loses_no_acknowledged_write(stack_of_one: Stack) -> None:
    kill_under_writes(
        stack_of_one, [stack_of_one["live1"]], kills=2, seconds=6, shops=3, per_shop=2
    )


@pytest.mark.prove
def test_20_kills_in_a_minute_before_200_devices(any_stack: Stack, figures: list[str]) -> None:
    prove_20_kills(any_stack, any_stack.named("live"), figures)


@pytest.mark.prove
def test_20_kills_in_a_minute_of_web_processes_too(stack: Stack, figures: list[str]) -> None:
    prove_20_kills(stack, stack.named("live") + stack.named("web"), figures)


def prove_20_kills(stack: Stack, victims: list[Process], figures: list[str]) -> None:
    took, writes = kill_under_writes(stack, victims, kills=20, seconds=60, shops=20, per_shop=10)
    figures.append(
        f"kill -9 of {', '.join(victim.name for victim in victims)} ({stack.layout.live_server}), "
        f"20 in 60 s, 200 sockets, 20 writers: {writes} acknowledged writes, all heard once, "
        f"{took:.1f} s after the last kill"
    )


Busy = tuple[Stack, Crowd, Writers]


@contextmanager
def keep_busy(stack: Stack) -> Iterator[Busy]:
    """Devices that listen while shops write, some 20 writes a second."""
    people = stack.sign_in(4, first=2500)
    with (
        Crowd(stack.socket_url, people, per_person=2) as crowd,
        Writers(stack.url, people, pause_seconds=0.2) as writers,
    ):
        writers.wait_for_more(20)
        yield stack, crowd, writers


@pytest.fixture
def busy(stack: Stack) -> Iterator[Busy]:
    with keep_busy(stack) as busy:
        yield busy


def test_a_restarted_database_loses_nothing_and_needs_no_other_restart(busy: Busy) -> None:
    survive_database(busy, stop=Process.stop, away_seconds=2)


def test_a_killed_database_loses_nothing_either(busy: Busy) -> None:
    survive_database(busy, stop=Process.kill, away_seconds=2)


def survive_database(
    busy: Busy, *, stop: Callable[[Process], object], away_seconds: float
) -> tuple[float, float]:
    """Gives the seconds until `/readyz` said 503, and until it said 200 again."""
    stack, crowd, writers = busy
    pids = {process.name: process.pid for process in stack if process.name != "postgres"}
    stop(stack["postgres"])
    down = time_until_ready_says(stack, 503)
    time.sleep(away_seconds)
    stack["postgres"].start()
    up = time_until_ready_says(stack, 200)
    writers.wait_for_more(8, seconds=20)
    writers.stopping.set()
    for thread in writers.threads:
        thread.join()
    assert_all_heard_everything(stack, crowd, seconds=HEARD_WITHIN_SECONDS)
    assert_every_acknowledged_write_was_heard_once(crowd, writers)
    assert {p.name: p.pid for p in stack if p.is_alive and p.name != "postgres"} == pids
    assert down <= 5
    assert up <= 10
    return down, up


def time_until_ready_says(stack: Stack, status: int) -> float:
    started = time.monotonic()
    with httpx.Client(trust_env=False, timeout=30) as client:
        while client.get(f"{stack.url}/readyz").status_code != status:
            assert time.monotonic() - started < 60
    return time.monotonic() - started


@pytest.mark.prove
def test_five_killed_databases(any_stack: Stack, figures: list[str]) -> None:
    with keep_busy(any_stack) as busy:
        prove_killed_databases(busy, figures)


def prove_killed_databases(busy: Busy, figures: list[str]) -> None:
    stack, _crowd, writers = busy
    times = []
    for _ in range(5):
        stack["postgres"].kill()
        down = time_until_ready_says(stack, 503)
        time.sleep(5)
        stack["postgres"].start()
        times.append((down, time_until_ready_says(stack, 200)))
        writers.wait_for_more(8, seconds=20)
    times.append(survive_database(busy, stop=Process.kill, away_seconds=30))
    down, up = (max(each) for each in zip(*times, strict=True))
    figures.append(
        f"kill -9 of PostgreSQL, 6 times ({stack.layout.live_server}, "
        f"{len(stack.named('live'))} live): {writers.taken} acknowledged writes, 0 lost; "
        f"readyz 503 after at most {down:.1f} s, 200 at most {up:.1f} s after it was back"
    )


# --- Redis


def kill_redis(stack: Stack, seconds: float) -> None:
    stack["redis"].kill()
    time.sleep(seconds)
    stack["redis"].start()


def freeze_redis(stack: Stack, seconds: float) -> None:
    stack["redis"].freeze()
    time.sleep(seconds)
    stack["redis"].thaw()


def flush_redis(stack: Stack, seconds: float) -> None:
    import redis

    with redis.Redis.from_url(stack.environment["REDIS_URL"]) as client:
        client.flushall()
        client.client_kill_filter(_type="pubsub")
        client.client_kill_filter(_type="normal", skipme=True)
    time.sleep(seconds)


WAYS = {"killed": kill_redis, "frozen": freeze_redis, "flushed": flush_redis}


def without_redis(busy: Busy, way: str, seconds: float) -> tuple[float, float, float]:
    """Gives p99 of REST before and while it is away, and the seconds devices needed after."""
    stack, crowd, writers = busy
    writers.wait_for_more(60)
    before = percentile(writers.seconds, 0.99)
    for shop in writers.shops:
        shop.seconds.clear()
    WAYS[way](stack, seconds)
    during = percentile(writers.seconds, 0.99)
    back = time.monotonic()
    writers.stopping.set()
    for thread in writers.threads:
        thread.join()
    assert_all_heard_everything(stack, crowd, seconds=HEARD_WITHIN_SECONDS)
    assert_every_acknowledged_write_was_heard_once(crowd, writers)
    assert [shop.troubles for shop in writers.shops if shop.troubles] == []
    assert during <= before + REST_MAY_SLOW_BY_SECONDS
    return before, during, time.monotonic() - back


@pytest.mark.parametrize("way", WAYS)
def test_redis_is_only_a_hint(busy: Busy, way: str) -> None:
    without_redis(busy, way, seconds=4)


@pytest.mark.prove
@pytest.mark.parametrize("way", WAYS)
def test_redis_away_for_half_a_minute(busy: Busy, figures: list[str], way: str) -> None:
    before, during, took = without_redis(busy, way, seconds=30)
    figures.append(
        f"Redis {way}, 30 s: every request answered, p99 {before * 1000:.0f} -> "
        f"{during * 1000:.0f} ms, devices complete {took:.1f} s after"
    )
