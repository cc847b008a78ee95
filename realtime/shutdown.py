"""SIGTERM: sockets are sent away one after another, then the server is let go on.

A server closes everything at once, and thousands of devices would be back in the same second.
"""

import asyncio
import random
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from realtime import codes
from realtime.hub import Hub

DRAIN_SECONDS = 2.0
STEP_SECONDS = 0.05

Handler = Callable[[int, FrameType | None], Any]


def drain_on_sigterm(hub: Hub) -> None:
    """Go before whoever handles SIGTERM now. A second SIGTERM reaches it at once."""
    if threading.current_thread() is not threading.main_thread():
        return
    server = signal.getsignal(signal.SIGTERM)
    if not callable(server):
        return

    def handle(number: int, frame: FrameType | None) -> None:
        if hub.is_draining:
            server(number, frame)
        else:
            hub.is_draining = True
            hub.loop.call_soon_threadsafe(lambda: hub.start(_drain(hub, server)))

    signal.signal(signal.SIGTERM, handle)


async def _drain(hub: Hub, server: Handler) -> None:
    try:
        _stop_listening(server)
        await _send_away(hub)
    finally:
        server(signal.SIGTERM, None)


async def _send_away(hub: Hub) -> None:
    leaving = [socket for socket in hub.sockets if socket.can_send_protocol_codes]
    random.shuffle(leaving)
    at_once = 1 + int(len(leaving) * STEP_SECONDS / DRAIN_SECONDS)
    while leaving:
        for socket in leaving[-at_once:]:
            socket.close(codes.RESTARTING)
        del leaving[-at_once:]
        await asyncio.sleep(STEP_SECONDS)


def _stop_listening(server: Handler) -> None:
    """A device that comes back must not find us again: refused, its proxy asks the next process.

    uvicorn's handler is a method of what has the listening sockets; open ones stay open.
    """
    for listener in getattr(getattr(server, "__self__", None), "servers", ()):
        listener.close()
