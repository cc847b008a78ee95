"""Bearer tokens at the door of every request."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from ledger.actions.sessions import mark_seen
from ledger.models import Session, User
from ledger.queries.sessions import session_of
from ledger.tokens import TokenInvalid, read_access


class SessionTokenAuthentication(BaseAuthentication):
    """`request.user` is the account, `request.auth` its `Session`. One query.

    An ended session, a changed password, a deactivated or deleted account are refused on
    the very next request.
    """

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        token = bearer_token(request)
        if token is None:
            return None
        session = session_of(read_access(token))
        mark_seen(session=session, now=timezone.now())
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def bearer_token(request: Request) -> str | None:
    """What follows `Bearer`; None without such a header. Raises TokenInvalid for a
    malformed one."""
    words = request.headers.get("Authorization", "").split()
    if not words or words[0].lower() != "bearer":
        return None
    if len(words) != 2:
        raise TokenInvalid
    return words[1]


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = SessionTokenAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
