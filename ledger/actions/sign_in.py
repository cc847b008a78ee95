"""Signing in: by a code, which also registers, or by a password."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError
from ledger.actions.code_limits import lock_number, spend_code_entry
from ledger.actions.codes import OtpInvalid, check_code, make_ticket, spend_try, use_code
from ledger.actions.handover import PasswordRequired, may_be_reused, take_number
from ledger.actions.login_limits import forgive_login, spend_login
from ledger.actions.passwords import password_matches
from ledger.actions.sessions import Client, open_session
from ledger.models import OneTimeCode, Session, User
from ledger.tokens import Pair, issue_pair


class InvalidCredentials(DomainError):
    """Unknown number or wrong password: nobody is told which."""

    status, code = HTTPStatus.UNAUTHORIZED, "invalid_credentials"
    title = _("The phone number or the password is wrong.")


class AccountInactive(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "account_inactive"
    title = _("This account is switched off.")


@dataclass(frozen=True)
class SignedIn:
    user: User
    is_new: bool
    tokens: Pair
    ticket: str


@dataclass(frozen=True)
class CodeEntry:
    """What a person sends with a code. `password` and `start_new` matter only where the
    number's account was silent for 180 days."""

    phone_number: str
    code: str
    password: str = ""
    start_new: bool = False
    language: str = "uz"


def enter_code(*, entry: CodeEntry, client: Client, now: datetime) -> SignedIn:
    """Sign in by a code; a number without an account gets one.

    Raises OtpInvalid, OtpThrottled, AccountInactive, PasswordRequired (the code stays valid),
    InvalidCredentials (a wrong `password`: one of the code's five tries), LoginThrottled.
    """
    spend_code_entry(address=client.address, now=now)
    code = check_code(phone_number=entry.phone_number, code=entry.code, now=now)
    user = User.objects.filter(phone_number=entry.phone_number).first()
    start_new = False
    if user is not None and not user.is_active:
        raise AccountInactive
    if user is not None and may_be_reused(user=user, now=now):
        if entry.password:
            _prove_password(user, entry, code, client, now)
        elif entry.start_new:
            start_new = True
        else:
            raise PasswordRequired
    return sign_in_by_code(
        code=code,
        seen=user,
        start_new=start_new,
        language=entry.language,
        client=client,
        now=now,
    )


def _prove_password(
    user: User, entry: CodeEntry, code: OneTimeCode, client: Client, now: datetime
) -> None:
    spend_login(phone_number=entry.phone_number, address=client.address, now=now)
    # Before the password is looked at: parallel guesses share the code's five tries.
    spend_try(code=code, now=now)
    if not password_matches(user=user, password=entry.password):
        raise InvalidCredentials
    forgive_login(phone_number=entry.phone_number, address=client.address)


@action
def sign_in_by_code(
    *,
    code: OneTimeCode,
    seen: User | None,
    start_new: bool,
    language: str,
    client: Client,
    now: datetime,
) -> SignedIn:
    """Use the code up and open a session. `seen` is the account the checks were made for.

    Raises OtpInvalid when the code was used meanwhile, or the number's account is another.
    """
    lock_number(phone_number=code.phone_number, now=now)
    use_code(code=code, now=now)
    holders = User.objects.select_for_update(no_key=True)
    user = holders.filter(phone_number=code.phone_number).first()
    if (user and (user.pk, user.password)) != (seen and (seen.pk, seen.password)):
        raise OtpInvalid
    is_new = user is None or start_new
    if user is None:
        user = User.objects.create_user(
            code.phone_number, language=language, phone_used_at=now, created_at=now
        )
    elif start_new:
        user = take_number(former=user, language=language, now=now)
    session = open_session(user=user, opened_by=Session.OpenedBy.OTP, client=client, now=now)
    return SignedIn(user, is_new, issue_pair(session), make_ticket(session=session, now=now))


def log_in(*, phone_number: str, password: str, client: Client, now: datetime) -> Pair:
    """Sign in by password. Raises InvalidCredentials, LoginThrottled."""
    spend_login(phone_number=phone_number, address=client.address, now=now)
    user = User.objects.filter(phone_number=phone_number).first()
    if not password_matches(user=user, password=password) or user is None:
        raise InvalidCredentials
    forgive_login(phone_number=phone_number, address=client.address)
    return sign_in_by_password(seen=user, client=client, now=now)


@action
def sign_in_by_password(*, seen: User, client: Client, now: datetime) -> Pair:
    """Open a session for the account whose password was compared just now."""
    same = User.objects.select_for_update(no_key=True).filter(
        pk=seen.pk, phone_number=seen.phone_number, password=seen.password, is_active=True
    )
    # A password change that came in between ended every session: this one must not open.
    user = same.first()
    if user is None:
        raise InvalidCredentials
    opened_by = Session.OpenedBy.PASSWORD
    return issue_pair(open_session(user=user, opened_by=opened_by, client=client, now=now))
