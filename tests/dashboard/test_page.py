"""The admin's first page: what it shows, to whom, and what it costs."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import dashboard
from core.bar_charts import draw_bars
from core.dashboard import Panel, count_waiting, register_panel
from core.models import Tally
from core.sql import rows, run
from core.tallies import take_due_tallies
from ledger.models import LedgerCheck, User
from marketplace import panels as marketplace_panels
from marketplace.models import B2BPost, B2BProfile, Plan, Subscription
from messaging.models import ChatThread, Report
from tests.conftest import make_person
from tests.dashboard.reading import figures, page_of
from tests.ledger.sign_in.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
SECTION = re.compile(r'<section class="(\w+)"')


def staff_that_may_look_at(*codenames):
    user = make_staff()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    assert user.user_permissions.count() == len(codenames)
    return signed_in(user)


def fill(people):
    """Something of everything that waits for an operator, for each of the people."""
    later = timezone.now() + timedelta(days=30)
    buyer = make_person("Bobur", f"+9989033300{len(people):02d}")
    plan = Plan.objects.create(code=f"p{people[0].pk}", name="Pro", price=Decimal(1))
    for person in people:
        Subscription.objects.create(user=person, plan=plan)
        B2BProfile.objects.create(user=person, company_name="Savdo")
        post = B2BPost.objects.create(
            author=person, kind="offer", title="Kolodka", expires_at=later
        )
        talk = ChatThread.objects.create(
            post=post, post_title=post.title, seller=person, buyer=buyer
        )
        Report.objects.create(thread=talk, reporter=person, up_to_number=1)


def crowd(number, start=0):
    places = range(start, start + number)
    return [make_person(f"Sotuvchi {n}", f"+9989022200{n:02d}") for n in places]


class TestWhatWaits:
    def test_is_counted_and_leads_to_the_very_rows(self, browser):
        fill(crowd(3))
        page = page_of(browser)
        shown = figures(page)
        for name in (
            "Subscriptions to activate", "Companies to enable", "Posts to moderate",
            "Reported talks",
        ):  # fmt: skip
            assert shown[name] == "3"
        links = re.findall(r'<a href="([^"]+)">3</a>', page)
        assert len(links) == 4
        for link in links:
            listed = browser.get(link.replace("&amp;", "&"))
            assert listed.status_code == 200
            assert len(listed.context["cl"].result_list) == 3

    def test_is_only_what_waits(self, browser):
        people = crowd(2)
        fill(people)
        Subscription.objects.filter(user=people[0]).update(activated_at=timezone.now())
        B2BProfile.objects.filter(user=people[0]).update(is_enabled=True)
        User.objects.filter(pk=people[1].pk).update(is_active=False)
        B2BPost.objects.filter(author=people[0]).update(reviewed_at=timezone.now())
        B2BPost.objects.filter(author=people[1]).update(status="closed")
        Report.objects.filter(reporter=people[0]).update(resolved_at=timezone.now())
        page = page_of(browser)
        assert figures(page)["Subscriptions to activate"] == "1"
        assert figures(page)["Companies to enable"] == "0"
        assert figures(page)["Posts to moderate"] == "0"
        assert figures(page)["Reported talks"] == "1"

    def test_is_counted_no_further_than_it_shows(self, monkeypatch):
        monkeypatch.setattr(dashboard, "MOST", 2)
        fill(crowd(3))
        with CaptureQueriesContext(connection) as statements:
            assert count_waiting(B2BPost.objects.all()) == "2+"
        assert "LIMIT 3" in statements[0]["sql"]
        assert count_waiting(B2BPost.objects.exclude(pk=B2BPost.objects.first().pk)) == "2"

    def test_is_found_by_an_index(self):
        [author] = crowd(1)
        later, now = timezone.now() + timedelta(days=30), timezone.now()
        B2BPost.objects.bulk_create(
            B2BPost(author=author, kind="offer", title="x", expires_at=later, reviewed_at=now)
            for _post in range(300)
        )
        fill(crowd(3, start=1))
        run("ANALYZE marketplace_b2bpost")
        run("SET LOCAL enable_seqscan = off")
        queues = {
            marketplace_panels.subscriptions_to_activate(): r"newest_by_status|one_pending",
            marketplace_panels.profiles_to_enable(): "profiles_to_enable",
            marketplace_panels.posts_to_moderate(): "posts_to_moderate",
            Report.objects.filter(resolved_at__isnull=True): r"open_reports?",
        }
        for waiting, index in queues.items():
            assert re.search(index, waiting.order_by()[:1001].explain())


class TestWhoSeesWhat:
    def test_nobody_sees_what_they_may_not_look_at(self):
        fill(crowd(1))
        page = page_of(staff_that_may_look_at("view_b2bpost", "view_payment"))
        assert SECTION.findall(page) == ["waiting", "money"]
        assert list(figures(page)) == ["Posts to moderate"]

    def test_each_panel_asks_for_its_own_permission(self):
        wanted = {panel.permission for panel in dashboard._panels}
        assert len(wanted) == len(dashboard._panels) == 9
        for permission in wanted:
            app, codename = permission.split(".")
            assert Permission.objects.get(content_type__app_label=app, codename=codename)

    def test_staff_without_any_see_a_page_all_the_same(self):
        page = page_of(staff_that_may_look_at())
        assert SECTION.findall(page) == []

    def test_what_is_not_shown_is_not_read(self):
        browser = staff_that_may_look_at("view_report")
        with CaptureQueriesContext(connection) as statements:
            page_of(browser)
        assert not [s for s in statements if "ledger_debt" in s["sql"] or "tally" in s["sql"]]

    def test_charos_is_led_to_the_door(self, charos, client):
        client.force_login(charos)
        response = client.get("/admin/")
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/admin/login/")


class TestCost:
    def test_is_the_same_for_many_rows_as_for_few(self, browser, shop):
        fill(crowd(1))
        take_due_tallies()
        page_of(browser)
        with CaptureQueriesContext(connection) as few:
            page_of(browser)
        fill(crowd(9, start=1))
        for _each in range(9):
            user = shop.debtor("Mijoz")
            shop.debt(user, "10.00")
            shop.payment(user, "15.00")
        Tally.objects.all().delete()
        take_due_tallies()
        with CaptureQueriesContext(connection) as many:
            page_of(browser)
        assert len(many) == len(few) <= 18

    def test_no_view_reads_the_tables_of_money(self, browser, shop):
        shop.debt(shop.debtor("Bobur"), "10.00")
        with CaptureQueriesContext(connection) as statements:
            page_of(browser)
        tables = ("ledger_account", "ledger_debt", "ledger_payment", "ledger_entry")
        assert not [s["sql"] for s in statements if any(f'"{t}"' in s["sql"] for t in tables)]
        assert not [s["sql"] for s in statements if any(f" {t}" in s["sql"] for t in tables)]


class TestTheServiceNow:
    def test_a_missing_worker_is_pointed_out(self, browser):
        page = page_of(browser)
        assert figures(page)["Workers"].endswith("0")
        assert 'aria-label="Attention:"' in page

    def test_open_sockets_are_those_of_living_processes(self, browser):
        rows(
            "INSERT INTO realtime_liveprocess (id, seen_at) VALUES"
            " (gen_random_uuid(), clock_timestamp() + interval '1 minute'),"
            " (gen_random_uuid(), clock_timestamp() - interval '20 s') RETURNING id"
        )
        rows(
            "INSERT INTO realtime_livesocket (id, user_id, process_id, is_replaced)"
            " SELECT n, n / 2, p.id, false FROM generate_series(1, 3) AS n,"
            " (SELECT id FROM realtime_liveprocess ORDER BY seen_at DESC LIMIT 1) AS p"
            " UNION ALL SELECT 9, 9, p.id, false FROM"
            " (SELECT id FROM realtime_liveprocess ORDER BY seen_at LIMIT 1) AS p RETURNING id"
        )
        page = page_of(browser)
        assert figures(page)["Open sockets"] == "3"
        assert "Of 2 accounts, in 1 processes" in page

    @pytest.mark.parametrize(("drift", "said"), [({}, "yes"), ({"broken": 2}, "no")])
    def test_the_ledger_s_last_check_is_told(self, browser, drift, said):
        assert figures(page_of(browser))["The ledger adds up"] == "—"
        LedgerCheck.objects.create(started_at=NOW, finished_at=NOW, drift=drift)
        assert figures(page_of(browser))["The ledger adds up"].split()[-1] == said


def test_a_panel_names_a_section_there_is():
    with pytest.raises(ValueError, match="elsewhere is not a section"):
        register_panel(Panel("elsewhere", "ledger.view_debt", lambda now: []))


def test_bars_stand_on_the_floor():
    amounts = [Decimal(0), Decimal(50), Decimal(200)]
    bars = draw_bars(amounts, labels=["a", "b", "c"], values=["0", "50", "200"])
    assert [(bar.y, bar.height) for bar in bars] == [
        ("100.00", "0.00"),
        ("75.00", "25.00"),
        ("0.00", "100.00"),
    ]
    assert draw_bars([Decimal(0)], labels=["a"], values=["0"])[0].height == "0.00"
