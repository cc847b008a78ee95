"""The hub of this process, if it has one: hints from threads of the same process reach it so."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

Take = Callable[[dict[str, Any]], None]

_attached: tuple[asyncio.AbstractEventLoop, Take] | None = None


def attach(loop: asyncio.AbstractEventLoop, take: Take) -> None:
    """From now on messages go to `take`, in `loop`."""
    global _attached
    _attached = (loop, take)


def detach() -> None:
    global _attached
    _attached = None


def hand_over(messages: Iterable[dict[str, Any]]) -> None:
    """Give `messages` to this process's hub, from any thread; nothing happens without one."""
    attached = _attached
    if attached is None or attached[0].is_closed():
        return
    loop, take = attached
    for message in messages:
        loop.call_soon_threadsafe(take, message)
