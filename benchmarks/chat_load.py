"""Talks under load: senders over HTTP, both sides' sockets open, by one asyncio process."""

import asyncio
import json
import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count

from websockets.asyncio.client import connect

from benchmarks.load import _answered_well as answered_well

ARRIVAL_SECONDS = 10
WORDS = "Salom! 04465-02220 bormi, narxi qancha? "


@dataclass
class Talk:
    """`tokens`: the sender's and the receiver's."""

    thread: int
    tokens: tuple[str, str]


@dataclass
class Target:
    """Where a kind of chat takes messages and sockets; `text_of` reads one of its frames."""

    http_port: int
    socket_port: int
    talks: list[Talk]
    text_of: Callable[[dict[str, object]], str | None]
    sent: dict[str, float] = field(default_factory=dict)
    arrived: dict[str, float] = field(default_factory=dict)


async def measure(
    target: Target, *, seconds: float, connections: int, rate: float
) -> dict[str, float]:
    """As many messages as go through; then `rate` a second, timed from the first byte of the
    request to the receiver's socket."""
    async with AsyncExitStack() as held:
        for talk in target.talks:
            for token, is_receiver in zip(talk.tokens, (False, True), strict=True):
                await _listen(held, target, token, is_receiver)
        flood = await _flood(target, seconds, connections)
        target.sent.clear(), target.arrived.clear()
        steady = await _steady(target, seconds, rate)
    return flood | steady


async def _listen(held: AsyncExitStack, target: Target, token: str, is_receiver: bool) -> None:
    socket = await held.enter_async_context(
        connect(
            f"ws://127.0.0.1:{target.socket_port}/ws/",
            additional_headers={"Authorization": f"Bearer {token}"},
            compression=None,
        )
    )
    await socket.recv()  # the welcome

    async def read() -> None:
        async for frame in socket:
            text = target.text_of(json.loads(frame))
            if text is not None and is_receiver:
                target.arrived.setdefault(text, time.perf_counter())

    task = asyncio.create_task(read())
    held.callback(task.cancel)


class Sender:
    """One keep-alive connection, one request in flight."""

    async def open(self, port: int) -> "Sender":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        return self

    async def send(self, target: Target, talk: Talk, number: int) -> bool:
        text = f"{WORDS}{number}"
        body = {"thread": talk.thread, "text": text, "client_id": str(uuid.uuid4())}
        encoded = json.dumps(body).encode()
        head = (
            "POST /api/chat/send/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {talk.tokens[0]}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(encoded)}\r\n\r\n"
        )
        target.sent[text] = time.perf_counter()
        self.writer.write(head.encode() + encoded)
        return await answered_well(self.reader)


async def _flood(target: Target, seconds: float, connections: int) -> dict[str, float]:
    numbers, failures = count(), 0
    ends_at = time.perf_counter() + seconds

    async def work(place: int) -> None:
        nonlocal failures
        sender = await Sender().open(target.http_port)
        while time.perf_counter() < ends_at:
            talk = target.talks[place % len(target.talks)]
            place += connections
            failures += not await sender.send(target, talk, next(numbers))
        sender.writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(work(place) for place in range(connections)))
    took = time.perf_counter() - began
    sent = len(target.sent) - failures
    await _all_arrive(target, sent)
    return {
        "messages/s": sent / took,
        "failures": failures,
        "flood, lost": sent - len(target.arrived),
    }


async def _steady(target: Target, seconds: float, rate: float) -> dict[str, float]:
    """Each message at its time, whether or not the one before is answered."""
    senders: asyncio.Queue[Sender] = asyncio.Queue()
    for _each in range(32):
        senders.put_nowait(await Sender().open(target.http_port))

    async def one(number: int) -> None:
        sender = await senders.get()
        await sender.send(target, target.talks[number % len(target.talks)], 10**6 + number)
        senders.put_nowait(sender)

    began, under_way = time.perf_counter(), []
    for number in range(int(seconds * rate)):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        under_way.append(asyncio.create_task(one(number)))
    await asyncio.gather(*under_way)
    await _all_arrive(target, len(target.sent))
    while not senders.empty():
        senders.get_nowait().writer.close()
    took = sorted(at - target.sent[text] for text, at in target.arrived.items())
    return {
        "to the socket, ms p50": statistics.median(took) * 1000,
        "to the socket, ms p99": took[int(len(took) * 0.99)] * 1000,
        "steady, lost": len(target.sent) - len(took),
    }


async def _all_arrive(target: Target, messages: int) -> None:
    ends_at = time.perf_counter() + ARRIVAL_SECONDS
    while len(target.arrived) < messages and time.perf_counter() < ends_at:
        await asyncio.sleep(0.01)
