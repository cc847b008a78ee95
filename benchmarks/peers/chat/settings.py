"""Django REST Framework and Channels as their tutorials set them up, on our tables."""

from benchmarks.peers.stock.settings import *  # noqa: F403
from benchmarks.peers.stock.settings import REDIS_URL

ROOT_URLCONF = "benchmarks.peers.chat.urls"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            # With redis-py 8's own time-out of 5 s an idle socket dies (channels_redis #422).
            "hosts": [{"address": REDIS_URL, "socket_timeout": 60}],
            "prefix": "plain",
        },
    }
}
