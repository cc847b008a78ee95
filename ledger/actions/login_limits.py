"""How often a password may be guessed, without letting a guesser lock the owner out.

- An address gets so many tries whatever numbers it tries: spraying is slow.
- A number gets so many tries *from one network*; the right password frees them. A guesser
  elsewhere does not touch the owner's count.
- A guesser with many networks meets the number's common count. Once that is full, only
  networks from which the account was signed in during the last 60 days are listened to: the
  owner at home, at the shop or on the usual operator. An owner on a network never used before
  signs in by a code, which no password limit ever locks.
"""

from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.addresses import ClientAddress
from core.errors import DomainError
from core.limits import forget, spend
from ledger.models import Session

TRIES_PER_ADDRESS = (100, 900)
TRIES_PER_NETWORK = (300, 900)
TRIES_PER_NUMBER_AND_NETWORK = (10, 900)
TRIES_PER_NUMBER = (100, 3600)
# Staff: the second factor stands behind it, so the common count may be hard.
STAFF_TRIES_PER_NUMBER_AND_NETWORK = (5, 900)
STAFF_TRIES_PER_NUMBER = (50, 3600)


class LoginThrottled(DomainError):
    status, code = HTTPStatus.TOO_MANY_REQUESTS, "login_throttled"
    title = _("Too many tries. Please wait, or sign in with a code.")


def spend_login(*, phone_number: str, address: ClientAddress, now: datetime) -> None:
    """Count a try before the password is looked at. Raises LoginThrottled.

    Alike for numbers with and without an account.
    """
    if address.counted:
        _spend(f"login:{address.ip}", TRIES_PER_ADDRESS, now)
        _spend(f"login:{address.network}", TRIES_PER_NETWORK, now)
    _spend(_pair_key(phone_number, address), TRIES_PER_NUMBER_AND_NETWORK, now)
    try:
        _spend(f"login:{_hidden(phone_number)}", TRIES_PER_NUMBER, now)
    except LoginThrottled:
        if not _is_home(phone_number, address, now):
            raise


def forgive_login(*, phone_number: str, address: ClientAddress) -> None:
    """The right password came: its network's misses no longer count. The common count
    stays, or the owner's daily sign-in would hand a guesser new tries."""
    forget(_pair_key(phone_number, address))


def spend_staff_login(*, phone_number: str, address: ClientAddress, now: datetime) -> None:
    """Count a try at the admin's door. Raises LoginThrottled."""
    _spend(f"staff-{_pair_key(phone_number, address)}", STAFF_TRIES_PER_NUMBER_AND_NETWORK, now)
    _spend(f"staff-login:{_hidden(phone_number)}", STAFF_TRIES_PER_NUMBER, now)


def forgive_staff_login(*, phone_number: str, address: ClientAddress) -> None:
    """Staff came in: its network's misses no longer count."""
    forget(f"staff-{_pair_key(phone_number, address)}")


def _spend(key: str, limit: tuple[int, int], now: datetime) -> None:
    uses, window_seconds = limit
    if wait := spend(key, limit=uses, window_seconds=window_seconds, now=now):
        raise LoginThrottled(retry_after=wait)


def _is_home(phone_number: str, address: ClientAddress, now: datetime) -> bool:
    recent = Session.objects.filter(created_at__gt=now - settings.SESSION_LIFETIME)
    return recent.filter(user__phone_number=phone_number, network=address.network).exists()


def _pair_key(phone_number: str, address: ClientAddress) -> str:
    return f"login:{_hidden(phone_number)}:{address.network}"


def _hidden(phone_number: str) -> str:
    """The counters outlive an account; its number must not stand in them."""
    return salted_hmac("ledger.login", phone_number, algorithm="sha256").hexdigest()[:32]
