"""Redis is optional, also when it is configured."""

import socket
import time

import pytest

from realtime import publisher
from realtime.breaker import Breaker
from realtime.publisher import feed_hint, publish
from realtime.readiness import check_delivery

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
