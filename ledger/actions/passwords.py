"""Passwords: which are taken, and how one is compared without telling whose it is."""

from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, FieldError
from core.folding import digits_of
from ledger.models import User

MIN_CHARACTERS = 8
MAX_CHARACTERS = 128
PHONE_CHARACTERS = frozenset("+0123456789 ().-")


class PasswordTooWeak(DomainError):
    code = "password_too_weak"
    title = _("This password is too weak.")
    detail = _("8 to 128 characters, not only digits, not your phone number.")


def refuse_weak_password(*, password: str, phone_number: str | None) -> None:
    """Raise PasswordTooWeak, saying why."""
    if len(password) < MIN_CHARACTERS:
        raise _weak("too_short", gettext("At least 8 characters are needed."))
    if len(password) > MAX_CHARACTERS:
        raise _weak("too_long", gettext("At most 128 characters are taken."))
    if _spells_number(password, phone_number or ""):
        raise _weak("is_phone_number", gettext("Your phone number is no password."))
    if password.isdigit():
        raise _weak("only_digits", gettext("Digits alone are too easy to guess."))


def _spells_number(password: str, phone_number: str) -> bool:
    if not set(password) <= PHONE_CHARACTERS:
        return False
    digits = digits_of(password)
    return len(digits) >= MIN_CHARACTERS and digits_of(phone_number).endswith(digits)


def _weak(code: str, detail: str) -> PasswordTooWeak:
    return PasswordTooWeak(errors=[FieldError("password", code, detail)])


def password_matches(*, user: User | None, password: str) -> bool:
    """Whether an active account has this password. Costs one Argon2 run whatever is true,
    so that time does not tell which numbers have an account."""
    stand_in = _stand_in_hash()
    usable = user is not None and user.is_active and user.has_usable_password()
    encoded = user.password if user is not None and usable else stand_in
    return check_password(password, encoded) and usable


@cache
def _stand_in_hash() -> str:
    return make_password("nobody has this password")
