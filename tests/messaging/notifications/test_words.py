"""Words that must leave: a deleted message's, and those of a person whose account is deleted."""

import json

import pytest
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from core import account
from core.action import action
from core.events import notify
from ledger.actions.erasure import erase_account
from messaging.actions.notification_words import change_message_preview, forget_message_preview
from messaging.actions.notifications import read_notifications
from messaging.models import Notification, NotificationBox
from realtime.models import Event
from tests.jobs.queue import empty, jobs, work_until_idle
from tests.messaging.notifications.conftest import Device, say, write
from tests.messaging.notifications.test_races import follows, replayed

SECRET = "maxfiy-gap"


def everywhere():
    """All that the database keeps of lists and of what devices replay."""
    lines = [str(line) for line in Notification.objects.order_by("pk").values_list()]
    events = Event.objects.order_by("user_id", "seq").values_list("data")
    return "\n".join(lines + [json.dumps(data) for data in events])


def deleted():
    with translation.override("uz"):
        return gettext("The message was deleted.")


def forget(*readers, message, thread=7, since=None):
    forget_message_preview(
        readers=[person.pk for person in readers],
        thread_id=thread,
        message_id=message,
        since=since or timezone.now(),
    )


@pytest.mark.django_db
class TestForgetMessagePreview:
    def test_takes_the_words_from_the_line_and_from_the_replay(self, aziza, bobur, notifications):
        write(to=[bobur], by=aziza, preview=SECRET)
        assert SECRET in everywhere()
        forget(bobur, message=1)
        assert SECRET not in everywhere()
        (line,) = notifications(bobur).list()
        assert line["body"] == deleted()
        assert aziza.full_name in line["title"]
        assert (line["count"], line["is_read"]) == (1, False)
        follows(bobur, notifications)

    def test_of_one_that_is_no_longer_shown_changes_the_replay_only(
        self, aziza, bobur, notifications
    ):
        write(to=[bobur], by=aziza, message=1, preview=SECRET)
        write(to=[bobur], by=aziza, message=2, preview="bormi")
        forget(bobur, message=1)
        assert SECRET not in everywhere()
        assert notifications(bobur).said() == [("bormi", 2)]
        first, second = replayed(bobur)
        assert (first.event, second.event) == ("notification.created", "notification.changed")
        assert second.data["body"] == "bormi"

    def test_works_on_a_line_that_was_read(self, aziza, bobur, notifications):
        write(to=[bobur], by=aziza, preview=SECRET)
        read_notifications(account_id=bobur.pk, ids=None, now=timezone.now())
        forget(bobur, message=1)
        assert SECRET not in everywhere()
        assert notifications(bobur).list()[0]["is_read"]
        follows(bobur, notifications)

    def test_leaves_other_messages_talks_and_readers(self, aziza, bobur, charos, notifications):
        write(to=[bobur], by=aziza, message=1, thread=7, preview="bir")
        write(to=[bobur], by=aziza, message=1, thread=8, preview="ikki")
        write(to=[charos], by=aziza, message=1, thread=7, preview="uch")
        before = everywhere()
        forget(bobur, message=2)
        forget(aziza, message=1)
        assert everywhere() == before
        forget(bobur, message=1, thread=7)
        kept, forgotten = (body for body, _count in notifications(bobur).said())
        assert (kept, forgotten) == ("ikki", deleted())
        assert notifications(charos).said() == [("uch", 1)]

    def test_of_a_muted_reader_changes_nothing(self, bobur, aziza, notifications):
        notifications(bobur).mute("message")
        write(to=[bobur], by=aziza, preview=SECRET)
        forget(bobur, message=1)
        assert everywhere() == ""


@pytest.mark.django_db
class TestChangeMessagePreview:
    def test_shows_the_new_words_everywhere(self, aziza, bobur, notifications):
        write(to=[bobur], by=aziza, preview=SECRET)
        change_message_preview(
            readers=[bobur.pk], thread_id=7, message_id=1, preview="to‘g‘ri", since=timezone.now()
        )
        assert SECRET not in everywhere()
        assert notifications(bobur).said() == [("to‘g‘ri", 1)]
        follows(bobur, notifications)


@action
def lend(*, shop, debtor, shops_name):
    notify(
        "debt",
        to=[debtor.pk],
        text="test_paid",
        params={"shop": shops_name, "amount": "5000.00", "currency": "UZS"},
        data={"book": shop.pk},
    )


@pytest.mark.django_db(transaction=True)
class TestErasedAccount:
    @pytest.fixture(autouse=True)
    def _queue(self):
        empty()

    def test_has_no_lines_and_gets_none(self, aziza, bobur, charos):
        say(to=[bobur, charos])
        erase_account(user_id=bobur.pk, proof=None, now=timezone.now())
        say(to=[bobur, charos])
        assert set(Notification.objects.values_list("user_id", flat=True)) == {charos.pk}
        assert NotificationBox.objects.get(pk=bobur.pk).is_closed
        assert not Event.objects.filter(user_id=bobur.pk).exists()

    def test_is_named_nowhere_any_more(self, aziza, bobur, charos, notifications):
        lend(shop=aziza, debtor=bobur, shops_name="Aziza savdo")
        lend(shop=charos, debtor=bobur, shops_name="Charos do‘koni")
        write(to=[bobur], by=aziza, preview=SECRET)
        before = notifications(bobur).list()
        erase_account(user_id=aziza.pk, proof=None, now=timezone.now())
        lists = str(list(Notification.objects.values_list()))
        assert not any(words in lists for words in ("Aziza", SECRET))
        assert jobs("task_name", of="messaging.%") == ["messaging.forget_person"]
        work_until_idle()
        assert not any(words in everywhere() for words in ("Aziza", SECRET))
        shown = notifications(bobur).list()
        assert shown[1] == before[1]
        assert shown[1]["body"].startswith("Charos do‘koni: 5")
        assert shown[2]["body"].startswith("…: 5")
        follows(bobur, notifications)

    def test_devices_of_others_hear_of_it(self, aziza, bobur, notifications):
        lend(shop=aziza, debtor=bobur, shops_name="Aziza savdo")
        device = Device(bobur, notifications(bobur).list())
        seen = len(replayed(bobur))
        erase_account(user_id=aziza.pk, proof=None, now=timezone.now())
        work_until_idle()
        device.hear(replayed(bobur)[seen:])
        assert device.shows() == notifications(bobur).list()

    def test_twice_is_once(self, bobur):
        for _again in range(2):
            with transaction.atomic():
                account.erase(bobur.pk)
        assert NotificationBox.objects.get(pk=bobur.pk).is_closed
