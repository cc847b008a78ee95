"""The connection that hints come by, to a Redis that says what nobody asked for."""

import asyncio

from realtime.redis import HintLayer
from tests.realtime.hubs import until

STRANGE = b"*3\r\n$9\r\nsubscribe\r\n$7\r\nunasked\r\n:1\r\n"


class TestConnection:
    def test_comes_back_after_an_answer_nobody_expected(self):
        connected = []

        async def redis(reader, writer):
            connected.append(writer)
            writer.write(STRANGE)
            await reader.read()
            writer.close()

        async def scenario():
            async with await asyncio.start_server(redis, "127.0.0.1", 0) as server:
                port = server.sockets[0].getsockname()[1]
                layer = HintLayer(hosts=[f"redis://127.0.0.1:{port}"]).here()
                await layer.new_channel()
                await until(lambda: len(connected) > 1)
                await layer.flush()

        asyncio.run(scenario())
