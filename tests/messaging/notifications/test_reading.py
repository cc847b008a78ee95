"""Reading: singly, by list, all; by reading the talk itself; and what devices hear of it."""

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from messaging.actions.notifications import read_thread_notice
from messaging.models import Notification
from realtime import shapes
from tests.messaging.notifications.conftest import names, say, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(bobur, notifications):
    """The ids of bobur's three lines, the oldest first."""
    for words in ("bir", "ikki", "uch"):
        say(to=[bobur], words=words)
    return [line["id"] for line in reversed(notifications(bobur).list())]


class TestRead:
    def test_marks_those_named(self, bobur, three, notifications):
        his = notifications(bobur)
        assert his.read(three[0], three[2]) == {"unread": 1}
        assert his.said("?unread=1") == [("ikki", 1)]
        assert [line["is_read"] for line in his.list()] == [True, False, True]
        assert his.unread() == 1

    def test_marks_all(self, bobur, three, notifications):
        his = notifications(bobur)
        assert his.read(all=True) == {"unread": 0}
        assert his.list("?unread=1") == []

    def test_read_all_does_the_same(self, bobur, three, notifications):
        his = notifications(bobur)
        assert his.read_all() == {"unread": 0}
        assert his.list("?unread=1") == []

    def test_changes_neither_place_nor_time_of_a_line(self, bobur, three, notifications):
        his = notifications(bobur)
        before = his.list()
        his.read(all=True)
        assert his.list() == [{**line, "is_read": True} for line in before]

    def test_tells_other_devices(self, bobur, three, notifications, published):
        his = notifications(bobur)
        his.read(three[1], three[0], three[1])
        his.read(all=True)
        assert names(published) == ["notification.read"] * 2
        assert [event.to for event in published] == [(bobur.pk,)] * 2
        assert [event.data for event in published] == [
            {"ids": three[:2], "unread": 1},
            {"ids": None, "unread": 0},
        ]
        for event in published:
            msgspec.convert(event.data, type=shapes.NotificationsRead)

    def test_of_what_was_read_before_tells_nobody(self, bobur, three, notifications, published):
        his = notifications(bobur)
        his.read(*three)
        published.clear()
        assert his.read(*three) == his.read(all=True) == his.read_all() == {"unread": 0}
        assert his.client.post(f"{his.path}read/", {"ids": []}).json() == {"unread": 0}
        assert published == []

    def test_tells_only_of_those_that_changed(self, bobur, three, notifications, published):
        his = notifications(bobur)
        his.read(three[0])
        his.read(three[0], three[1])
        assert [event.data["ids"] for event in published] == [[three[0]], [three[1]]]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"all": False},
            {"ids": [1], "all": True},
            {"ids": "1"},
            {"ids": [0]},
            {"ids": [True]},
            {"ids": ["x"]},
            {"ids": [2**63]},
            {"ids": [1] * 201},
            {"ids": None},
            [],
        ],
    )
    def test_refuses_a_body_that_is_not_right(self, bobur, body, notifications):
        his = notifications(bobur)
        assert his.client.post(f"{his.path}read/", body).status_code == 400

    def test_takes_200_at_once_in_few_statements(self, bobur, notifications):
        now = timezone.now()
        lines = Notification.objects.bulk_create(
            Notification(user=bobur, kind="system", text="a", created_at=now, updated_at=now)
            for _ in range(200)
        )
        his = notifications(bobur)
        with CaptureQueriesContext(connection) as captured:
            assert his.read(*(line.pk for line in lines)) == {"unread": 0}
        touching = [query for query in captured if "messaging_notif" in query["sql"]]
        assert len(touching) == 4  # hold, are they his, read, count

    def test_the_same_key_reads_once(self, bobur, three, notifications, published):
        his = notifications(bobur)
        first, again = (
            his.client.post(
                f"{his.path}read/", {"ids": [three[0]]}, headers={"Idempotency-Key": "k"}
            )
            for _ in range(2)
        )
        assert first.json() == again.json() == {"unread": 2}
        assert again["Idempotent-Replayed"] == "true"
        assert len(published) == 1


class TestOutsider:
    def test_marks_nothing_of_others(self, bobur, charos, three, notifications, published):
        published.clear()
        foreign = notifications(charos).read(three[0], status=404)
        absent = notifications(charos).read(10**12, status=404)
        assert foreign["code"] == absent["code"] == "not_found"
        assert notifications(charos).read_all() == {"unread": 0}
        assert notifications(bobur).unread() == 3
        assert published == []

    def test_among_ones_own_a_foreign_id_marks_nothing(
        self, bobur, charos, three, notifications, published
    ):
        say(to=[charos])
        hers = notifications(charos)
        (own,) = hers.list()
        published.clear()
        hers.read(own["id"], three[0], status=404)
        assert hers.unread() == 1
        assert notifications(bobur).unread() == 3
        assert published == []


class TestReadThreadNotice:
    def read(self, person, thread=7, left=0):
        now = timezone.now()
        read_thread_notice(account_id=person.pk, thread_id=thread, now=now, left=left)

    def test_marks_the_line_of_the_talk(self, aziza, bobur, notifications, published):
        write(to=[bobur], by=aziza, thread=7)
        write(to=[bobur], by=aziza, thread=8)
        (other, line) = notifications(bobur).list()
        published.clear()
        self.read(bobur)
        assert [shown["is_read"] for shown in notifications(bobur).list()] == [False, True]
        assert [event.data for event in published] == [{"ids": [line["id"]], "unread": 1}]
        assert other["data"]["thread"] == 8

    def test_leaves_what_is_still_unread(self, aziza, bobur, notifications, published):
        for number in range(5):
            write(to=[bobur], by=aziza, message=number)
        published.clear()
        self.read(bobur, left=2)
        (line,) = notifications(bobur).list()
        assert (line["count"], line["is_read"]) == (2, False)
        assert [(event.event, event.data) for event in published] == [
            ("notification.changed", line)
        ]
        self.read(bobur, left=2)
        self.read(bobur, left=4)
        assert len(published) == 1
        assert notifications(bobur).list() == [line]

    def test_twice_tells_once(self, aziza, bobur, published):
        write(to=[bobur], by=aziza)
        published.clear()
        self.read(bobur), self.read(bobur)
        assert names(published) == ["notification.read"]

    def test_of_the_other_side_and_of_the_outsider_changes_nothing(
        self, aziza, bobur, charos, notifications, published
    ):
        write(to=[bobur], by=aziza)
        published.clear()
        self.read(aziza), self.read(charos)
        assert notifications(bobur).unread() == 1
        assert published == []


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
def test_a_body_that_nobody_reads_is_readable_all_the_same(api, aziza, headers):
    path = "/api/notifications/read-all/"
    post = api(aziza).post
    broken = post(path, "{bad", content_type="application/json", headers=headers)
    assert (broken.status_code, broken.json()["code"]) == (400, "invalid")
    assert post(path, "x", content_type="text/plain", headers=headers).status_code == 415
    assert post(path, headers=headers).status_code == 200
