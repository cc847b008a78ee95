"""Who is on the socket: the token it offers, its origin, and what the ledger says of both."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from realtime.frames import SUBPROTOCOL

Scope = Mapping[str, Any]
BEARER = "bearer."


def is_foreign(scope: Scope) -> bool:
    """A browser page of another site. A missing `Origin` is a native app.

    Our own host is one that ALLOWED_HOSTS names: a foreign name that was made to point here
    brings itself as `Host`, too.
    """
    origin = header(scope, b"origin")
    if origin is None or origin in settings.CORS_ALLOWED_ORIGINS:
        return False
    host = (header(scope, b"host") or "").lower()
    if _host_of(origin) != host:
        return True
    return not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def offered_token(scope: Scope) -> str | None:
    """From the subprotocols (browsers) or the `Authorization` header (native apps). Never from
    the URL: it stands in logs."""
    for offered in scope["subprotocols"]:
        if offered.startswith(BEARER):
            return str(offered.removeprefix(BEARER))
    scheme, _, token = (header(scope, b"authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def chosen_subprotocol(scope: Scope) -> str | None:
    """Ours if it was offered: browsers fail when none of what they offer comes back."""
    return SUBPROTOCOL if SUBPROTOCOL in scope["subprotocols"] else None


def header(scope: Scope, name: bytes) -> str | None:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for key, value in headers if key == name), None)
