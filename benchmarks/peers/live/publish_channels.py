"""`group_send` of stock Channels."""

import asyncio
import json

from channels.layers import get_channel_layer

from benchmarks.peers.live import channels  # noqa: F401  (configures the layer)
from benchmarks.peers.live.publishing import Publisher, milliseconds, payload


class StockPublisher(Publisher):
    async def prepare(self, each: int) -> None:
        return

    async def feed(self, number: int) -> None:
        await self._send("feed", number)

    async def users(self, first: int, count: int, number: int) -> None:
        await asyncio.gather(
            *(self._send(f"user.{self.people[first + i]}", number + i) for i in range(count))
        )

    async def commit(self, index: int, number: int) -> float:
        at = milliseconds()
        await self._send(f"user.{self.people[index]}", number)
        return at

    async def _send(self, group: str, number: int) -> None:
        text = json.dumps({"type": "event", "data": payload(number)})
        await get_channel_layer().group_send(group, {"type": "tell", "text": text})


if __name__ == "__main__":
    asyncio.run(StockPublisher().run())
