"""SIGTERM and those who do not hear of it."""

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.realtime.servers import wait_until

LARGE = {"book": 1, "note": "x" * 20_000}


@contextmanager
def stuck_reader(port: int, *, token: str) -> Iterator[None]:
    """A phone that has lost its network: it signs in, and takes nothing from then on."""
    request = (
        "GET /ws/ HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: ZGFmdGFyZGFmdGFyZGFmdA==",
        f"Authorization: Bearer {token}",
    )
    with socket.socket() as phone:
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        phone.connect(("127.0.0.1", port))
        phone.sendall("\r\n".join([*request, "", ""]).encode())
        yield


class TestSigterm:
    @pytest.mark.usefixtures("transactional_db")
    def test_ends_within_ten_seconds_whoever_does_not_read(self, start_server, token, aziza):
        server = start_server("uvicorn")
        with stuck_reader(server.port, token=token(aziza)):
            wait_until(lambda: server.metric("daftar_live_sockets") == 1)
            for _ in range(5):
                server.publish(*[("my_debts.changed", [aziza.pk], LARGE)] * 100)
            assert server.metric("daftar_live_events_total") < 500
            asked_at = time.monotonic()
            server.send_signal(signal.SIGTERM)
            server.process.wait(timeout=20)
            assert time.monotonic() - asked_at < 10
