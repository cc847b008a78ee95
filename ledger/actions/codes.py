"""One-time codes: asked for, entered, used once; and the tickets they open."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.action import action
from core.addresses import ClientAddress
from core.errors import DomainError, PhoneNumberInvalid
from core.jobs import enqueue
from core.phones import is_uzbek_mobile
from ledger.actions.code_limits import (
    count_entered,
    count_miss,
    lock_number,
    refuse_stopped,
    spend_code,
    spend_code_request,
)
from ledger.models import NumberLimit, OneTimeCode, Session, Ticket

CODE_LIFETIME = timedelta(seconds=180)
TICKET_LIFETIME = timedelta(seconds=600)


class OtpInvalid(DomainError):
    """Wrong, used, replaced, expired, or missed five times: nobody is told which."""

    code = "otp_invalid"
    title = _("The code is not valid. Check it or ask for a new one.")


class TicketInvalid(DomainError):
    """No proof of the phone that still holds: neither ticket nor a fresh code's session."""

    status, code = HTTPStatus.UNAUTHORIZED, "ticket_invalid"
    title = _("This needs a fresh code. Please ask for a new one.")


@dataclass(frozen=True)
class CodeSent:
    code: OneTimeCode
    expires_in: int
    retry_after: int


def request_code(
    *, phone_number: str, address: ClientAddress, language: str, now: datetime
) -> CodeSent:
    """Have a code sent; it replaces the number's former one. The same work for every number.

    Raises PhoneNumberInvalid (no mobile number of Uzbekistan), OtpThrottled.
    """
    if not is_uzbek_mobile(phone_number):
        raise PhoneNumberInvalid.of("phone_number")
    spend_code_request(address=address, now=now)
    return make_code(phone_number=phone_number, language=language, now=now)


@action
def make_code(*, phone_number: str, language: str, now: datetime) -> CodeSent:
    """Count the code, write it and enqueue its message. Raises OtpThrottled."""
    number = lock_number(phone_number=phone_number, now=now)
    retry_after = spend_code(number=number, now=now)
    OneTimeCode.objects.open().filter(phone_number=phone_number).update(replaced_at=now)
    code = OneTimeCode.objects.create(
        phone_number=phone_number,
        language=language,
        created_at=now,
        expires_at=now + CODE_LIFETIME,
    )
    # The worker sends it: a gateway's mood must not show in the answer's time.
    enqueue("ledger.send_code", code_id=code.pk)
    return CodeSent(code, int(CODE_LIFETIME.total_seconds()), retry_after)


def check_code(*, phone_number: str, code: str, now: datetime) -> OneTimeCode:
    """The number's open code if `code` is right; it stays open. At most five wrong ones
    are looked at, however many come at once. Raises OtpInvalid, OtpThrottled.
    """
    with transaction.atomic():
        number = NumberLimit.objects.select_for_update(no_key=True).filter(pk=phone_number).first()
        if number is None:
            raise OtpInvalid
        refuse_stopped(number=number, now=now)
        found = OneTimeCode.objects.enterable(now=now).filter(phone_number=phone_number).first()
        matches = found is not None and found.matches(code)
        if found is not None and not matches:
            spend_try(code=found, now=now)
            count_miss(number=number, now=now)
    # Raised after the commit, or the miss would be rolled back with the refusal.
    if found is None or not matches:
        raise OtpInvalid
    return found


def spend_try(*, code: OneTimeCode, now: datetime) -> None:
    """Count one miss of a code in a statement of its own. Raises OtpInvalid after the fifth."""
    enterable = OneTimeCode.objects.enterable(now=now).filter(pk=code.pk)
    if not enterable.update(tries=F("tries") + 1):
        raise OtpInvalid


@action
def use_code(*, code: OneTimeCode, now: datetime) -> None:
    """Use a checked code up: one of many at once wins. Raises OtpInvalid."""
    number = lock_number(phone_number=code.phone_number, now=now)
    open_code = OneTimeCode.objects.open().filter(pk=code.pk, expires_at__gt=now)
    if not open_code.update(used_at=now):
        raise OtpInvalid
    count_entered(number=number, now=now)


@action
def make_ticket(*, session: Session, now: datetime) -> str:
    """A secret that sets a password once within 10 minutes; only its hash is kept."""
    secret = secrets.token_urlsafe(32)
    Ticket.objects.create(
        session=session,
        secret_hash=_hash(secret),
        created_at=now,
        expires_at=now + TICKET_LIFETIME,
    )
    return secret


def find_ticket(*, secret: str, now: datetime) -> Ticket:
    """An unused ticket with its session and user. Raises TicketInvalid."""
    unused = Ticket.objects.filter(used_at__isnull=True, expires_at__gt=now)
    found = unused.select_related("session__user").filter(secret_hash=_hash(secret)).first()
    if found is None or not found.session.holds:
        raise TicketInvalid
    return found


@action
def use_ticket(*, ticket: Ticket, now: datetime) -> None:
    """Use a ticket up: one of many at once wins. Raises TicketInvalid."""
    if not Ticket.objects.filter(pk=ticket.pk, used_at__isnull=True).update(used_at=now):
        raise TicketInvalid


def _hash(secret: str) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(secret.encode()).digest()
