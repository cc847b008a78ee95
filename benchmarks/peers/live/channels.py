"""Stock Channels as its documentation has it: two groups a socket, the core Redis layer."""

import os

import django
import jwt
from django.conf import settings

settings.configure(
    SECRET_KEY=os.environ["TOKEN_SECRET"],
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                # With redis-py 8's own time-out of 5 s an idle socket dies (channels_redis #422).
                "hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": 60}],
                "prefix": "stock",
            },
        }
    },
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import re_path  # noqa: E402


class Consumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        bearer = dict(self.scope["headers"])[b"authorization"].decode()
        token = bearer.removeprefix("Bearer ")
        claims = jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"])
        self.joined = ["feed", f"user.{claims['sub']}"]
        for group in self.joined:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()
        await self.send(text_data='{"type":"welcome"}')

    async def disconnect(self, code: int) -> None:
        for group in getattr(self, "joined", []):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def tell(self, event: dict[str, str]) -> None:
        await self.send(text_data=event["text"])


application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([re_path(r"^ws/$", Consumer.as_asgi())]),
    }
)
