"""What waits for the moderators of talks, on the admin's first page."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from core.dashboard import Figure, Panel, count_waiting
from messaging.models import Report


def read_reports(now: datetime) -> list[Figure]:
    open_reports = Report.objects.filter(resolved_at__isnull=True)
    url = reverse("admin:messaging_report_changelist")  # which shows the open ones
    return [Figure(_("Reported talks"), count_waiting(open_reports), url=url)]


PANEL = Panel("waiting", "messaging.view_report", read_reports)
