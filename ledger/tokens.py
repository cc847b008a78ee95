"""Access and refresh tokens: signed claims about a `Session` row, never stored.

Both tokens of a pair follow from the row alone, so the same generation gives the
same bytes however often it is asked for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any

import jwt
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from jwt.utils import base64url_decode
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.tokens import Token

from core.errors import DomainError
from core.serializers import MAX_ID
from ledger.models import Session

ALGORITHM = "HS256"
MIN_SECRET_CHARACTERS = 32
MAX_TOKEN_CHARACTERS = 2048
KNOWN_TOKENS = 4096  # a process remembers so many that it has verified
# Between machines of ours; a token of the far future was not made by us.
CLOCK_SKEW = timedelta(seconds=60)


class TokenInvalid(DomainError):
    """Forged, expired, of the wrong kind, or overtaken by a newer one."""

    status, code = HTTPStatus.UNAUTHORIZED, "token_invalid"
    title = _("The token is not valid. Please sign in again.")


class SessionEnded(TokenInvalid):
    """Ours, but its session has ended or its account is deactivated or deleted."""


@dataclass(frozen=True)
class Pair:
    access: str
    refresh: str


@dataclass(frozen=True)
class Claims:
    """What a token of ours says; only the database knows whether it still holds."""

    user_id: int
    session_id: int
    generation: int
    token_version: int
    expires_at: datetime


def issue_pair(session: Session) -> Pair:
    """The tokens of the session's present generation. `session.user` must be as fresh."""
    issued_at = int(session.rotated_at.timestamp())
    ends_at = int(session.expires_at.timestamp())
    access_ends_at = min(issued_at + int(settings.ACCESS_LIFETIME.total_seconds()), ends_at)
    return Pair(
        access=_sign(AccessToken, session, issued_at, access_ends_at),
        refresh=_sign(RefreshToken, session, issued_at, ends_at),
    )


def read_access(raw: str) -> Claims:
    """Verify an access token's signature and claims. Raises TokenInvalid."""
    return _read(AccessToken, raw)


def read_refresh(raw: str) -> Claims:
    """Verify a refresh token's signature and claims. Raises TokenInvalid."""
    return _read(RefreshToken, raw)


class KeyRingBackend(TokenBackend):
    """Signs with the ring's first key and says which by `kid`; verifies by that key only."""

    def __init__(self, ring: Mapping[str, str]) -> None:
        self.ring = ring
        self.kid, self.secret = next(iter(ring.items()))
        super().__init__(
            ALGORITHM,
            signing_key=self.secret,
            audience=settings.JWT_AUDIENCE,
            issuer=settings.JWT_ISSUER,
        )

    def encode(self, payload: dict[str, Any]) -> str:
        claims = payload | {"iss": self.issuer, "aud": self.audience}
        return jwt.encode(claims, self.secret, self.algorithm, headers={"kid": self.kid})

    def get_verifying_key(self, token: Any) -> str:
        # Not by PyJWT, which would decode and check the whole token a second time.
        header = json.loads(base64url_decode(token.partition(".")[0]))
        secret = self.ring.get(str(header.get("kid"))) if isinstance(header, dict) else None
        if secret is None:
            raise TokenBackendError("no such key")
        return secret

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                self.get_verifying_key(token),
                algorithms=[self.algorithm],
                audience=self.audience,
                issuer=self.issuer,
                options={
                    "require": ["exp", "iat", "iss", "aud", "sub", "jti"],
                    # Another machine's clock may be ahead by a little: see `_read`.
                    "verify_iat": False,
                    "strict_aud": True,
                },
            )
        # Deep nesting in the header is a RecursionError, a huge number an OverflowError.
        except (jwt.InvalidTokenError, ValueError, OverflowError, RecursionError) as error:
            raise TokenBackendError("unreadable") from error


class _OurToken(Token):
    lifetime = timedelta(0)  # set by hand from the session's row

    def get_token_backend(self) -> KeyRingBackend:
        return key_ring()


class AccessToken(_OurToken):
    token_type = "access"  # noqa: S105


class RefreshToken(_OurToken):
    token_type = "refresh"  # noqa: S105


def key_ring() -> KeyRingBackend:
    """The keys of the settings. Raises ImproperlyConfigured for one that is too short."""
    return _ring(tuple(settings.JWT_KEYS.items()))


@cache
def _ring(keys: tuple[tuple[str, str], ...]) -> KeyRingBackend:
    for kid, secret in keys:
        if len(secret) < MIN_SECRET_CHARACTERS:
            raise ImproperlyConfigured(
                f"JWT_KEYS: the secret of {kid} needs {MIN_SECRET_CHARACTERS} characters or more."
            )
    return KeyRingBackend(dict(keys))


def _sign(kind: type[_OurToken], session: Session, issued_at: int, ends_at: int) -> str:
    token = kind()
    token.payload |= {
        "sub": str(session.user_id),
        "sid": session.pk,
        "gen": session.generation,
        "ver": session.user.token_version,
        "iat": issued_at,
        "exp": ends_at,
        "jti": f"{session.pk}.{session.generation}.{kind.token_type}",
    }
    return str(token)


def _read(kind: type[_OurToken], raw: str) -> Claims:
    if len(raw) > MAX_TOKEN_CHARACTERS or not raw.isascii():
        raise TokenInvalid
    claims = _verified(tuple(settings.JWT_KEYS.items()), kind, raw)  # type: ignore[arg-type]
    if claims.expires_at <= timezone.now():
        raise TokenInvalid
    return claims


@lru_cache(KNOWN_TOKENS)
def _verified(keys: tuple[tuple[str, str], ...], kind: type[_OurToken], raw: str) -> Claims:
    """What the token says. A signature that holds under these keys holds for ever, and a client
    sends its token with every request; a refusal is not remembered."""
    try:
        payload = kind(raw).payload  # type: ignore[arg-type]
    # An expiry that is text, or beyond the calendar, is one of the others.
    except (TokenError, TypeError, ValueError, OverflowError, OSError) as error:
        raise TokenInvalid from error
    if _whole(payload["iat"]) > (timezone.now() + CLOCK_SKEW).timestamp():
        raise TokenInvalid
    subject = payload["sub"]
    return Claims(
        user_id=_whole(int(subject) if subject.isdecimal() else None),
        session_id=_whole(payload.get("sid")),
        generation=_whole(payload.get("gen")),
        token_version=_whole(payload.get("ver")),
        expires_at=datetime.fromtimestamp(_whole(payload["exp"]), UTC),
    )


def _whole(claim: Any) -> int:
    if type(claim) is not int or not 0 < claim <= MAX_ID:
        raise TokenInvalid
    return claim
