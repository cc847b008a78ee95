"""Notifications in the admin: that there is one, never what somebody wrote."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.large_tables import BoundedPaginator
from messaging.models import Notification
from tests.ledger.sign_in.staff import make_staff, signed_in
from tests.messaging.notifications.conftest import say, write

pytestmark = pytest.mark.django_db

LIST = "/admin/messaging/notification/"


@pytest.fixture
def boss(db):
    return signed_in(make_staff(is_superuser=True))


def page(line, what):
    return reverse(f"admin:messaging_notification_{what}", args=[line.pk])


class TestAdmin:
    def test_never_shows_the_words_of_a_message(self, boss, aziza, bobur):
        write(to=[bobur], by=aziza, preview="maxfiy-gap")
        line = Notification.objects.get()
        for address in (LIST, page(line, "change"), page(line, "history")):
            text = boss.get(address).text
            assert "maxfiy-gap" not in text
            assert aziza.full_name not in text

    def test_shows_what_the_product_said(self, boss, bobur):
        say(to=[bobur], words="to‘lov keldi")
        for address in (LIST, page(Notification.objects.get(), "change")):
            assert "to‘lov keldi" in boss.get(address).text

    def test_changes_nothing(self, boss, bobur):
        say(to=[bobur])
        line = Notification.objects.get()
        assert boss.post(page(line, "change"), {"kind": "debt"}).status_code == 403
        assert boss.post(page(line, "delete"), {"post": "yes"}).status_code == 403
        assert boss.get(f"{LIST}add/").status_code == 403
        assert Notification.objects.get().kind == "system"

    def test_finds_by_the_owners_number_and_by_kind(self, boss, aziza, bobur):
        say(to=[aziza, bobur])
        say(to=[bobur], kind="debt")
        found = {
            query: len(boss.get(LIST + query).context["cl"].result_list)
            for query in ("?q=%2B998901110002", "?q=90111", "?kind=debt")
        }
        assert found == {"?q=%2B998901110002": 2, "?q=90111": 0, "?kind=debt": 1}

    def test_is_bounded_and_takes_as_many_statements_for_many_as_for_few(self, boss, aziza, bobur):
        costs = set()
        boss.get(LIST)
        for _more in range(2):
            for _line in range(30):
                say(to=[aziza, bobur])
            with CaptureQueriesContext(connection) as captured:
                answer = boss.get(LIST)
            costs.add(len(captured))
        assert len(costs) == 1
        assert isinstance(answer.context["cl"].paginator, BoundedPaginator)
        assert len(answer.context["cl"].result_list) == 50

    def test_staff_without_the_right_see_nothing(self, db, bobur):
        say(to=[bobur])
        assert signed_in(make_staff()).get(LIST).status_code == 403
