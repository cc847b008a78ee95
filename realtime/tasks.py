"""Housekeeping of the streams."""

from datetime import timedelta

from django.utils import timezone

from core.jobs import BACK_OFF, app
from realtime.stream import forget_old_events as forget
from realtime.stream.retention import KEEP_DAYS


@app.periodic(cron="40 22 * * *")  # UTC: 03:40 in Tashkent
@app.task(
    name="realtime.forget_old_events", queueing_lock="realtime.forget_old_events", retry=BACK_OFF
)
def forget_old_events(timestamp: int) -> None:
    """Delete events older than 30 days; whoever was away longer starts afresh."""
    forget(before=timezone.now() - timedelta(days=KEEP_DAYS))
