"""Redis is optional, also when it is configured."""

import socket
import time

import pytest

from realtime import publisher
from realtime.breaker import Breaker
from realtime.metrics import UNPUBLISHED
from realtime.publisher import MAX_UNDER_WAY, feed_hint, publish, publish_from_loop
from realtime.readiness import check_delivery
from tests.realtime.servers import wait_until

HINTS = [feed_hint("{}")]


@pytest.fixture
def redis_at(settings, monkeypatch):
    """`redis_at(port)`: as if Redis were configured there."""

    def configure(port: int) -> None:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}"
        settings.CHANNEL_LAYERS = {
            "default": {
                "BACKEND": "realtime.redis.HintLayer",
                "CONFIG": {"hosts": [settings.REDIS_URL], "prefix": settings.REDIS_PREFIX},
            }
        }
        publisher._clients.cache_clear()

    monkeypatch.setattr(publisher, "breaker", Breaker())
    yield configure
    publisher._clients.cache_clear()


@pytest.fixture
def silent_redis():
    """Lets everybody connect, and says nothing: what a frozen Redis does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def seconds_of(call) -> float:
    started = time.monotonic()
    call()
    return time.monotonic() - started


class TestPublish:
    def test_does_nothing_without_redis_and_without_a_hub(self):
        publish(HINTS)

    def test_survives_a_redis_that_is_not_there(self, redis_at):
        redis_at(1)
        assert seconds_of(lambda: publish(HINTS)) < 0.5
        assert publisher.breaker.is_open

    def test_waits_once_for_a_redis_that_is_frozen(self, redis_at, silent_redis):
        redis_at(silent_redis)
        assert 0.1 < seconds_of(lambda: publish(HINTS)) < 1
        assert seconds_of(lambda: [publish(HINTS) for _ in range(100)]) < 0.1

    def test_from_the_loop_piles_nothing_up_behind_a_frozen_redis(self, redis_at, silent_redis):
        redis_at(silent_redis)
        before = UNPUBLISHED._value.get()
        for _ in range(3 * MAX_UNDER_WAY):
            publish_from_loop(HINTS)
        assert UNPUBLISHED._value.get() - before == 2 * MAX_UNDER_WAY
        wait_until(lambda: publisher._room._value == MAX_UNDER_WAY)


class TestReadiness:
    def test_a_redis_that_is_away_is_told_and_no_refusal(self, redis_at, monkeypatch):
        redis_at(1)
        monkeypatch.setattr("realtime.readiness.breaker", publisher.breaker)
        publish(HINTS)
        assert check_delivery() == {"ok": True, "redis": "down"}

    @pytest.mark.django_db
    def test_is_part_of_readyz(self, client):
        answer = client.get("/readyz/")
        assert answer.json()["checks"]["delivery"] == {"ok": True, "redis": "none"}
