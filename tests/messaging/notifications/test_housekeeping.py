"""Lines that were read long ago go; unread ones stay for ever."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from messaging.actions import notification_housekeeping
from messaging.actions.notification_housekeeping import FORGET, forget_read_notifications
from messaging.models import Notification
from messaging.tasks.notifications import forget_read

pytestmark = pytest.mark.django_db


def line(person, *, read_days_ago=None, days_old=200):
    now = timezone.now()
    old = now - timedelta(days=days_old)
    return Notification.objects.create(
        user=person,
        kind="system",
        text="test_said",
        created_at=old,
        updated_at=old,
        read_at=None if read_days_ago is None else now - timedelta(days=read_days_ago),
    )


class TestForgetReadNotifications:
    def test_deletes_what_was_read_90_days_ago_and_no_more(self, bobur):
        kept = [line(bobur), line(bobur, read_days_ago=89), line(bobur, read_days_ago=0)]
        line(bobur, read_days_ago=91)
        assert forget_read_notifications(now=timezone.now()) == 1
        assert set(Notification.objects.all()) == set(kept)

    def test_goes_on_until_nothing_is_left(self, bobur, monkeypatch):
        monkeypatch.setattr(notification_housekeeping, "BATCH", 2)
        for _line in range(5):
            line(bobur, read_days_ago=100)
        assert forget_read_notifications(now=timezone.now()) == 5
        assert forget_read_notifications(now=timezone.now()) == 0

    def test_is_done_every_night(self, bobur):
        line(bobur, read_days_ago=91)
        forget_read(timestamp=0)
        assert not Notification.objects.exists()

    def test_finds_them_by_an_index(self, bobur):
        now = timezone.now()
        Notification.objects.bulk_create(
            Notification(
                user=bobur,
                kind="system",
                text="a",
                created_at=now,
                updated_at=now,
                read_at=now - timedelta(days=number % 100),
            )
            for number in range(5000)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE messaging_notification")
            cursor.execute(f"EXPLAIN {FORGET}", [now - timedelta(days=90), 1000])
            plan = "\n".join(row for (row,) in cursor.fetchall())
        assert "notification_read_oldest" in plan
