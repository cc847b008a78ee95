"""Many at once in one list: nothing lost, nothing doubled, nobody waits for ever.

A deadlock, or any failure that is not a refusal, is raised by `at_once`.
"""

from functools import partial
from random import Random

import pytest
from django.utils import timezone

from core.errors import NotFound
from core.events import Published
from messaging.actions.notification_words import forget_message_preview
from messaging.actions.notifications import mute_kinds, read_notifications, read_thread_notice
from messaging.models import Notification, NotificationBox
from messaging.queries.notifications import count_unread
from realtime.models import Event
from tests.conftest import make_person
from tests.messaging.notifications.conftest import Device, say, write
from tests.race import at_once, behind

pytestmark = pytest.mark.django_db(transaction=True)


def replayed(person):
    """What this person's devices would be told from the beginning on."""
    events = Event.objects.filter(user_id=person.pk).order_by("seq")
    return [Published(event.kind, (person.pk,), event.data) for event in events]


def follows(person, notifications):
    """Does a device that heard everything show what the list does?"""
    device = Device(person)
    device.hear(replayed(person))
    shown = notifications(person).list("?limit=200")
    assert device.shows() == shown
    assert device.unread == count_unread(person.pk) == sum(not one["is_read"] for one in shown)


class TestOneThread:
    def test_fifty_messages_at_once_are_one_line_of_fifty(self, aziza, bobur, notifications):
        at_once([partial(write, to=[bobur], by=aziza, message=number) for number in range(50)])
        (line,) = notifications(bobur).list()
        assert line["count"] == 50
        assert [event.event for event in replayed(bobur)] == ["notification.created"] + [
            "notification.changed"
        ] * 49
        follows(bobur, notifications)

    def test_a_message_that_comes_while_the_line_is_read_begins_a_new_one(
        self, aziza, bobur, notifications
    ):
        write(to=[bobur], by=aziza, message=1)
        now = timezone.now()
        behind(
            partial(read_thread_notice, account_id=bobur.pk, thread_id=7, now=now),
            partial(write, to=[bobur], by=aziza, message=2),
        )
        lines = notifications(bobur).list()
        assert [(line["is_read"], line["count"]) for line in lines] == [(False, 1), (True, 1)]
        follows(bobur, notifications)

    def test_a_line_that_counts_while_it_is_read_is_read_with_what_came(
        self, aziza, bobur, notifications
    ):
        write(to=[bobur], by=aziza, message=1)
        now = timezone.now()
        behind(
            partial(write, to=[bobur], by=aziza, message=2),
            partial(read_notifications, account_id=bobur.pk, ids=None, now=now),
        )
        assert [(line["is_read"], line["count"]) for line in notifications(bobur).list()] == [
            (True, 2)
        ]
        follows(bobur, notifications)


class TestUnread:
    def test_two_devices_that_read_at_once_agree_on_what_is_left(self, bobur, notifications):
        for number in range(20):
            say(to=[bobur], words=str(number))
        ids = list(Notification.objects.values_list("pk", flat=True))
        now = timezone.now()
        told = at_once(
            [
                partial(
                    read_notifications, account_id=bobur.pk, ids=ids[place : place + 2], now=now
                )
                for place in range(0, 18, 2)
            ]
        )
        assert sorted(told) == list(range(2, 20, 2))
        follows(bobur, notifications)

    def test_the_same_line_read_ten_times_at_once_is_told_once(self, bobur, notifications):
        say(to=[bobur])
        line = Notification.objects.get().pk
        read = partial(read_notifications, account_id=bobur.pk, ids=[line], now=timezone.now())
        assert at_once([read] * 10) == [0] * 10
        assert [event.event for event in replayed(bobur)] == [
            "notification.created",
            "notification.read",
        ]


class TestMuting:
    def test_while_a_line_comes_decides_once(self, bobur, notifications):
        behind(
            partial(mute_kinds, account_id=bobur.pk, muted=["system"]),
            partial(say, to=[bobur]),
        )
        assert notifications(bobur).list() == []
        assert replayed(bobur) == []


class TestFirstLine:
    def test_ten_at_once_make_one_list(self, aziza, bobur, charos):
        at_once([partial(say, to=[aziza, bobur, charos]) for _ in range(10)])
        assert NotificationBox.objects.count() == 3
        assert Notification.objects.count() == 30


def test_whatever_meets_in_the_lists_every_device_shows_them(aziza, bobur, charos, notifications):
    """Readers in any order, talks both ways, reading, muting, forgetting: no circle of waits."""
    people = [aziza, bobur, charos, make_person("Dilshod Rahimov", "+998901110004")]
    draw, now = Random(7), timezone.now()

    def one(number):
        some = draw.sample(people, k=draw.randint(1, 4))
        person = some[0]
        match number % 6:
            case 0:
                return partial(say, to=some)
            case 1 | 2:
                talk = draw.randint(1, 3)
                return partial(write, to=some, by=person, thread=talk, message=number)
            case 3:
                return partial(read_notifications, account_id=person.pk, ids=None, now=now)
            case 4:
                talk = draw.randint(1, 3)
                return partial(read_thread_notice, account_id=person.pk, thread_id=talk, now=now)
            case _:
                return partial(
                    forget_message_preview,
                    readers=[one.pk for one in some],
                    thread_id=draw.randint(1, 3),
                    message_id=number - 3,
                    since=now,
                )

    at_once([one(number) for number in range(120)])
    for person in people:
        follows(person, notifications)


def test_ones_lines_among_many_that_are_read_at_once_are_all_or_none(bobur, charos):
    say(to=[bobur])
    say(to=[charos])
    ids = list(Notification.objects.values_list("pk", flat=True))
    with pytest.raises(NotFound):
        read_notifications(account_id=bobur.pk, ids=ids, now=timezone.now())
    assert Notification.objects.filter(read_at__isnull=False).count() == 0
