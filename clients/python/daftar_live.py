"""A Python client of Daftar's socket (`daftar.v1`). Needs nothing but the `websockets` package.

    device = Device("wss://example.uz/ws/", fetch_token)
    async for event in device.events():
        ...

`Device` keeps the promise up on the client's side: it resumes, acknowledges, renews its token
and comes back. `Connection` is one socket, frame by frame, for tests and tools.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

SUBPROTOCOL = "daftar.v1"
BRING_A_NEW_TOKEN = 4401
DO_NOT_COME_BACK = {4403, 4409}

Frame = dict[str, Any]
FetchToken = Callable[[], Awaitable[str]]


class Ended(Exception):
    """The server said not to come back: the session has ended, or there are too many sockets."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class StartAfresh(Exception):
    """Events were missed for good: fetch by REST, then go on with `events()`."""


class Connection:
    """One open socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def receive(self) -> Frame:
        """The next frame. Raises websockets' ConnectionClosed."""
        frame: Frame = json.loads(await self.socket.recv())
        return frame

    async def receive_a(self, *types: str) -> Frame:
        """The next frame of one of these types; others are passed over."""
        while True:
            frame = await self.receive()
            if frame["type"] in types:
                return frame

    async def close_code(self) -> int | None:
        """Pass over what still comes; the code that the server closes with."""
        try:
            while True:
                await self.socket.recv()
        except ConnectionClosed:
            return self.socket.close_code


@asynccontextmanager
async def open_connection(
    url: str,
    *,
    token: str | None = None,
    by: str = "subprotocol",
    since: int | None = None,
    epoch: str | None = None,
    origin: str | None = None,
    **options: Any,
) -> AsyncIterator[Connection]:
    """Open a socket; `by` says how to sign in: `subprotocol`, `header`, `frame`."""
    point = {"since": since, "epoch": epoch} if since is not None else {}
    subprotocols = [SUBPROTOCOL]
    headers = {}
    if token is not None and by == "subprotocol":
        subprotocols.append(f"bearer.{token}")
    if token is not None and by == "header":
        headers["Authorization"] = f"Bearer {token}"
    query = f"?{urlencode(point)}" if point and by != "frame" else ""
    settings = {
        "subprotocols": [Subprotocol(name) for name in subprotocols],
        "additional_headers": headers,
        "origin": None if origin is None else Origin(origin),
        "compression": None,
        "max_size": None,
    }
    async with connect(url + query, **{**settings, **options}) as socket:
        connection = Connection(socket)
        if token is not None and by == "frame":
            await connection.send(type="auth", token=token, **point)
        yield connection


@dataclass
class Device:
    """A device of one account: it has every event up to `since`, and wants those that follow."""

    url: str
    fetch_token: FetchToken
    by: str = "subprotocol"
    since: int | None = None
    epoch: str | None = None
    ack_every: int | None = 64
    ack_seconds: float = 10
    first_pause_seconds: float = 0.2
    longest_pause_seconds: float = 20
    on_frame: Callable[[Frame], None] = lambda frame: None
    connection: Connection | None = field(default=None, init=False)
    _token: str | None = field(default=None, init=False)
    _acked: int = field(default=0, init=False)
    _is_resuming: bool = field(default=False, init=False)

    async def events(self) -> AsyncIterator[Frame]:
        """Every event, once and in order, over as many connections as it takes.

        Raises Ended; StartAfresh when events were missed for good (not on the first welcome).
        """
        tries = 0
        while True:
            try:
                async for event in self._events_of_one_connection():
                    tries = 0
                    yield event
            except ConnectionClosed as closed:
                self._heed(closed.rcvd.code if closed.rcvd else None)
            except (OSError, InvalidHandshake, TimeoutError):
                pass
            finally:
                self.connection = None
            # Full jitter: thousands that were sent away together must not come back together.
            longest = min(self.longest_pause_seconds, self.first_pause_seconds * 2**tries)
            await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 (no secret)
            tries = min(tries + 1, 16)

    def _heed(self, code: int | None) -> None:
        if code in DO_NOT_COME_BACK:
            raise Ended(code)
        if code == BRING_A_NEW_TOKEN:
            self._token = None

    async def _events_of_one_connection(self) -> AsyncIterator[Frame]:
        if self._token is None:
            self._token = await self.fetch_token()
        opening = open_connection(
            self.url, token=self._token, by=self.by, since=self.since, epoch=self.epoch
        )
        async with opening as self.connection:
            acking = asyncio.ensure_future(self._ack_by_the_clock(self.connection))
            try:
                while True:
                    frame = await self.connection.receive()
                    self.on_frame(frame)
                    if frame["type"] == "welcome":
                        self._take_welcome(frame)
                    elif frame["type"] == "auth.expiring":
                        await self._renew(self.connection)
                    elif frame["type"] == "error" and frame["code"] == "rate_limited":
                        self._is_resuming = False  # asked in vain; the next event asks again
                    elif frame["type"] == "event" and await self._is_next(frame["seq"]):
                        self.since = frame["seq"]
                        yield frame
                        await self._ack_by_number(self.connection)
            finally:
                acking.cancel()

    async def _is_next(self, seq: int) -> bool:
        """Whether it is the one we wait for. A hole before it is asked for, once."""
        since = self.since or 0
        if seq > since + 1 and self.connection is not None and not self._is_resuming:
            self._is_resuming = True
            await self.connection.send(type="resume", since=since, epoch=self.epoch)
        return seq == since + 1

    def _take_welcome(self, welcome: Frame) -> None:
        self._is_resuming = False
        was_here_before = self.since is not None
        self.epoch = welcome["epoch"]
        if not welcome["resumed"]:
            self.since = self._acked = welcome["head"]
            if was_here_before:
                raise StartAfresh

    async def _renew(self, connection: Connection) -> None:
        self._token = await self.fetch_token()
        await connection.send(type="auth", token=self._token)

    async def _ack_by_number(self, connection: Connection) -> None:
        if self.ack_every is not None and (self.since or 0) - self._acked >= self.ack_every:
            await self._ack(connection)

    async def _ack_by_the_clock(self, connection: Connection) -> None:
        while self.ack_every is not None:
            await asyncio.sleep(self.ack_seconds)
            if (self.since or 0) > self._acked:
                await self._ack(connection)

    async def _ack(self, connection: Connection) -> None:
        self._acked = self.since or 0
        await connection.send(type="ack", seq=self._acked)
