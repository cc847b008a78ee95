"""One socket, frame by frame, for tests that do one thing after another."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

PATIENCE_SECONDS = 20


class Wire:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    @property
    def subprotocol(self) -> str | None:
        return self.connection.subprotocol

    def send(self, **frame: Any) -> None:
        self.send_raw(json.dumps(frame))

    def send_raw(self, frame: str | bytes) -> None:
        self.connection.send(frame)

    def receive(self) -> dict[str, Any]:
        """The next frame. Raises ConnectionClosed, and TimeoutError after 20 s."""
        return json.loads(self.connection.recv(timeout=PATIENCE_SECONDS))

    def receive_a(self, *types: str) -> dict[str, Any]:
        """The next frame of one of these types; others are passed over."""
        while True:
            frame = self.receive()
            if frame["type"] in types:
                return frame

    def receive_events(self, count: int) -> list[int]:
        """The numbers of the next `count` events."""
        return [self.receive_a("event")["seq"] for _ in range(count)]

    def close_code(self) -> int | None:
        """Pass over what still comes; the code that the server closes with."""
        try:
            while True:
                self.connection.recv(timeout=PATIENCE_SECONDS)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


@contextmanager
def open_wire(
    url: str, *, token: str | None = None, by: str = "subprotocol", **options: Any
) -> Iterator[Wire]:
    """Open a socket; `by`: `subprotocol`, `header` or `frame`; `since` and `epoch` resume."""
    point = {name: options.pop(name) for name in ("since", "epoch") if name in options}
    subprotocols = ["daftar.v1"]
    headers = dict(options.pop("headers", {}))
    if token is not None and by == "subprotocol":
        subprotocols.append(f"bearer.{token}")
    if token is not None and by == "header":
        headers["Authorization"] = f"Bearer {token}"
    if point and by != "frame":
        url = f"{url}?{urlencode(point)}"
    settings = {"subprotocols": subprotocols, "additional_headers": headers, "compression": None}
    with connect(url, max_size=None, **{**settings, **options}) as connection:
        wire = Wire(connection)
        if token is not None and by == "frame":
            wire.send(type="auth", token=token, **point)
        yield wire
