"""Telling live processes what is new. Only hints: what is lost here, the streams still hold.

Called after the commit, often by a thread that is answering a request: nothing raises, and
nothing waits longer than a short time-out now and then.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from threading import BoundedSemaphore
from typing import Any, NamedTuple

import redis
from channels.layers import get_channel_layer
from channels_redis.utils import _consistent_hash
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.request_id import current_request_id
from realtime import local
from realtime.breaker import Breaker
from realtime.metrics import UNPUBLISHED

logger = logging.getLogger(__name__)

FEED = "feed"
TIMEOUT_SECONDS = 0.2
MAX_HINT_BYTES = 256 * 1024
MAX_UNDER_WAY = 100

breaker = Breaker()
_from_loop = ThreadPoolExecutor(2, thread_name_prefix="publish")
_room = BoundedSemaphore(MAX_UNDER_WAY)


class Hint(NamedTuple):
    """`message` for the live processes that joined `group`."""

    group: str
    message: dict[str, Any]


def group_of(user_id: int) -> str:
    return f"user.{user_id}"


def events_hint(user_id: int, first: int, frames: Sequence[str], now: float) -> Hint:
    """Events `first` and on of one account; too many bytes are left to be read by who needs
    them. The id of the request that caused them goes along."""
    head = first + len(frames) - 1
    if sum(map(len, frames)) > MAX_HINT_BYTES:
        frames = ()
    message = {
        "type": "events",
        "user": user_id,
        "head": head,
        "frames": frames,
        "at": now,
        "request": current_request_id(),
    }
    return Hint(group_of(user_id), message)


def passing_hint(user_id: int, frame: str) -> Hint:
    """A frame that is not stored, for the sockets of one account."""
    return Hint(group_of(user_id), {"type": "passing", "user": user_id, "frame": frame})


def feed_hint(frame: str) -> Hint:
    """A frame that is not stored, for the sockets that watch the feed."""
    return Hint(FEED, {"type": "feed", "frame": frame})


def publish(hints: Sequence[Hint]) -> None:
    """Tell every live process that Redis reaches; without Redis, the one in this process."""
    if not (settings.REDIS_URL and _published_to_redis(hints)):
        local.hand_over(hint.message for hint in hints)


def publish_from_loop(hints: Sequence[Hint]) -> None:
    """As `publish`, for the event loop: it does not wait. What would pile up behind a slow Redis
    is dropped: it is about this moment."""
    if not settings.REDIS_URL:
        publish(hints)
    elif _room.acquire(blocking=False):
        _from_loop.submit(publish, hints).add_done_callback(lambda _: _room.release())
    else:
        UNPUBLISHED.inc(len(hints))


def _published_to_redis(hints: Sequence[Hint]) -> bool:
    now = time.monotonic()
    if not breaker.allows(now):
        return False
    try:
        for send in _pipelines(hints):
            send()
    except (redis.RedisError, OSError) as error:
        if not breaker.is_open:
            logger.warning("Redis does not answer (%s): devices wait for a poll", error)
        breaker.failed(time.monotonic())
        return False
    breaker.succeeded()
    return True


def _pipelines(hints: Sequence[Hint]) -> list[Callable[[], Any]]:
    """One round trip for each shard that has a part of the hints, in the layer's wire format."""
    layer = get_channel_layer()
    clients = _clients()
    pipelines: dict[int, Any] = {}
    for hint in hints:
        channel = f"{settings.REDIS_PREFIX}__group__{hint.group}"
        shard = _consistent_hash(channel, len(clients))
        if shard not in pipelines:
            pipelines[shard] = clients[shard].pipeline(transaction=False)
        pipelines[shard].publish(channel, layer.serialize(hint.message))
    return [partial(pipeline.execute) for pipeline in pipelines.values()]


@cache
def _clients() -> list["redis.Redis"]:
    return [
        redis.Redis.from_url(
            url,
            protocol=2,
            driver_info=None,
            socket_connect_timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
            # The library's own default tries three times more, with pauses between.
            retry=Retry(NoBackoff(), 0),
        )
        for url in settings.REDIS_URL.split(",")
    ]
