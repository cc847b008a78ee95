"""How fast one may write in a thread, and how many talks one may begin in a day."""

import math
from datetime import datetime, timedelta
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.limits import spend
from messaging.serializers.chat_rows import Side

# Above the 50 requests a second that an account is promised: only a flood meets it. 600 at once,
# or 60 a second for ever.
MESSAGES_A_SECOND = 60
BURST = timedelta(seconds=10)
STEP = timedelta(seconds=1) / MESSAGES_A_SECOND

NEW_TALKS_A_DAY = 1000
DAY_SECONDS = 24 * 60 * 60


class TooManyMessages(DomainError):
    status, code = HTTPStatus.TOO_MANY_REQUESTS, "too_many_messages"
    title = _("Too many messages in this talk. Please wait.")


class TooManyThreads(DomainError):
    status, code = HTTPStatus.TOO_MANY_REQUESTS, "too_many_threads"
    title = _("Too many new talks today.")
    detail = _("At most {limit} new talks a day.")


def keep_pace(side: Side, *, now: datetime) -> None:
    """Count one message of this side of a held thread. Raises TooManyMessages.

    Each message takes its share of time after the one before it: one instant in the row says
    all about the past, and costs no statement.
    """
    begins = max(side.paced_at or now, now)
    if begins - now > BURST:
        wait = (begins - now - BURST).total_seconds()
        raise TooManyMessages(retry_after=max(math.ceil(wait), 1))
    side.paced_at = begins + STEP


def count_new_talk(account_id: int, *, now: datetime) -> None:
    """Count a talk in the transaction that made it: refused, it takes the talk back, and the
    count with it. Raises TooManyThreads."""
    retry_after = spend(
        f"chat.start:{account_id}", limit=NEW_TALKS_A_DAY, window_seconds=DAY_SECONDS, now=now
    )
    if retry_after is not None:
        raise TooManyThreads(retry_after=retry_after, limit=NEW_TALKS_A_DAY)
