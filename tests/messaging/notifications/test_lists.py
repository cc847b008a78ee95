"""The list: one's own lines, the latest change first, one statement whatever there is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.renderers import JSONRenderer

from messaging.models import Notification
from messaging.serializers.notifications import NotificationSerializer
from tests.messaging.notifications.conftest import say, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def seven(bobur):
    for number in range(7):
        say(to=[bobur], words=str(number))


class TestList:
    def test_shows_the_fields_of_the_contract(self, aziza, bobur, notifications):
        write(to=[bobur], by=aziza, preview="bormi?")
        (line,) = notifications(bobur).list()
        assert set(line) == set(NotificationSerializer().fields)
        assert (line["kind"], line["count"], line["is_read"]) == ("message", 1, False)
        assert line["data"] == {"thread": 7, "message": 1, "sender": aziza.pk}
        assert aziza.full_name in line["title"]
        assert line["created_at"].endswith("+05:00")
        assert JSONRenderer().render(NotificationSerializer(_typed(line)).data) == (
            JSONRenderer().render(line)
        )

    def test_filters_the_unread(self, bobur, seven, notifications):
        his = notifications(bobur)
        his.read(his.list()[0]["id"])
        assert len(his.list("?unread=1")) == 6
        assert len(his.list("?unread=0")) == len(his.list()) == 7

    @pytest.mark.parametrize("query", ["?unread=yes", "?limit=0", "?limit=201", "?cursor=x"])
    def test_refuses_a_bad_parameter(self, bobur, query, notifications):
        assert notifications(bobur).list(query, status=400)["errors"]

    @pytest.mark.parametrize("unread", ["", "&unread=1"])
    def test_goes_on_where_a_page_ended(self, bobur, seven, unread, notifications):
        his = notifications(bobur)
        answer = his.client.get(f"{his.path}?limit=3&count=1{unread}")
        said = [line["body"] for line in answer.json()]
        assert answer["X-Total-Count"] == "7"
        pages = 1
        while "Link" in answer:
            answer = his.client.get(answer["Link"].split(">")[0].removeprefix("<"))
            said += [line["body"] for line in answer.json()]
            pages += 1
        assert said == ["6", "5", "4", "3", "2", "1", "0"]
        assert pages == 3

    def test_goes_on_within_one_instant(self, bobur, seven, notifications):
        newest = Notification.objects.order_by("-updated_at").first()
        Notification.objects.update(updated_at=newest.updated_at)
        his = notifications(bobur)
        answer = his.client.get(f"{his.path}?limit=4")
        rest = his.client.get(answer["Link"].split(">")[0].removeprefix("<"))
        shown = [line["body"] for line in [*answer.json(), *rest.json()]]
        assert shown == ["6", "5", "4", "3", "2", "1", "0"]

    @pytest.mark.parametrize(("query", "statements"), [("", 1), ("?unread=1", 1), ("?count=1", 2)])
    def test_takes_as_many_statements_for_many_as_for_few(
        self, aziza, bobur, query, statements, notifications
    ):
        his = notifications(bobur)
        costs = set()
        for _more in range(2):
            for number in range(10):
                write(to=[bobur], by=aziza, thread=number)
                say(to=[bobur])
            with CaptureQueriesContext(connection) as captured:
                assert his.list(query)
            costs.add(len(captured) - 1)  # one says who asks
        assert costs == {statements}

    @pytest.mark.parametrize(
        ("condition", "index"),
        [("", "notification_newest"), ("AND read_at IS NULL", "notification_unread_newest")],
    )
    def test_is_read_in_the_order_of_its_index(self, bobur, condition, index):
        Notification.objects.bulk_create(
            Notification(
                user=bobur,
                kind="system",
                text="test_said",
                created_at=bobur.created_at,
                updated_at=bobur.created_at,
                read_at=None if number % 50 == 0 else bobur.created_at,
            )
            for number in range(5000)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE messaging_notification")
            cursor.execute(
                f"""EXPLAIN SELECT * FROM messaging_notification WHERE user_id = %s {condition}
                    AND (updated_at, id) < (now(), 10000000)
                    ORDER BY updated_at DESC, id DESC LIMIT 51""",
                [bobur.pk],
            )
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert f"using {index}" in plan
        assert "Sort" not in plan


class TestOutsider:
    def test_sees_nothing_of_others(self, aziza, bobur, charos, notifications):
        write(to=[bobur], by=aziza)
        say(to=[aziza])
        assert notifications(charos).list("?count=1") == []
        assert notifications(charos).unread() == 0

    def test_nobody_sees_anything_signed_out(self, anyone, bobur):
        say(to=[bobur])
        paths = ("", "read/", "read-all/", "settings/")
        answers = [
            anyone.get("/api/notifications/"),
            anyone.patch("/api/notifications/settings/", {"muted": []}),
            *(anyone.post(f"/api/notifications/{path}", {"all": True}) for path in paths[1:3]),
        ]
        assert {answer.status_code for answer in answers} == {401}


def _typed(line):
    moments = ("created_at", "updated_at")
    fields = NotificationSerializer().fields
    return {
        name: fields[name].to_internal_value(value) if name in moments else value
        for name, value in line.items()
    }
