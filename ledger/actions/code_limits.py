"""How many codes may be asked for and missed. None of it touches the password sign-in.

Each rule is decided under a row lock or by one conditional write, so that parallel
requests can't pass it together.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.action import action
from core.addresses import ClientAddress
from core.errors import DomainError
from core.limits import spend
from core.times import day_start, local_date
from ledger.models import CodeCounter, NumberLimit

DAY = timedelta(days=1)
# Seconds to wait after the first, second … code that nobody entered.
COOLDOWNS = (60, 60, 120, 300, 900)
CODES_PER_NUMBER = ((3, timedelta(minutes=10)), (5, timedelta(hours=1)), (10, DAY))
MISSES_PER_NUMBER = 20
STOP_AFTER_MISSES = DAY
# An IPv6 subscriber owns a whole /64, so there both count the same thing.
CODES_PER_ADDRESS = (30, 3600)
CODES_PER_NETWORK = (120, 3600)
ENTRIES_PER_ADDRESS = (60, 600)
ENTRIES_PER_NETWORK = (300, 600)
PREFIX_DIGITS = 7
PREFIX_REST = timedelta(hours=1)

# What an erased account's number had used up counts on, should somebody come back with it.
LOCK_NUMBER = """
INSERT INTO ledger_numberlimit AS limits
  (phone_number, codes, misses, entered_at, stopped_until, updated_at)
SELECT %(phone_number)s, coalesce(used.codes, '{}'), coalesce(used.misses, '{}'),
       used.entered_at, used.stopped_until, %(now)s
FROM (VALUES (1)) AS one LEFT JOIN ledger_numberlimit AS used ON used.phone_number = %(hidden)s
ON CONFLICT (phone_number) DO UPDATE SET updated_at = excluded.updated_at
RETURNING *
"""
# Twenty codes of a prefix make a block. A block of which fewer than four were entered looks
# like somebody earning on messages to invented numbers: the prefix rests for an hour.
COUNT_PREFIX = """
INSERT INTO ledger_codecounter AS block (key, sent, entered, updated_at)
VALUES (%(key)s, 1, 0, %(now)s)
ON CONFLICT (key) DO UPDATE
SET sent = CASE WHEN block.sent < 20 THEN block.sent + 1 ELSE 1 END,
    entered = CASE WHEN block.sent < 20 THEN block.entered ELSE 0 END,
    updated_at = %(now)s
WHERE block.sent < 20 OR block.entered >= 4 OR block.updated_at <= %(rested_since)s
RETURNING 1
"""
COUNT_DAY = """
INSERT INTO ledger_codecounter AS today (key, sent, entered, updated_at)
SELECT %(key)s, 1, 0, %(now)s WHERE %(budget)s > 0
ON CONFLICT (key) DO UPDATE SET sent = today.sent + 1, updated_at = %(now)s
WHERE today.sent < %(budget)s
RETURNING 1
"""


class OtpThrottled(DomainError):
    """Too many codes asked for or missed; Retry-After says when it goes on."""

    status, code = HTTPStatus.TOO_MANY_REQUESTS, "otp_throttled"
    title = _("Too many codes. Please wait before the next try.")


def spend_code_request(*, address: ClientAddress, now: datetime) -> None:
    """Count a request for a code by its address, first of all: who is refused here must
    not use up the number of somebody else. Raises OtpThrottled."""
    _spend_address("code", address, CODES_PER_ADDRESS, CODES_PER_NETWORK, now)


def spend_code_entry(*, address: ClientAddress, now: datetime) -> None:
    """Count an entry of a code by its address. Raises OtpThrottled."""
    _spend_address("entry", address, ENTRIES_PER_ADDRESS, ENTRIES_PER_NETWORK, now)


def _spend_address(
    what: str,
    address: ClientAddress,
    per_address: tuple[int, int],
    per_network: tuple[int, int],
    now: datetime,
) -> None:
    if not address.counted:
        return
    keys = ((f"{what}:{address.ip}", per_address), (f"{what}:{address.network}", per_network))
    for key, (limit, window_seconds) in keys:
        if wait := spend(key, limit=limit, window_seconds=window_seconds, now=now):
            raise OtpThrottled(retry_after=wait)


def lock_number(*, phone_number: str, now: datetime) -> NumberLimit:
    """The number's counters, made if absent and locked until the transaction ends.

    Whoever locks codes or an account of a number locks this first.
    """
    values = {"phone_number": phone_number, "hidden": _hidden(phone_number), "now": now}
    return NumberLimit.objects.raw(LOCK_NUMBER, values)[0]


def hide_number(*, number: NumberLimit) -> None:
    """Keep a locked number's counters under a keyed hash of it until they are swept: its
    account is erased, and doing so must lift no limit."""
    hidden = _hidden(number.phone_number)
    NumberLimit.objects.filter(pk=hidden).delete()
    NumberLimit.objects.filter(pk=number.pk).update(phone_number=hidden)


def spend_code(*, number: NumberLimit, now: datetime) -> int:
    """Count one code to a locked number, its prefix and the day.

    Gives the seconds until the number may have another. Raises OtpThrottled, to be
    rolled back with the transaction: a refused code counts nowhere.
    """
    refuse_stopped(number=number, now=now)
    codes = [sent for sent in number.codes if sent > now - DAY]
    if wait := seconds_to_next_code(codes, entered_at=number.entered_at, now=now):
        raise OtpThrottled(retry_after=wait)
    _count_prefix(number.phone_number, now)
    _count_day(now)
    number.codes = [*codes, now]
    number.save(update_fields=["codes"])
    return seconds_to_next_code(number.codes, entered_at=number.entered_at, now=now)


def seconds_to_next_code(
    codes: Sequence[datetime], *, entered_at: datetime | None, now: datetime
) -> int:
    """0: now. `codes`: when the codes of the last day were sent, oldest first."""
    free_at = [now]
    ignored = [sent for sent in codes if entered_at is None or sent > entered_at]
    if ignored:
        step = min(len(ignored), len(COOLDOWNS))
        free_at.append(ignored[-1] + timedelta(seconds=COOLDOWNS[step - 1]))
    for limit, window in CODES_PER_NUMBER:
        inside = [sent for sent in codes if sent > now - window]
        if len(inside) >= limit:
            free_at.append(inside[-limit] + window)
    return ceil((max(free_at) - now).total_seconds())


def refuse_stopped(*, number: NumberLimit, now: datetime) -> None:
    """Raise OtpThrottled while the number rests after a day's worth of wrong codes."""
    if number.stopped_until and number.stopped_until > now:
        raise OtpThrottled(retry_after=ceil((number.stopped_until - now).total_seconds()))


def count_miss(*, number: NumberLimit, now: datetime) -> None:
    """Count a wrong code of a locked number; the twentieth in a day stops it for a day."""
    number.misses = [*(missed for missed in number.misses if missed > now - DAY), now]
    if len(number.misses) >= MISSES_PER_NUMBER:
        number.misses, number.stopped_until = [], now + STOP_AFTER_MISSES
    number.save(update_fields=["misses", "stopped_until"])


def count_entered(*, number: NumberLimit, now: datetime) -> None:
    """A code of a locked number was entered: its cooldown starts over, its prefix is lived in."""
    number.entered_at = now
    number.save(update_fields=["entered_at"])
    prefix = CodeCounter.objects.filter(key=_prefix_key(number.phone_number))
    prefix.update(entered=F("entered") + 1)


@action
def lift_limits(*, phone_number: str) -> None:
    """Let a number ask for codes again at once, as if it never had."""
    NumberLimit.objects.filter(pk__in=[phone_number, _hidden(phone_number)]).delete()


def _hidden(phone_number: str) -> str:
    digest = salted_hmac("ledger.number", phone_number, algorithm="sha256").hexdigest()
    return f"#{digest[:15]}"


def _count_prefix(phone_number: str, now: datetime) -> None:
    key = _prefix_key(phone_number)
    if not _counted(COUNT_PREFIX, key=key, now=now, rested_since=now - PREFIX_REST):
        last = CodeCounter.objects.get(key=key).updated_at
        raise OtpThrottled(retry_after=ceil((last + PREFIX_REST - now).total_seconds()))


def _count_day(now: datetime) -> None:
    today = local_date(now)
    if not _counted(COUNT_DAY, key=f"day:{today}", now=now, budget=settings.OTP_DAILY_BUDGET):
        ends_at = day_start(today + DAY)
        raise OtpThrottled(retry_after=ceil((ends_at - now).total_seconds()))


def _counted(statement: str, **values: str | int | datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() is not None


def _prefix_key(phone_number: str) -> str:
    return f"prefix:{phone_number.removeprefix('+')[:PREFIX_DIGITS]}"
