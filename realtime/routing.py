"""Which socket path is served by what."""

from channels.routing import URLRouter
from django.urls import re_path

from realtime.auth import Scope
from realtime.protocol import Receive, serve
from realtime.socket import Send


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """There is no socket at any other path: an HTTP 403."""
    await receive()
    await send({"type": "websocket.close"})


# Channels routes ASGI applications where Django's types expect views.
sockets = URLRouter(
    [
        re_path(r"^ws/?$", serve),  # type: ignore[arg-type]
        re_path(r"", refuse),  # type: ignore[arg-type]
    ]
)
