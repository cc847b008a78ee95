"""Notifications that nobody looks at any more, and people who are to be forgotten."""

from django.utils import timezone

from core.jobs import BACK_OFF, app
from messaging.actions.notification_housekeeping import forget_read_notifications
from messaging.actions.notification_words import forget_person_everywhere


@app.periodic(cron="45 22 * * *")  # UTC: 03:45 in Tashkent
@app.task(
    name="messaging.forget_read_notifications",
    queueing_lock="messaging.forget_read_notifications",
    retry=BACK_OFF,
)
def forget_read(timestamp: int) -> None:
    """Delete notifications that were read 90 days ago."""
    forget_read_notifications(now=timezone.now())


@app.task(name="messaging.forget_person", retry=BACK_OFF)
def forget_person(*, account_id: int) -> None:
    """Take an erased account's name out of what the devices of others replay."""
    forget_person_everywhere(account_id=account_id, now=timezone.now())
