"""Whether a token still holds: asked by every request and by every open socket."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from core.sql import row, rows
from ledger.models import Session, User
from ledger.tokens import Claims, SessionEnded, TokenInvalid, read_access

HOLDS = Q(ended_at__isnull=True, user__is_active=True, user__deleted_at__isnull=True)
SESSION_COLUMNS = [field.attname for field in Session._meta.concrete_fields]
USER_COLUMNS = [field.attname for field in User._meta.concrete_fields]
# Asked by every request. To have the ORM put it together each time costs a third of a request.
SESSION_OF = f"""
SELECT {", ".join(f"session.{column}" for column in SESSION_COLUMNS)},
  {", ".join(f"person.{column}" for column in USER_COLUMNS)}
FROM ledger_session AS session JOIN ledger_user AS person ON person.id = session.user_id
WHERE session.id = %(id)s
"""  # noqa: S608  (columns of ours)
# The same for thousands of sockets, every second: as one array they cost a fifth of `pk__in`.
HOLDING = """
SELECT session.id, session.valid_from_generation
FROM ledger_session AS session JOIN ledger_user AS person ON person.id = session.user_id
WHERE session.id = ANY(%(ids)s) AND session.expires_at > %(now)s
  AND session.ended_at IS NULL AND person.is_active AND person.deleted_at IS NULL
"""


@dataclass(frozen=True)
class Access:
    """Who is on a socket, until when, and by a token of which generation."""

    user_id: int
    session_id: int
    expires_at: datetime
    generation: int


def verify_access(token: str) -> Access:
    """Sign a socket in. One query.

    Raises SessionEnded when the token is ours but its session has ended or its account is
    deactivated or deleted (do not come back), else TokenInvalid (bring a new token).
    """
    claims = read_access(token)
    [refusal] = refusals([claims])
    if refusal is not None:
        raise refusal
    return Access(claims.user_id, claims.session_id, claims.expires_at, claims.generation)


def session_of(claims: Claims) -> Session:
    """The session, with its user, that a token speaks for. One query.

    Raises SessionEnded or TokenInvalid, as `verify_access`.
    """
    session = _find_session(claims.session_id)
    if session is None or not session.holds:
        raise SessionEnded
    current = (
        session.user_id == claims.user_id
        and session.user.token_version == claims.token_version
        and session.valid_from_generation <= claims.generation <= session.generation
    )
    if not current:
        raise TokenInvalid
    return session


def _find_session(session_id: int) -> Session | None:
    """With its user, as `select_related("user")` gives them."""
    found = row(SESSION_OF, {"id": session_id})
    if found is None:
        return None
    session = Session.from_db("default", SESSION_COLUMNS, found[: len(SESSION_COLUMNS)])
    session.user = User.from_db("default", USER_COLUMNS, found[len(SESSION_COLUMNS) :])
    return session


def refusals(asked: Sequence[Claims]) -> list[TokenInvalid | None]:
    """For each token: what `session_of` would raise, or None. One query, and no models made:
    thousands of sockets may come back at once."""
    ids = {claims.session_id for claims in asked}
    columns = ("pk", "user_id", "user__token_version", "valid_from_generation", "generation")
    held = {
        pk: rest for pk, *rest in Session.objects.filter(HOLDS, pk__in=ids).values_list(*columns)
    }
    return [_refusal(claims, held.get(claims.session_id)) for claims in asked]


def _refusal(claims: Claims, held: list[int] | None) -> TokenInvalid | None:
    if held is None:
        return SessionEnded()
    user_id, token_version, oldest, newest = held
    is_current = (
        user_id == claims.user_id
        and token_version == claims.token_version
        and oldest <= claims.generation <= newest
    )
    return None if is_current else TokenInvalid()


def ended_sessions(session_ids: Iterable[int]) -> set[int]:
    """Which of these have ended, expired, or lost their account (close with 4403). One query."""
    asked = set(session_ids)
    return asked - set(oldest_valid_generations(asked))


def oldest_valid_generations(session_ids: Iterable[int]) -> dict[int, int]:
    """For each of these that holds: the lowest token generation that still opens it.

    A socket whose token is of a lower one was overtaken by a password change (close with
    4401); a session that is missing here has ended (4403). One query.
    """
    ids = list(session_ids)
    return dict(rows(HOLDING, {"ids": ids, "now": timezone.now()})) if ids else {}
