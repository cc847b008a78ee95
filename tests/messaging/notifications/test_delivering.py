"""What a notice becomes: a line in each reader's list, and an event for each reader."""

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.action import action
from core.events import notify
from messaging.models import Notification
from realtime import shapes
from tests.messaging.notifications.conftest import names, say, write

pytestmark = pytest.mark.django_db


def speak(person, language):
    person.language = language
    person.save(update_fields=["language"])


class TestDeliver:
    def test_puts_a_line_into_each_readers_list(self, aziza, bobur, charos, notifications):
        say(to=[aziza, bobur], words="yangilik")
        assert notifications(aziza).said() == [("yangilik", 1)]
        assert notifications(bobur).said() == [("yangilik", 1)]
        assert notifications(charos).said() == []

    def test_tells_each_reader_what_the_list_shows(self, aziza, bobur, notifications, published):
        speak(bobur, "ru")
        say(to=[aziza, bobur])
        assert names(published) == ["notification.created"] * 2
        for event, person in zip(published, (aziza, bobur), strict=True):
            assert event.to == (person.pk,)
            assert [event.data] == notifications(person).list()
            assert msgspec.convert(event.data, type=shapes.Notification) == event.data

    def test_speaks_the_language_of_each_reader(self, aziza, bobur, charos, published):
        for person, language in ((aziza, "uz"), (bobur, "ru"), (charos, "en")):
            speak(person, language)
        say(to=[aziza, bobur, charos])
        titles = [event.data["title"] for event in published]
        assert titles == ["Topilmadi.", "Не найдено.", "Not found."]

    def test_the_account_says_which_language_not_the_browser(self, bobur, notifications):
        speak(bobur, "ru")
        say(to=[bobur])
        hers = notifications(bobur)
        hers.client.credentials(**hers.client._credentials, HTTP_ACCEPT_LANGUAGE="en")
        assert hers.list()[0]["title"] == "Не найдено."

    def test_says_money_for_people(self, bobur, notifications):
        @action
        def pay(*, amount, currency):
            notify(
                "payment",
                to=[bobur.pk],
                text="test_paid",
                params={"shop": "{currency}", "amount": amount, "currency": currency},
                data={"book": 5},
            )

        pay(amount="1500000.00", currency="UZS")
        pay(amount="0.50", currency="UZS")
        pay(amount="1200.00", currency="USD")
        titles = [line["title"].replace("\u00a0", "_") for line in notifications(bobur).list()]
        assert titles == ["1_200.00_USD", "0.50_so‘m", "1_500_000_so‘m"]
        # What fills a sentence in is no sentence itself.
        assert notifications(bobur).list()[0]["body"].startswith("{currency}: ")

    def test_of_an_action_that_fails_leaves_nothing(self, bobur, notifications, published):
        @action
        def fail():
            say(to=[bobur])
            raise ValueError

        with pytest.raises(ValueError):  # noqa: PT011
            fail()
        assert notifications(bobur).list() == []
        assert published == []

    def test_an_account_that_is_not_there_is_nobody(self, bobur, published):
        @action
        def call():
            notify("system", to=[bobur.pk, 10**9], text="test_said", params={"words": "a"})

        call()
        assert [event.to for event in published] == [(bobur.pk,)]
        assert Notification.objects.count() == 1

    @pytest.mark.usefixtures("published")
    def test_is_one_statement_for_many_notices_and_readers(self, aziza, bobur, charos):
        @action
        def chatter(*, times):
            for number in range(times):
                say(to=[aziza, bobur, charos])
                write(to=[bobur, charos], by=aziza, thread=number)

        costs = set()
        for times in (1, 20):
            with CaptureQueriesContext(connection) as captured:
                chatter(times=times)
            sqls = [query["sql"] for query in captured]
            costs.add(sum(not sql.startswith(("SAVEPOINT", "RELEASE")) for sql in sqls))
        assert costs == {1}


class TestThread:
    def test_counts_in_one_unread_line(self, aziza, bobur, notifications, published):
        for number, words in enumerate(("salom", "bormi", "kutaman"), start=1):
            write(to=[bobur], by=aziza, message=number, preview=words)
        (line,) = notifications(bobur).list()
        assert (line["body"], line["count"], line["data"]["message"]) == ("kutaman", 3, 3)
        assert names(published) == ["notification.created"] + ["notification.changed"] * 2
        assert published[-1].data == line
        assert line["created_at"] < line["updated_at"]

    def test_begins_a_new_line_once_the_old_one_is_read(self, aziza, bobur, notifications):
        his = notifications(bobur)
        write(to=[bobur], by=aziza, preview="salom")
        his.read(his.list()[0]["id"])
        write(to=[bobur], by=aziza, preview="bormi")
        assert his.said() == [("bormi", 1), ("salom", 1)]
        assert his.said("?unread=1") == [("bormi", 1)]

    def test_another_thread_and_another_reader_have_their_own(
        self, aziza, bobur, charos, notifications
    ):
        write(to=[bobur, charos], by=aziza, thread=1)
        write(to=[bobur], by=aziza, thread=2)
        assert len(notifications(bobur).list()) == 2
        assert len(notifications(charos).list()) == 1

    def test_many_of_one_write_are_one_line(self, aziza, bobur, charos, notifications, published):
        @action
        def burst():
            write(to=[bobur], by=aziza, preview="bir")
            write(to=[bobur, charos], by=aziza, preview="ikki")
            write(to=[bobur], by=aziza, preview="uch")
            write(to=[bobur], by=aziza, preview="boshqa", thread=8)

        burst()
        assert sorted(notifications(bobur).said()) == [("boshqa", 1), ("uch", 3)]
        assert notifications(charos).said() == [("ikki", 1)]
        assert names(published) == ["notification.created"] * 3

    def test_that_counts_comes_up(self, aziza, bobur, notifications):
        write(to=[bobur], by=aziza, thread=1, preview="eski")
        write(to=[bobur], by=aziza, thread=2, preview="yangi")
        write(to=[bobur], by=aziza, thread=1, preview="yana")
        assert notifications(bobur).said() == [("yana", 2), ("yangi", 1)]


class TestRetired:
    def test_lines_of_a_sentence_that_is_gone_are_still_shown(self, bobur, notifications):
        say(to=[bobur])
        Notification.objects.update(text="of_an_older_release")
        (line,) = notifications(bobur).list()
        assert line["title"]
        assert line["body"] == ""
