"""Background jobs on the admin's first page."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from core.dashboard import Figure, Panel
from core.jobs import failed_jobs, oldest_waiting_job_age, queue_depth
from core.sql import row

SLOW_SECONDS = 60
WORKERS = """
SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'
"""


def read_jobs(now: datetime) -> list[Figure]:
    depth, age, failed = queue_depth(), oldest_waiting_job_age(), sum(failed_jobs().values())
    workers = row(WORKERS)[0]
    jobs = reverse("admin:procrastinate_procrastinatejob_changelist")
    waits = _("The longest waits for %(seconds)s s.") % {"seconds": round(age)} if depth else ""
    return [
        Figure(_("Workers"), workers, is_bad=not workers),
        Figure(_("Jobs due"), depth, waits, f"{jobs}?status=todo", age > SLOW_SECONDS),
        Figure(_("Jobs given up"), failed, _("In two weeks"), f"{jobs}?status=failed", failed > 0),
    ]


PANEL = Panel("service", "procrastinate.view_procrastinatejob", read_jobs)
