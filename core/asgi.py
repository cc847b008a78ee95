"""Everything in one process: HTTP, and sockets as `realtime` serves them."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")

# First: it sets Django up, and the sockets' modules import models.
http = get_asgi_application()

from realtime.routing import sockets  # noqa: E402

application = ProtocolTypeRouter({"http": http, "websocket": sockets})
