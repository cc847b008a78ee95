"""The operators' desk: plans, subscriptions with their history, usage."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from marketplace.actions.usage import take_slot
from marketplace.models import MonthlyUsage, Plan, Subscription, SubscriptionChange
from tests.conftest import make_person
from tests.ledger.sign_in.staff import make_staff, with_device
from tests.marketplace.billing.desk import history, me

pytestmark = pytest.mark.django_db


@pytest.fixture
def sevara(db):
    return make_staff(is_superuser=True)


@pytest.fixture
def browser(sevara):
    return signed_in(sevara)


@pytest.fixture
def looker(db):
    """Staff that may look at subscriptions, and nothing else."""
    user = make_staff()
    user.user_permissions.set(Permission.objects.filter(codename="view_subscription"))
    return signed_in(user)


def signed_in(user):
    """A browser that passed the door; the door has tests of its own."""
    client = Client()
    client.force_login(with_device(user))
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = user.totpdevice_set.get().persistent_id
    session.save()
    return client


def address(model, what="changelist", *args):
    return reverse(f"admin:marketplace_{model._meta.model_name}_{what}", args=args)


def decide(browser, name, *subscriptions, **form):
    ids = ",".join(str(one.pk) for one in subscriptions)
    page = f"{address(Subscription, 'decide', name)}?ids={ids}"
    assert browser.get(page).status_code == 200
    return browser.post(page, {"reason": "paid by transfer 17", **form}, follow=True)


def people(desk, number, start=0):
    now = timezone.now()
    for place in range(start, start + number):
        person = make_person(f"Sotuvchi {place}", f"+9989022200{place:02d}")
        desk.give(person, "pro", at=now)
        take_slot(account_id=person.pk, now=now)


class TestDecisions:
    def test_activate_from_the_list(self, browser, sevara, desk, aziza):
        asked = desk.ask(aziza, "pro", at=timezone.now())
        chosen = {"action": "activate", "_selected_action": [asked.pk]}
        page = browser.post(address(Subscription), chosen)
        assert page.status_code == 302
        form = browser.get(page.url)
        assert "Aziza Karimova" in form.text
        assert me(aziza, at=timezone.now())["status"] == "pending"
        browser.post(page.url, {"reason": "paid by transfer 17"})
        asked.refresh_from_db()
        assert asked.status == "active"
        line = SubscriptionChange.objects.get(kind="started")
        assert (line.by, line.reason) == (sevara, "paid by transfer 17")
        assert LogEntry.objects.filter(object_id=str(asked.pk)).exists()

    def test_wants_a_reason(self, browser, desk, aziza):
        asked = desk.ask(aziza, "pro", at=timezone.now())
        response = decide(browser, "activate", asked, reason="  ")
        assert response.context["form"].errors
        asked.refresh_from_db()
        assert asked.status == "pending"

    def test_extend_cancel_and_end(self, browser, desk, aziza):
        given = desk.give(aziza, "pro", at=timezone.now())
        end = given.ends_at
        decide(browser, "extend", given, days="10")
        given.refresh_from_db()
        assert (given.ends_at - end).days == 10
        decide(browser, "cancel", given)
        decide(browser, "expire", given)
        assert history(given) == ["asked", "started", "extended", "cancelled", "expired"]

    @pytest.mark.parametrize("days", ["0", "-1", "9999999999999", "x", ""])
    def test_extends_by_days_that_make_sense(self, browser, desk, aziza, days):
        given = desk.give(aziza, "pro", at=timezone.now())
        assert decide(browser, "extend", given, days=days).context["form"].errors
        assert "extended" not in history(given)

    def test_says_what_could_not_be_done_and_does_the_rest(self, browser, desk, aziza, bobur):
        asked = desk.ask(aziza, "pro", at=timezone.now())
        given = desk.give(bobur, "pro", at=timezone.now())
        response = decide(browser, "activate", asked, given)
        told = [str(message) for message in response.context["messages"]]
        assert len(told) == 2
        assert told[0].startswith(f"#{given.pk}: ")
        asked.refresh_from_db()
        assert asked.status == "active"

    def test_is_offered_on_a_subscription_s_own_page(self, browser, desk, aziza):
        given = desk.give(aziza, "pro", at=timezone.now())
        page = browser.get(address(Subscription, "change", given.pk))
        for name in ("activate", "extend", "cancel", "expire"):
            assert f"{address(Subscription, 'decide', name)}?ids={given.pk}" in page.text
        assert "_save" not in page.text

    def test_takes_no_more_than_a_page(self, browser, desk):
        plan = Plan.objects.get(code="pro")
        owners = [make_person("S", f"+9989022201{place:02d}") for place in range(51)]
        Subscription.objects.bulk_create(Subscription(user=one, plan=plan) for one in owners)
        chosen = {"action": "cancel", "_selected_action": ["1"], "select_across": "1"}
        response = browser.post(address(Subscription), chosen, follow=True)
        assert len(response.context["messages"]) == 1
        assert Subscription.objects.waiting().count() == 51

    @pytest.mark.parametrize("ids", ["", "x", "1,,2", "9" * 30, "-1", "٣"])
    def test_survives_odd_ids(self, browser, ids):
        page = f"{address(Subscription, 'decide', 'cancel')}?ids={ids}"
        assert browser.get(page).status_code == 200
        assert browser.post(page, {"reason": "r"}).status_code == 302

    def test_knows_no_other(self, browser):
        assert browser.get(address(Subscription, "decide", "delete")).status_code == 404


class TestGrant:
    def form(self, **changes):
        return {"phone_number": "90 111-00-01", "plan": "pro", "reason": "a gift", **changes}

    def test_gives_a_plan_that_runs(self, browser, sevara, aziza):
        page = address(Subscription, "add")
        assert browser.get(page).status_code == 200
        response = browser.post(page, self.form())
        given = Subscription.objects.get(user=aziza)
        assert response.url == address(Subscription, "change", given.pk)
        assert (given.status, given.plan.code) == ("active", "pro")
        lines = SubscriptionChange.objects.filter(subscription=given)
        assert {(line.by, line.reason) for line in lines} == {(sevara, "a gift")}

    @pytest.mark.parametrize(
        "changes",
        [{"phone_number": "+998901119999"}, {"phone_number": "?"}, {"plan": "gold"},
         {"reason": ""}, {"phone_number": ""}],
    )  # fmt: skip
    def test_refuses_what_is_not_there(self, browser, aziza, changes):
        response = browser.post(address(Subscription, "add"), self.form(**changes))
        assert response.context["form"].errors
        assert not Subscription.objects.exists()

    def test_says_when_the_account_has_that_plan(self, browser, aziza, desk):
        desk.give(aziza, "pro", at=timezone.now())
        response = browser.post(address(Subscription, "add"), self.form())
        assert response.context["form"].non_field_errors()
        assert Subscription.objects.count() == 1


class TestDoor:
    def test_staff_that_may_look_decides_nothing(self, looker, desk, aziza):
        asked = desk.ask(aziza, "pro", at=timezone.now())
        assert looker.get(address(Subscription)).status_code == 200
        own = looker.get(address(Subscription, "change", asked.pk))
        assert own.status_code == 200
        assert "/decide/" not in own.text
        page = f"{address(Subscription, 'decide', 'activate')}?ids={asked.pk}"
        for refused in (
            looker.get(page),
            looker.post(page, {"reason": "r"}),
            looker.get(address(Subscription, "add")),
            looker.post(address(Subscription, "add"), {"reason": "r"}),
            looker.get(address(Plan)),
            looker.get(address(MonthlyUsage)),
        ):
            assert refused.status_code == 403
        asked.refresh_from_db()
        assert asked.status == "pending"

    def test_nobody_else_comes_in(self, client, aziza):
        client.force_login(aziza)
        for page in (address(Subscription), address(Subscription, "decide", "cancel")):
            assert client.get(page).status_code == 302

    @pytest.mark.parametrize("model", [Subscription, MonthlyUsage])
    def test_rows_are_only_looked_at(self, browser, desk, aziza, model):
        people(desk, 1)
        row = model.objects.get()
        page = address(model, "change", row.pk)
        assert browser.post(page, {"status": "expired", "used": 0}).status_code == 403
        assert browser.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


class TestLists:
    @pytest.mark.parametrize("model", [Plan, Subscription, MonthlyUsage])
    def test_run_as_many_statements_for_many_rows_as_for_few(self, desk, browser, model):
        people(desk, 1)
        browser.get(address(model))
        with CaptureQueriesContext(connection) as few:
            browser.get(address(model))
        people(desk, 12, start=1)
        with CaptureQueriesContext(connection) as many:
            page = browser.get(address(model))
        assert len(many) == len(few)
        assert page.context["cl"].result_count == (3 if model is Plan else 13)

    def test_a_long_history_takes_as_many_statements_as_a_short_one(self, desk, browser, aziza):
        given = desk.give(aziza, "pro", at=timezone.now())
        page = address(Subscription, "change", given.pk)
        browser.get(page)
        with CaptureQueriesContext(connection) as short:
            browser.get(page)
        for _ in range(12):
            decide(browser, "extend", given, days="1")
        with CaptureQueriesContext(connection) as long:
            browser.get(page)
        assert len(long) == len(short)

    @pytest.mark.parametrize(
        "query", ["?q=Sotuvchi+1", "?q=2220001", "?status__exact=active&q=2220001"]
    )
    def test_find_people_by_name_and_number(self, desk, browser, query):
        people(desk, 3)
        page = browser.get(address(Subscription) + query)
        assert [row.user.full_name for row in page.context["cl"].result_list] == ["Sotuvchi 1"]


class TestPlans:
    def form(self, **changes):
        return {"name": "Pro", "price": "149000", "currency": "UZS", "period_days": "30",
                "post_limit": "40", "is_offered": "on",
                "features": '{"images_per_post": 4, "saved_searches": 9}', **changes}  # fmt: skip

    def test_are_edited(self, browser, anyone):
        plan = Plan.objects.get(code="pro")
        response = browser.post(address(Plan, "change", plan.pk), self.form(code="other"))
        assert response.status_code == 302
        [shown] = [p for p in anyone.get("/api/billing/plans/").json() if p["code"] == "pro"]
        assert (shown["post_limit"], shown["features"]["images_per_post"]) == (40, 4)

    @pytest.mark.parametrize(
        "changes",
        [{"features": "[]"}, {"features": "{}"}, {"features": '{"images_per_post": "4"}'},
         {"features": '{"images_per_post": -1, "saved_searches": 1}'}, {"price": "-1"},
         {"period_days": "0"}, {"currency": "EUR"}, {"period_days": "3661"}],
    )  # fmt: skip
    def test_keep_their_sense(self, browser, changes):
        plan = Plan.objects.get(code="pro")
        response = browser.post(address(Plan, "change", plan.pk), self.form(**changes))
        assert response.status_code == 200
        assert response.context["adminform"].errors

    def test_that_somebody_has_are_not_deleted(self, browser, desk, aziza):
        plan = desk.give(aziza, "pro", at=timezone.now()).plan
        browser.post(address(Plan, "delete", plan.pk), {"post": "yes"})
        assert Plan.objects.filter(pk=plan.pk).exists()
