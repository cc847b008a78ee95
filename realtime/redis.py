"""channels-redis' pub/sub layer, made fit for hints.

What the stock layer lacks, and this one has: queues that end somewhere; `group_add` that returns
once Redis has confirmed the subscription; word of a lost and of a regained connection; a
connection that has gone silent is found out; no 5 s socket time-out that ends an idle reader.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import Any

from channels_redis.pubsub import (
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)
from channels_redis.utils import _wrap_close, create_pool, decode_hosts
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

QUEUE_LIMIT = 20_000
CONNECT_TIMEOUT_SECONDS = 1.0
CONFIRM_TIMEOUT_SECONDS = 1.0
PING_SECONDS = 1.0
SILENT_PINGS = 3
LONGEST_PAUSE_SECONDS = 1.0
CHANNELS_PER_COMMAND = 500
REDIS_IS_AWAY = (RedisError, OSError, asyncio.TimeoutError)

OPTIONS = {
    "protocol": 2,
    "driver_info": None,
    "socket_timeout": None,  # its reads and writes would cost a task each
    "retry": Retry(NoBackoff(), 0),
}


class HintLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """CHANNEL_LAYERS' backend."""

    def _get_layer(self) -> "HintLoopLayer":
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = HintLoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        layer: HintLoopLayer = self._layers[loop]
        return layer

    def here(self) -> "HintLoopLayer":
        """The part that belongs to the running event loop."""
        return self._get_layer()


class HintLoopLayer(RedisPubSubLoopLayer):  # type: ignore[misc]
    """`on_reconnect` is called when all subscriptions stand again, `on_overflow` when a queue
    was full: in both cases hints were lost."""

    def __init__(self, hosts: Any = None, **options: Any) -> None:
        super().__init__(hosts=hosts, **options)
        self._shards = [HintShard(host | OPTIONS, self) for host in decode_hosts(hosts)]
        self.on_overflow: Callable[[], None] = _nothing
        self.on_reconnect: Callable[[], None] = _nothing

    async def _subscribe_to_channel(self, channel: str) -> None:
        self.channels[channel] = asyncio.Queue(QUEUE_LIMIT)
        with suppress(*REDIS_IS_AWAY):
            await self._get_shard(channel).subscribe(channel)

    @property
    def is_up(self) -> bool:
        """Every shard confirmed what was subscribed when its connection was made."""
        return all(shard.is_up for shard in self._shards)


class HintShard(RedisSingleShardConnection):  # type: ignore[misc]
    """One connection that subscribes and listens, and comes back by itself."""

    def __init__(self, host: dict[str, Any], layer: HintLoopLayer) -> None:
        super().__init__(host, layer)
        self.is_up = False
        self._subscribed_to: set[str] = set()
        self._receive_task: asyncio.Task[None] | None = None
        self._connection: Any = None
        # Subscriptions under way: how many confirmations are due, and who waits for the last.
        self._unconfirmed: dict[str, tuple[int, asyncio.Future[bool]]] = {}

    async def subscribe(self, channel: str) -> None:
        """Returns when Redis has confirmed. Raises one of REDIS_IS_AWAY if it can't; then the
        channel is subscribed as soon as Redis is back, which `on_reconnect` tells."""
        self._subscribed_to.add(channel)
        if self._receive_task is None:
            self._receive_task = asyncio.ensure_future(self._do_receiving())
        was_up = self.is_up
        confirmed = await self._send_subscribe([channel])
        # Not while the connection is young: a frozen Redis lets one connect, and then is silent.
        if not was_up or not await _within(confirmed[0], CONFIRM_TIMEOUT_SECONDS):
            raise ConnectionError("Redis is away")

    async def unsubscribe(self, channel: str) -> None:
        self._subscribed_to.discard(channel)
        if self._connection is not None:
            await self._connection.send_command("UNSUBSCRIBE", channel)

    async def flush(self) -> None:
        if self._receive_task is not None:
            self._receive_task.cancel()
            await asyncio.gather(self._receive_task, return_exceptions=True)
            self._receive_task = None
        self._subscribed_to = set()

    async def _do_receiving(self) -> None:
        pause = 0.0
        while True:
            try:
                async with AsyncExitStack() as stack:
                    stack.push_async_callback(self._disconnect)
                    await self._connect()
                    while True:
                        self._take(await self._next_reply())
                        pause = 0.0
            except REDIS_IS_AWAY as error:
                if not pause:
                    logger.warning("the connection to Redis is lost: %s", error)
            except Exception:
                # A bug, or an answer nobody expected. Without this task no hint comes any more.
                logger.exception("the connection to Redis is given up")
            pause = min(max(0.05, pause * 2), LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 (no secret)

    async def _connect(self) -> None:
        connection = create_pool(self.host).make_connection()
        await asyncio.wait_for(connection.connect(), CONNECT_TIMEOUT_SECONDS)
        self._connection = connection
        await self._send_subscribe(sorted(self._subscribed_to))

    async def _send_subscribe(self, channels: list[str]) -> list["asyncio.Future[bool]"]:
        if self._connection is None:
            return []
        confirmed = [self._confirmation_of(channel) for channel in channels]
        for start in range(0, len(channels), CHANNELS_PER_COMMAND):
            chunk = channels[start : start + CHANNELS_PER_COMMAND]
            await self._connection.send_command("SUBSCRIBE", *chunk)
        return confirmed

    async def _next_reply(self) -> Any:
        for _ in range(SILENT_PINGS):
            reply = await self._connection.read_response(
                timeout=PING_SECONDS, disconnect_on_error=False, push_request=True
            )
            if reply is not None:
                return reply
            await self._connection.send_command("PING")
        raise ConnectionError("it went silent")

    async def _disconnect(self) -> None:
        self.is_up = False
        for _due, confirmed in self._unconfirmed.values():
            if not confirmed.done():
                confirmed.set_result(False)
        self._unconfirmed.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.disconnect(nowait=True)

    def _confirmation_of(self, channel: str) -> "asyncio.Future[bool]":
        due, confirmed = self._unconfirmed.get(channel) or (0, asyncio.Future())
        self._unconfirmed[channel] = (due + 1, confirmed)
        return confirmed

    def _take(self, reply: Any) -> None:
        if not isinstance(reply, list):
            return
        kind = bytes(reply[0])
        if kind == b"message":
            self._put(reply[1].decode(), reply[2])
        elif kind == b"subscribe":
            self._confirm(reply[1].decode())

    def _confirm(self, channel: str) -> None:
        due, confirmed = self._unconfirmed.pop(channel)
        if due > 1:
            self._unconfirmed[channel] = (due - 1, confirmed)
        elif not confirmed.done():
            confirmed.set_result(True)
        if not self.is_up and not self._unconfirmed:
            self.is_up = True
            self.channel_layer.on_reconnect()

    def _put(self, name: str, data: bytes) -> None:
        layer = self.channel_layer
        for channel in layer.groups.get(name, (name,)):
            queue = layer.channels.get(channel)
            if queue is None:
                continue
            if queue.full():
                layer.on_overflow()
            else:
                queue.put_nowait(data)


async def _within(confirmed: "asyncio.Future[bool]", seconds: float) -> bool:
    # Shielded: others may wait for the same confirmation.
    return await asyncio.wait_for(asyncio.shield(confirmed), seconds)


def _nothing() -> None:
    return None
