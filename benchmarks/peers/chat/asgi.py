"""A group for each thread, one for each person."""

import os

from django.core.asgi import get_asgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.chat.settings"
http = get_asgi_application()

from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.urls import re_path  # noqa: E402
from rest_framework_simplejwt.tokens import AccessToken  # noqa: E402

from messaging.models import ChatThread  # noqa: E402


class ChatConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        bearer = dict(self.scope["headers"])[b"authorization"].decode()
        self.user_id = int(AccessToken(bearer.removeprefix("Bearer "))["user_id"])
        threads = await database_sync_to_async(self.threads)()
        self.joined = [f"user_{self.user_id}", *(f"thread_{thread}" for thread in threads)]
        for group in self.joined:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()
        await self.send_json({"type": "welcome"})

    def threads(self) -> list[int]:
        mine = Q(buyer_id=self.user_id) | Q(seller_id=self.user_id)
        return list(ChatThread.objects.filter(mine).values_list("pk", flat=True))

    async def disconnect(self, code: int) -> None:
        for group in getattr(self, "joined", []):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def chat_told(self, event: dict[str, object]) -> None:
        await self.send_json({"type": event["what"], "data": event["data"]})


application = ProtocolTypeRouter(
    {"http": http, "websocket": URLRouter([re_path(r"^ws/$", ChatConsumer.as_asgi())])}
)
