"""Handing a frame to the server without a task of its own.

A server's `send` is a coroutine that nearly always ends at once: it only waits when the client
does not read. One step by hand finds out; a task per frame would cost as much as the frame.
"""

import types
from collections.abc import Awaitable, Generator
from typing import Any

Step = Generator[Any, Any, None]


def first_step(sending: Awaitable[None]) -> "Unfinished | None":
    """Run `sending` until it waits. None: it is done."""
    steps = sending.__await__()
    try:
        waits_for = next(steps)
    except StopIteration:
        return None
    return Unfinished(steps, waits_for)


class Unfinished:
    """A coroutine that waits; `await` it to run it to its end."""

    __slots__ = ("_steps", "_waits_for")

    def __init__(self, steps: Generator[Any, Any, None], waits_for: Any) -> None:
        self._steps = steps
        self._waits_for = waits_for

    @types.coroutine
    def rest(self) -> Step:
        # What the first step waits for is still unanswered: the event loop gets it from here.
        yield self._waits_for
        yield from self._steps
