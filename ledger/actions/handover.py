"""Numbers that come back to other people: operators sell unused ones again."""

from datetime import datetime, timedelta
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError
from ledger.actions.code_limits import lock_number
from ledger.actions.sessions import end_sessions
from ledger.models import NumberHandover, User

REUSED_AFTER = timedelta(days=180)


class PasswordRequired(DomainError):
    """The number was silent so long that it may have another owner by now."""

    status, code = HTTPStatus.FORBIDDEN, "password_required"
    title = _("This number has an account that was not used for long.")
    detail = _("Send its password as well, or start a new account with this number.")


class AlreadyReturned(DomainError):
    status, code = HTTPStatus.CONFLICT, "already_returned"
    title = _("This number was returned already, or its former account has one again.")


def may_be_reused(*, user: User, now: datetime) -> bool:
    """Whether a code alone is no proof that its reader owns this account."""
    return user.has_usable_password() and user.phone_used_at < now - REUSED_AFTER


@action
def take_number(*, former: User, language: str, now: datetime) -> User:
    """A fresh account that takes the number of a locked one; an admin can return it."""
    phone_number = former.phone_number
    assert phone_number is not None
    _give_up_number(former, now)
    user = User.objects.create_user(
        phone_number, language=language, phone_used_at=now, created_at=now
    )
    NumberHandover.objects.create(
        phone_number=phone_number, from_user=former, to_user=user, created_at=now
    )
    return user


@action
def return_number(*, handover: NumberHandover, now: datetime) -> None:
    """Give a number back to the account that had it; its taker loses it and is signed out, if
    it was not deleted since. Raises AlreadyReturned."""
    lock_number(phone_number=handover.phone_number, now=now)
    people = {
        user.pk: user
        for user in User.objects.select_for_update(no_key=True)
        .filter(pk__in=[handover.from_user_id, handover.to_user_id])
        .order_by("pk")
    }
    former = people[handover.from_user_id]
    taker = people.get(handover.to_user_id) if handover.to_user_id else None
    has_now = taker.phone_number if taker else None
    if former.phone_number or former.deleted_at:
        raise AlreadyReturned
    if taker and has_now == handover.phone_number:
        _give_up_number(taker, now)
    elif has_now or User.objects.filter(phone_number=handover.phone_number).exists():
        raise AlreadyReturned
    # After the accounts, as an erasure locks them.
    unreturned = NumberHandover.objects.filter(pk=handover.pk, returned_at__isnull=True)
    if not unreturned.update(returned_at=now):
        raise AlreadyReturned
    former.phone_number, former.phone_used_at = handover.phone_number, now
    former.save(update_fields=["phone_number", "phone_used_at"])


def forget_handovers(*, user: User) -> None:
    """Of an account that is erased: the numbers it lost, and those it took. What a former
    account can still get back stays that account's, and leads to nobody else."""
    NumberHandover.objects.filter(from_user=user).delete()
    taken = NumberHandover.objects.filter(to_user=user)
    taken.exclude(returned_at=None, from_user__phone_number=None).delete()
    taken.update(to_user=None)


def _give_up_number(user: User, now: datetime) -> None:
    user.phone_number = None
    user.token_version += 1
    user.save(update_fields=["phone_number", "token_version"])
    end_sessions(user_id=user.pk, reason="handover", now=now)
