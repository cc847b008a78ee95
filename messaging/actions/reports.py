"""Reports: by a participant; read by a moderator while they are open; resolved."""

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, NotFound
from core.sql import row
from messaging.actions.holding import hold_own_thread
from messaging.models import ChatMessage, Report, ReportLook

# A second report of the same person while the first is open is the first, grown.
REPORT = """
INSERT INTO messaging_report (thread_id, reporter_id, reason, up_to_number, created_at)
VALUES (%(thread)s, %(reporter)s, %(reason)s, %(up_to)s, %(now)s)
ON CONFLICT (thread_id, reporter_id) WHERE resolved_at IS NULL
DO UPDATE SET reason = excluded.reason, up_to_number = excluded.up_to_number
RETURNING id, thread_id, reason, created_at
"""
MESSAGES_SHOWN = 100


class ReportResolved(DomainError):
    status, code = HTTPStatus.CONFLICT, "report_resolved"
    title = _("This report is resolved: its talk is nobody else's to read.")


class ReportRow(NamedTuple):
    id: int
    thread_id: int
    reason: str
    created_at: datetime


@action
def report_thread(*, account_id: int, thread_id: int, reason: str, now: datetime) -> ReportRow:
    """Ask a moderator to read the talk up to its last message. Raises NotFound."""
    thread = hold_own_thread(thread_id, account_id)
    return ReportRow(
        *row(
            REPORT,
            {
                "thread": thread.id,
                "reporter": account_id,
                "reason": reason,
                "up_to": thread.last_number,
                "now": now,
            },
        )
    )


@action
def look_at_report(*, report_id: int, moderator_id: int, now: datetime) -> list[ChatMessage]:
    """The last 100 messages of the reported part, oldest first; that they were looked at is
    written first, and stays if showing them fails. Raises NotFound, ReportResolved."""
    report = _hold(report_id)
    ReportLook.objects.create(
        report=report, moderator_id=moderator_id, up_to_number=report.up_to_number, looked_at=now
    )
    reported = ChatMessage.objects.filter(
        thread_id=report.thread_id, number__lte=report.up_to_number
    ).select_related("sender")
    return list(reversed(reported.order_by("-number")[:MESSAGES_SHOWN]))


@action
def resolve_report(*, report_id: int, moderator_id: int, now: datetime) -> None:
    """From now on nobody reads the talk but those who talk. Raises NotFound, ReportResolved."""
    report = _hold(report_id)
    report.resolved_at, report.resolved_by_id = now, moderator_id
    report.save(update_fields=["resolved_at", "resolved_by"])


def _hold(report_id: int) -> Report:
    report = Report.objects.select_for_update(no_key=True).filter(pk=report_id).first()
    if report is None:
        raise NotFound
    if report.resolved_at is not None:
        raise ReportResolved
    return report
