"""A door to the database that can be shut, as a restart of the server shuts it."""

import contextlib
import socket
import threading
from typing import Any

from django.db import connection


class Door:
    """Forwards a loopback port to the test's PostgreSQL, by TCP or by its socket folder."""

    def __init__(self) -> None:
        self.open_sockets: list[socket.socket] = []
        self.listener = listen(0)
        self.port: int = self.listener.getsockname()[1]
        self.let_in()

    def shut(self) -> None:
        """Refuse newcomers and cut everybody off."""
        for each in (self.listener, *self.open_sockets):
            # A thread that waits in accept() or recv() wakes up by a shutdown only.
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self.open_sockets.clear()

    def reopen(self) -> None:
        self.listener = listen(self.port)
        self.let_in()

    def let_in(self) -> None:
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                guest, _ = listener.accept()
                host = to_database(connection.settings_dict)
                self.open_sockets += [guest, host]
                for source, sink in ((guest, host), (host, guest)):
                    threading.Thread(target=carry, args=(source, sink), daemon=True).start()


def listen(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port))


def carry(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while received := source.recv(65536):
            sink.sendall(received)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def to_database(settings: dict[str, Any]) -> socket.socket:
    host, port = settings["HOST"] or "127.0.0.1", int(settings["PORT"] or 5432)
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    by_file = socket.socket(socket.AF_UNIX)
    by_file.connect(f"{host}/.s.PGSQL.{port}")
    return by_file
