"""Devices in a thread of their own; each notes everything it hears."""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from clients.python.daftar_live import Device, Frame

Person = dict[str, Any]
LONGEST_PAUSE_SECONDS = 2.0
KNOCKS_AT_ONCE = 50


@dataclass
class NotingDevice(Device):
    """`heard` has (seq, event, data's id); `late` the seconds from each commit to us, `gaps` those
    between a connection's close and the next welcome."""

    person: Person = field(default_factory=dict)
    heard: list[tuple[int, str, Any]] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    welcomes: int = 0
    first: int = 0
    gaps: list[float] = field(default_factory=list)
    left_at: float = 0.0
    frames: Counter[str] = field(default_factory=Counter)
    codes: list[int | None] = field(default_factory=list)

    async def listen(self) -> None:
        self.on_frame = self._note
        async for event in self.events():
            self.heard.append((event["seq"], event["event"], event["data"].get("id")))
            sent_at = datetime.fromisoformat(event["created_at"]).timestamp()
            self.late.append(time.time() - sent_at)

    def _note(self, frame: Frame) -> None:
        self.frames[frame["type"]] += 1
        if frame["type"] == "welcome":
            self.welcomes += 1
            if self.welcomes == 1:
                self.first = frame["head"]
            else:
                self.gaps.append(time.monotonic() - self.left_at)

    def _heed(self, code: int | None) -> None:
        self.codes.append(code)
        self.left_at = time.monotonic()
        super()._heed(code)

    @property
    def seqs(self) -> list[int]:
        return [seq for seq, _event, _id in self.heard]

    @property
    def is_in_order_and_whole(self) -> bool:
        return self.seqs == list(range(self.first + 1, self.first + 1 + len(self.heard)))


class Crowd:
    """`per_person` devices for each; connected when the block begins, gone when it ends."""

    def __init__(
        self,
        url: str,
        people: list[Person],
        *,
        per_person: int = 1,
        renew: Callable[[Person], str] | None = None,
        **options: Any,
    ) -> None:
        settings = {"longest_pause_seconds": LONGEST_PAUSE_SECONDS, **options}
        self.renew = renew
        self.devices = [
            NotingDevice(url, self._token_of(person), person=person, **settings)
            for person in people
            for _ in range(per_person)
        ]
        self.tasks: list[asyncio.Task[None]] = []

    def _token_of(self, person: Person) -> Callable[[], Coroutine[Any, Any, str]]:
        given = False

        async def token() -> str:
            nonlocal given
            if given and self.renew is not None:
                person["access"] = await asyncio.to_thread(self.renew, person)
            given = True
            return str(person["access"])

        return token

    @property
    def people(self) -> list[Person]:
        return [device.person for device in self.devices]

    def __enter__(self) -> Self:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        for start in range(0, len(self.devices), KNOCKS_AT_ONCE):
            some = self.devices[start : start + KNOCKS_AT_ONCE]
            for device in some:
                self.loop.call_soon_threadsafe(self._let_listen, device)
            self.wait_until(lambda some=some: all(device.welcomes for device in some))
        return self

    def _let_listen(self, device: NotingDevice) -> None:
        self.tasks.append(self.loop.create_task(device.listen()))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._leave(), self.loop).result(30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _leave(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def drop(self, devices: list[NotingDevice]) -> None:
        """Cut their connections without a word."""
        for device in devices:
            self.loop.call_soon_threadsafe(self._cut, device)

    def _cut(self, device: NotingDevice) -> None:
        if device.connection is not None:
            device.connection.socket.transport.abort()

    def some(self, share: float) -> list[NotingDevice]:
        return [device for device in self.devices if random.random() < share]

    def wait_until(self, holds: Callable[[], bool], seconds: float = 60) -> float:
        """The seconds it took. Raises TimeoutError, and what a device failed with."""

        def they_do() -> bool:
            self.refuse_the_failed()
            return holds()

        try:
            return wait_until(they_do, seconds)
        except TimeoutError:
            raise TimeoutError(self.state()) from None

    def wait_for(self, heads: Mapping[int, int], seconds: float = 60) -> float:
        """Until every device has its account's stream up to its head."""
        return self.wait_until(
            lambda: all((d.since or 0) >= heads[d.person["id"]] for d in self.devices), seconds
        )

    def refuse_the_failed(self) -> None:
        for task in self.tasks:
            if task.done() and not task.cancelled() and (error := task.exception()):
                raise error

    def state(self) -> str:
        places = Counter((d.person["id"], d.since) for d in self.devices)
        return f"{len(self.devices)} devices; (account, place): {places.most_common(10)}"


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> float:
    """The seconds it took. Raises TimeoutError."""
    started = time.monotonic()
    while not holds():
        if time.monotonic() - started > seconds:
            raise TimeoutError
        time.sleep(0.01)
    return time.monotonic() - started
