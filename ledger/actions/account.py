"""One's own account: its password, name, language, number, and its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError
from ledger.actions.code_limits import lock_number, spend_code_entry
from ledger.actions.codes import TicketInvalid, check_code, find_ticket, use_code, use_ticket
from ledger.actions.passwords import refuse_weak_password
from ledger.actions.sessions import Client, end_sessions, lock_account
from ledger.models import OneTimeCode, Session, Ticket, User
from ledger.tokens import Pair, issue_pair

FRESH_CODE = timedelta(minutes=10)


class PhoneNumberTaken(DomainError):
    status, code = HTTPStatus.CONFLICT, "phone_number_taken"
    title = _("This number already has an account.")


@dataclass(frozen=True)
class Proof:
    """That a code was entered just now: the session it opened, and the ticket if one was
    shown (it works once)."""

    session: Session
    ticket: Ticket | None = None


def prove(*, ticket: str, session: Session | None, now: datetime) -> Proof:
    """A ticket, or else a session that a code opened in the last 10 minutes.

    Raises TicketInvalid.
    """
    if ticket:
        found = find_ticket(secret=ticket, now=now)
        return Proof(found.session, found)
    fresh = session is not None and session.created_at > now - FRESH_CODE
    if session is None or not fresh or session.opened_by != Session.OpenedBy.OTP:
        raise TicketInvalid
    return Proof(session)


def set_password(*, proof: Proof, password: str, full_name: str, now: datetime) -> Pair:
    """Set the password of the proof's account. Raises PasswordTooWeak, TicketInvalid.

    Its session goes on with the new tokens, its older ones die, every other session ends.
    """
    refuse_weak_password(password=password, phone_number=proof.session.user.phone_number)
    # Argon2 takes long on purpose: before the transaction, not under its locks.
    encoded = make_password(password)
    return store_password(proof=proof, encoded=encoded, full_name=full_name, now=now)


@action
def store_password(*, proof: Proof, encoded: str, full_name: str, now: datetime) -> Pair:
    """Write a hashed password and renew the proving session. Raises TicketInvalid."""
    user = lock_account(proof.session.user_id)
    if proof.ticket:
        use_ticket(ticket=proof.ticket, now=now)
    user.password = encoded
    user.full_name = full_name or user.full_name
    user.token_version += 1
    user.phone_used_at = now
    user.save(update_fields=["password", "full_name", "token_version", "phone_used_at"])
    end_sessions(user_id=user.pk, but=proof.session.pk, reason="password", now=now)
    renewed = Session.objects.live().filter(pk=proof.session.pk, expires_at__gt=now)
    if not renewed.update(
        generation=F("generation") + 1,
        valid_from_generation=F("generation") + 1,
        rotated_at=now,
        last_seen_at=now,
    ):
        raise TicketInvalid
    return issue_pair(Session.objects.select_related("user").get(pk=proof.session.pk))


@action
def replace_password(*, user_id: int, encoded: str, now: datetime) -> None:
    """Write a hashed password without a proving session: every session ends."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    user.password = encoded
    user.token_version += 1
    user.save(update_fields=["password", "token_version"])
    end_sessions(user_id=user_id, reason="password", now=now)


@action
def change_profile(*, user_id: int, changes: dict[str, str]) -> User:
    """Write `full_name` and `language`."""
    user = lock_account(user_id)
    for name, value in changes.items():
        setattr(user, name, value)
    user.save(update_fields=list(changes))
    return user


def change_phone(
    *, user_id: int, phone_number: str, code: str, client: Client, now: datetime
) -> User:
    """Give the account another number, proven by a code sent to it.

    Raises OtpInvalid, OtpThrottled, PhoneNumberTaken (the code stays valid).
    """
    spend_code_entry(address=client.address, now=now)
    checked = check_code(phone_number=phone_number, code=code, now=now)
    return store_phone(user_id=user_id, code=checked, now=now)


@action
def store_phone(*, user_id: int, code: OneTimeCode, now: datetime) -> User:
    """Use the code up and write its number. Raises OtpInvalid, PhoneNumberTaken."""
    # Whoever gives this number to an account holds this lock: none can slip in between.
    lock_number(phone_number=code.phone_number, now=now)
    use_code(code=code, now=now)
    user = lock_account(user_id)
    if User.objects.filter(phone_number=code.phone_number).exclude(pk=user.pk).exists():
        raise PhoneNumberTaken
    user.phone_number, user.phone_used_at = code.phone_number, now
    user.save(update_fields=["phone_number", "phone_used_at"])
    return user
