"""uvicorn's WebSocket, with limits to what a client may ask of it below the application.

Named by the server's `--ws`. Control frames and fragments never reach the application, so its
own limits do not count them.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from realtime.codes import FLOODING
from realtime.limits import Bucket

# A client pings every few seconds, and none of ours sends a frame in parts.
BURST = 60
FRAMES_A_SECOND = 10
# For a client that floods and does not read: what it was sent never leaves.
GIVEN_UP_SECONDS = 10


class BoundedProtocol(WebSocketsSansIOProtocol):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.below = Bucket(capacity=BURST, rate=FRAMES_A_SECOND, now=self.loop.time())

    def handle_ping(self) -> None:
        if not self._may_go_on():
            return
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()  # a pong for somebody who does not read is not kept

    def handle_pong(self, event: Frame) -> None:
        if self._may_go_on():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        if self._may_go_on():
            super().handle_cont(event)

    def _may_go_on(self) -> bool:
        if self.close_sent:
            return False
        if self.below.take(1, now=self.loop.time()):
            return True
        self._end()
        return False

    def _end(self) -> None:
        self.queue.put_nowait({"type": "websocket.disconnect", "code": FLOODING})
        self.conn.data_to_send()
        self.conn.send_close(FLOODING)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
        self.loop.call_later(GIVEN_UP_SECONDS, self.transport.abort)
