"""What sign-in leaves behind, deleted once nobody can need it."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session as StaffSession
from django.db.models import Q, QuerySet

from ledger.models import CodeCounter, NumberLimit, OneTimeCode, Session, Ticket

KEEP_CODES = timedelta(days=7)
KEEP_SESSIONS = timedelta(days=30)
KEEP_COUNTERS = timedelta(days=2)
BATCH = 1000


def forget_expired_sign_ins(*, now: datetime) -> None:
    """Delete codes and tickets a week, and sessions a month after their end; counters once
    their longest window is over. Small transactions; safe to stop and to repeat."""
    week_ago = now - KEEP_CODES
    _delete(OneTimeCode.objects.filter(expires_at__lt=week_ago))
    _delete(Ticket.objects.filter(expires_at__lt=week_ago))
    month_ago = now - KEEP_SESSIONS
    _delete(Session.objects.filter(Q(expires_at__lt=month_ago) | Q(ended_at__lt=month_ago)))
    quiet = Q(stopped_until__isnull=True) | Q(stopped_until__lt=now)
    _delete(NumberLimit.objects.filter(quiet, updated_at__lt=now - KEEP_COUNTERS))
    _delete(CodeCounter.objects.filter(updated_at__lt=now - KEEP_COUNTERS))
    _delete(StaffSession.objects.filter(expire_date__lt=now))


def _delete(rows: QuerySet[Any, Any]) -> None:
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        # The condition once more: a row may have come to life since.
        rows.filter(pk__in=keys).delete()
