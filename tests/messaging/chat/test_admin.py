"""The moderator's desk: a talk is read only while it is reported, and each look is written down."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.actions import reports
from messaging.models import ChatMessage, ChatThread, Report, ReportLook
from tests.ledger.sign_in.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

LISTED = reverse("admin:messaging_report_changelist")


@pytest.fixture
def moderator(db):
    """May look at reports and act on them, and nothing else."""
    staff = make_staff()
    names = ("view_report", "change_report", "view_reportlook")
    staff.user_permissions.set(Permission.objects.filter(codename__in=names))
    return signed_in(staff)


@pytest.fixture
def reported(buyer, seller, thread):
    seller.send(thread, "<b>haqorat</b>")
    buyer.send(thread, "bas qiling")
    buyer.report(thread, "haqorat qilmoqda")
    seller.send(thread, "keyin yozilgan")
    return Report.objects.get()


def page(report, what="change"):
    return reverse(f"admin:messaging_report_{what}", args=[report.pk])


def shown(response):
    assert response.status_code == 200
    return response.content.decode()


class TestReading:
    def test_shows_the_reported_part_and_writes_the_look_down(self, moderator, reported):
        text = shown(moderator.post(page(reported, "talk")))
        assert "bas qiling" in text
        assert "&lt;b&gt;haqorat&lt;/b&gt;" in text
        assert "keyin yozilgan" not in text
        look = ReportLook.objects.get()
        assert (look.report, look.moderator.full_name) == (reported, "Sevara Staff")
        assert look.up_to_number == 2

    def test_each_look_is_a_line_of_its_own(self, moderator, reported):
        for _each in range(3):
            moderator.post(page(reported, "talk"))
        assert ReportLook.objects.count() == 3

    def test_is_not_done_by_looking_at_the_page_or_the_queue(self, moderator, reported):
        for path in (page(reported), LISTED):
            text = shown(moderator.get(path))
            assert "haqorat qilmoqda" in text
            assert "bas qiling" not in text
        assert moderator.get(page(reported, "talk")).status_code == 302
        assert not ReportLook.objects.exists()

    def test_wants_a_token_of_our_own_page(self, moderator, reported):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = moderator.cookies
        assert strict.post(page(reported, "talk")).status_code == 403
        assert not ReportLook.objects.exists()

    def test_ends_when_the_report_is_resolved(self, moderator, reported):
        resolve(moderator, reported)
        response = moderator.post(page(reported, "talk"), follow=True)
        assert "bas qiling" not in shown(response)
        assert not ReportLook.objects.exists()
        assert "talk/" not in shown(moderator.get(page(reported)))

    def test_shows_a_deleted_message_without_its_words(self, moderator, buyer, thread):
        message = buyer.send(thread, "sir")["id"]
        buyer.report(thread)
        buyer.delete(message)
        assert "sir" not in shown(moderator.post(page(Report.objects.get(), "talk")))

    def test_shows_a_bounded_part(self, moderator, reported, monkeypatch):
        monkeypatch.setattr(reports, "MESSAGES_SHOWN", 1)
        text = shown(moderator.post(page(reported, "talk")))
        assert "bas qiling" in text
        assert "&lt;b&gt;haqorat" not in text

    def test_of_an_absent_report_finds_nothing(self, moderator, reported):
        reported.pk = 2**40
        assert moderator.post(page(reported, "talk")).status_code == 404

    def test_is_not_for_staff_who_only_may_look_at_the_queue(self, reported):
        staff = make_staff()
        staff.user_permissions.set(Permission.objects.filter(codename="view_report"))
        browser = signed_in(staff)
        assert "haqorat qilmoqda" in shown(browser.get(page(reported)))
        assert browser.post(page(reported, "talk")).status_code == 403
        assert not ReportLook.objects.exists()

    def test_is_not_for_other_staff_nor_for_people(self, reported, buyer):
        for browser in (signed_in(make_staff()), Client()):
            for path in (LISTED, page(reported)):
                assert browser.get(path).status_code in (302, 403)
            assert browser.post(page(reported, "talk")).status_code in (302, 403)
        assert not ReportLook.objects.exists()


def resolve(browser, report):
    data = {"action": "resolve", "_selected_action": [report.pk]}
    return browser.post(LISTED, data, follow=True)


class TestQueue:
    def test_holds_the_open_ones(self, moderator, reported):
        assert listed(moderator) == [reported.pk]
        resolve(moderator, reported)
        assert listed(moderator) == []
        assert listed(moderator, "?state=resolved") == [reported.pk]
        assert listed(moderator, "?state=all") == [reported.pk]

    def test_resolving_says_who_and_when(self, moderator, reported):
        resolve(moderator, reported)
        reported.refresh_from_db()
        assert reported.resolved_by.full_name == "Sevara Staff"
        assert reported.resolved_at <= timezone.now()

    def test_a_new_report_of_a_resolved_talk_opens_again(self, moderator, reported, buyer, thread):
        resolve(moderator, reported)
        assert buyer.report(thread, "yana")["id"] != reported.pk
        assert len(listed(moderator)) == 1

    def test_nothing_is_added_changed_or_deleted_by_hand(self, moderator, reported):
        assert moderator.get(reverse("admin:messaging_report_add")).status_code == 403
        assert moderator.post(page(reported), {"reason": "x"}).status_code == 403
        assert moderator.get(page(reported, "delete")).status_code == 403

    def test_talks_and_messages_are_in_no_page(self):
        assert not {ChatThread, ChatMessage} & set(admin.site._registry)


def listed(browser, query=""):
    response = browser.get(LISTED + query)
    assert response.status_code == 200
    return [row.pk for row in response.context["cl"].result_list]
