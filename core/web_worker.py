"""gunicorn's worker of the web role: a restart loses no request, not even a POST."""

import socket

from gunicorn.workers.gthread import ThreadWorker


class DrainingWorker(ThreadWorker):  # type: ignore[misc]
    """Told to stop, it takes the connections that wait and closes the door at once.

    Stock workers leave the listening socket open while they finish. Connections that arrive
    meanwhile are reset at the end, with the request already sent: a proxy must not repeat a POST
    then. A closed door is refused before anything is sent, and the proxy asks the next process.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                self._close_door(listener)

    def _close_door(self, listener: socket.socket) -> None:
        listener.setblocking(False)
        taken = -1
        while taken != self.nr_conns:
            taken = self.nr_conns
            self.accept(listener)
        listener.close()
