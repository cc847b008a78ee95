"""Opening, renewing and ending sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef

from core.action import action
from core.addresses import ClientAddress
from core.errors import NotFound
from ledger.models import Session, User
from ledger.tokens import Claims, Pair, SessionEnded, TokenInvalid, issue_pair

# A lost answer is no theft: the same refresh token again within this time gets the same pair.
REPEAT_WINDOW = timedelta(seconds=10)
SEEN_EVERY = timedelta(minutes=1)
PHONE_USED_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Client:
    """The other side of a request: what it calls itself and where it calls from."""

    device: str
    address: ClientAddress


def lock_account(user_id: int) -> User:
    """The account, locked until the transaction ends. Raises SessionEnded when it was
    deactivated or deleted since the request was let in."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if not user.is_active:
        raise SessionEnded
    return user


@action
def open_session(
    *, user: User, opened_by: Session.OpenedBy, client: Client, now: datetime
) -> Session:
    """Sign `user` in on one device, for at most 60 days."""
    user.phone_used_at = now
    user.save(update_fields=["phone_used_at"])
    return Session.objects.create(
        user=user,
        opened_by=opened_by,
        device=client.device,
        ip=client.address.ip or None,
        network=client.address.network,
        created_at=now,
        last_seen_at=now,
        rotated_at=now,
        expires_at=now + settings.SESSION_LIFETIME,
    )


def refresh_session(*, claims: Claims, client: Client, now: datetime) -> Pair:
    """The next pair for a refresh token that was not used yet.

    A repeat within 10 s gets the same pair again; a later one means that two hold the token:
    the session ends. Raises TokenInvalid.
    """
    session = rotate_session(claims=claims, client=client, now=now)
    if session is None:
        return _repeat_or_end(claims, now)
    # After the rotation's commit: a password change locks the account before its sessions.
    if session.user.phone_used_at < now - PHONE_USED_EVERY:
        User.objects.filter(pk=session.user_id).update(phone_used_at=now)
    return issue_pair(session)


@action
def rotate_session(*, claims: Claims, client: Client, now: datetime) -> Session | None:
    """Raise the generation if the claims are of the present one; else None."""
    holder = User.objects.filter(
        pk=OuterRef("user_id"),
        is_active=True,
        deleted_at__isnull=True,
        token_version=claims.token_version,
    )
    # One conditional write decides among parallel refreshes. No join in it: after waiting for
    # the row, PostgreSQL checks the row's own columns again, but not a subquery's.
    rotated = Session.objects.filter(
        Exists(holder),
        pk=claims.session_id,
        user_id=claims.user_id,
        generation=claims.generation,
        ended_at__isnull=True,
        expires_at__gt=now,
    ).update(
        generation=F("generation") + 1,
        rotated_at=now,
        last_seen_at=now,
        ip=client.address.ip or None,
        network=client.address.network,
    )
    if not rotated:
        return None
    # Still under the row's lock: nobody can have raised the generation further.
    return Session.objects.select_related("user").get(pk=claims.session_id)


def _repeat_or_end(claims: Claims, now: datetime) -> Pair:
    session = Session.objects.select_related("user").filter(pk=claims.session_id).first()
    if (
        session is None
        or not session.holds
        or session.user_id != claims.user_id
        or session.user.token_version != claims.token_version
        or not session.valid_from_generation <= claims.generation < session.generation
    ):
        raise TokenInvalid
    one_behind = session.generation == claims.generation + 1
    if one_behind and now - session.rotated_at <= REPEAT_WINDOW:
        return issue_pair(session)
    end_sessions(user_id=session.user_id, only=session.pk, reason="replay", now=now)
    raise TokenInvalid


def mark_seen(*, session: Session, now: datetime) -> None:
    """Note that the session was used, at most once a minute."""
    if session.last_seen_at < now - SEEN_EVERY:
        stale = Session.objects.filter(pk=session.pk, last_seen_at__lt=now - SEEN_EVERY)
        stale.update(last_seen_at=now)


@action
def end_session(*, user_id: int, session_id: int, now: datetime) -> None:
    """Sign one of the user's devices out. Raises NotFound."""
    if not end_sessions(user_id=user_id, only=session_id, reason="logout", now=now):
        raise NotFound


@action
def end_sessions(
    *,
    user_id: int,
    reason: str,
    now: datetime,
    only: int | None = None,
    but: int | None = None,
) -> int:
    """End every live session of an account, `only` one, or all `but` one. Gives how many."""
    sessions = Session.objects.live().filter(user_id=user_id)
    if only is not None:
        sessions = sessions.filter(pk=only)
    if but is not None:
        sessions = sessions.exclude(pk=but)
    return sessions.update(ended_at=now, end_reason=Session.EndReason(reason))
