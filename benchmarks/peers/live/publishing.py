"""What publishes to the sockets under test, from a process of its own as a web process would.

It listens on PORT and is told, a line each:

    people [1,2,3]      whose sockets are open; answered by `ready`
    prepare 60          have 60 events for each of them stand ready; answered by `ready`
    feed N              message number N to everybody who watches
    users FIRST COUNT N messages N, N+1 … to COUNT people from the one at FIRST, one each
    commit INDEX N      message N to one person, in a transaction of its own where there are
                        any; answered by `at N milliseconds` once it is committed
"""

import asyncio
import json
import os
import time
from abc import abstractmethod

PAD = os.environ.get("PAD", "")


def milliseconds() -> float:
    return time.time() * 1000


def payload(number: int) -> dict[str, object]:
    return {"n": number, "at": milliseconds(), "pad": PAD}


class Publisher:
    people: list[int]

    def __init__(self) -> None:
        self.under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", int(os.environ["PORT"]))
        await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            order, *rest = line.decode().split(" ", 1)
            if order == "people":
                self.people = json.loads(rest[0])
                writer.write(b"ready\n")
                continue
            numbers = [int(number) for number in rest[0].split()]
            if order == "prepare":
                await self.prepare(*numbers)
                writer.write(b"ready\n")
            elif order == "commit":
                self.under_way.add(task := asyncio.create_task(self._commit(writer, *numbers)))
                task.add_done_callback(self.under_way.discard)
            else:
                await getattr(self, order)(*numbers)
        writer.close()

    async def _commit(self, writer: asyncio.StreamWriter, index: int, number: int) -> None:
        writer.write(f"at {number} {await self.commit(index, number)}\n".encode())

    @abstractmethod
    async def prepare(self, each: int) -> None: ...

    @abstractmethod
    async def feed(self, number: int) -> None: ...

    @abstractmethod
    async def users(self, first: int, count: int, number: int) -> None: ...

    @abstractmethod
    async def commit(self, index: int, number: int) -> float:
        """Gives the millisecond in which it was committed."""
