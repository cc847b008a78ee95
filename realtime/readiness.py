"""`/readyz`: can this process deliver?"""

from typing import Any

from django.conf import settings

from core.health import NotReady
from realtime.metrics import collector
from realtime.publisher import breaker

STALE_SECONDS = 10


def check_delivery() -> dict[str, Any]:
    """Redis being away is told, not refused: looks at the database stand in for its hints."""
    told: dict[str, Any] = {"ok": True, "redis": _redis()}
    hub = collector.hub
    if hub is not None:
        told["sockets"] = len(hub.sockets)
        if hub.now() - hub.looked_at > STALE_SECONDS:
            raise NotReady("The hub has not seen the database for 10 seconds.")
    return told


def _redis() -> str:
    if not settings.REDIS_URL:
        return "none"
    hub = collector.hub
    is_down = breaker.is_open or (hub is not None and hub.layer is not None and not hub.layer.is_up)
    return "down" if is_down else "up"
