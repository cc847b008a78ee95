"""The Python client, against a server that says what the test tells it to."""

import asyncio
import json

from websockets.asyncio.server import serve

from clients.python.daftar_live import Device

WELCOME = {"type": "welcome", "epoch": "e"}


def event(seq: int):
    return {"type": "event", "seq": seq}


async def heard_by_a_device(scenario, *, count: int) -> list[int]:
    """The numbers of the first `count` events that a device tells of."""

    async def talk(socket):
        async def say(*frames):
            for frame in frames:
                await socket.send(json.dumps(frame))

        async def hear():
            return json.loads(await socket.recv())

        await scenario(say, hear)
        await socket.wait_closed()

    async def token() -> str:
        return "token"

    heard = []
    async with (
        asyncio.timeout(10),
        serve(talk, "127.0.0.1", 0, subprotocols=["daftar.v1"]) as server,
    ):
        port = server.sockets[0].getsockname()[1]
        events = Device(f"ws://127.0.0.1:{port}", token, ack_every=None).events()
        async for told in events:
            heard.append(told["seq"])
            if len(heard) == count:
                break
        await events.aclose()
    return heard


class TestHole:
    def test_is_asked_for_once_and_nothing_past_it_is_told(self):
        asked = []

        async def scenario(say, hear):
            await say(WELCOME | {"head": 0, "resumed": False}, event(1), event(3), event(4))
            asked.append(await hear())
            await say(WELCOME | {"head": 4, "resumed": True}, event(2), event(3), event(4))

        assert asyncio.run(heard_by_a_device(scenario, count=4)) == [1, 2, 3, 4]
        assert asked == [{"type": "resume", "since": 1, "epoch": "e"}]

    def test_is_asked_for_again_when_that_was_one_frame_too_many(self):
        async def scenario(say, hear):
            await say(WELCOME | {"head": 0, "resumed": False}, event(2))
            await hear()
            await say({"type": "error", "code": "rate_limited"}, event(3))
            await hear()
            await say(WELCOME | {"head": 3, "resumed": True}, event(1), event(2), event(3))

        assert asyncio.run(heard_by_a_device(scenario, count=3)) == [1, 2, 3]
