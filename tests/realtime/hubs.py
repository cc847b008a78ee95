"""A hub without processes: an event loop of its own, and a server that is a list."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from ledger.queries.sessions import Access
from realtime.hub import Hub
from realtime.socket import Socket
from realtime.stream import StreamState

STATE = StreamState(epoch="e", head=0, floor=0)


class Server:
    """Takes every frame at once, waits while `is_stuck`, or refuses when it `has_given_up`."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.is_stuck = False
        self.has_given_up = False

    async def send(self, message: Any) -> None:
        while self.is_stuck:
            await asyncio.sleep(0.001)
        if self.has_given_up:  # uvicorn, of a client that answered no ping
            raise RuntimeError("Unexpected ASGI message, after sending 'websocket.close'.")
        self.messages.append(message)

    @property
    def frames(self) -> list[Any]:
        return [json.loads(m["text"]) for m in self.messages if m["type"] == "websocket.send"]

    @property
    def closed_with(self) -> list[int]:
        return [m["code"] for m in self.messages if m["type"] == "websocket.close"]


async def signed_in(
    hub: Hub, server: Server, *, minutes: float = 10, user_id: int = 7, send: Any = None
) -> Socket:
    account = hub.account(user_id)
    socket = Socket(hub, account, send or server.send, can_send_protocol_codes=True)
    ends_at = timezone.now() + timedelta(minutes=minutes)
    socket.carry(Access(user_id=user_id, session_id=1, expires_at=ends_at, generation=1))
    account.sockets.append(socket)
    await socket.greet(STATE)
    return socket


def events(first: int, last: int) -> dict[str, Any]:
    frames = [json.dumps({"type": "event", "seq": seq}) for seq in range(first, last + 1)]
    return {"type": "events", "user": 7, "head": last, "frames": frames, "at": 0.0}


def on_a_hub(scenario: Any) -> Any:
    """The test runs in an event loop of its own."""

    async def run(self: Any) -> None:
        await scenario(self, Hub(), Server())

    return lambda self: asyncio.run(run(self))


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)
