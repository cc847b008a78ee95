"""The paths of billing: shapes to the byte, refusals, and nothing for the outsider."""

import json
from datetime import timedelta

import msgspec
import pytest
from django.utils import timezone

from core.times import iso
from ledger.models import User
from marketplace.actions.usage import take_slot
from marketplace.models import MonthlyUsage, Plan, Subscription, SubscriptionChange
from marketplace.queries.months import month_of, next_month
from realtime.shapes import BillingMe
from tests.ledger.sign_in.conftest import has_problem
from tests.marketplace.billing.desk import me

pytestmark = pytest.mark.django_db

PLANS, ME = "/api/billing/plans/", "/api/billing/me/"
SUBSCRIBE, CANCEL = "/api/billing/subscribe/", "/api/billing/cancel/"
BASIC = {
    "code": "basic",
    "name": "Basic",
    "price": "49000.00",
    "currency": "UZS",
    "period_days": 30,
    "post_limit": 5,
    "features": {"saved_searches": 3, "images_per_post": 6},
}
PRO = BASIC | {
    "code": "pro",
    "name": "Pro",
    "price": "149000.00",
    "post_limit": 30,
    "features": {"saved_searches": 10, "images_per_post": 6},
}
PREMIUM = BASIC | {
    "code": "premium",
    "name": "Premium",
    "price": "349000.00",
    "post_limit": None,
    "features": {"saved_searches": 50, "images_per_post": 6},
}


def written(value):
    """As the API writes JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def changes(published):
    return [event for event in published if event.event == "subscription.changed"]


def usage(now, limit, used=0):
    return {
        "period": month_of(now),
        "used": used,
        "limit": limit,
        "remaining": None if limit is None else limit - used,
        "resets_at": iso(next_month(now)),
    }


class TestPlans:
    def test_are_open_to_all_and_cheapest_first(self, anyone):
        response = anyone.get(PLANS)
        assert response.status_code == 200
        assert response.content == written([BASIC, PRO, PREMIUM])

    def test_are_a_list_like_others(self, anyone):
        first = anyone.get(f"{PLANS}?limit=2&count=1")
        assert (first.json(), first["X-Total-Count"]) == ([BASIC, PRO], "3")
        rest = anyone.get(first["Link"].split(">")[0].strip("<"))
        assert (rest.json(), rest.get("Link")) == ([PREMIUM], None)
        assert anyone.get(f"{PLANS}?limit=x").status_code == 400

    def test_survive_features_that_are_no_object(self, anyone, api, aziza, desk):
        desk.give(aziza, "pro", at=timezone.now())
        Plan.objects.filter(code="pro").update(features=["fast"])
        assert anyone.get(PLANS).json()[1]["features"] == {}
        assert api(aziza).get(ME).json()["plan"]["features"] == {}

    def test_are_shown_to_who_sends_a_dead_token(self, anyone):
        anyone.credentials(HTTP_AUTHORIZATION="Bearer dead")
        assert anyone.get(PLANS[:-1]).status_code == 200

    def test_follow_the_price_and_hide_what_is_withdrawn(self, anyone):
        Plan.objects.filter(code="pro").update(price="999000.00")
        Plan.objects.filter(code="basic").update(is_offered=False)
        assert [plan["code"] for plan in anyone.get(PLANS).json()] == ["premium", "pro"]


class TestMe:
    def test_of_nobody_s_plan_is_none(self, api, charos, aziza, desk):
        now = timezone.now()
        desk.give(aziza, "pro", at=now)
        assert api(charos).get(ME).content == written(
            {
                "plan": None,
                "status": "none",
                "starts_at": None,
                "ends_at": None,
                "next": None,
                "usage": usage(now, 0),
            }
        )
        assert api(charos).get("/api/auth/me/").json()["plan"] is None

    def test_shows_the_running_plan_and_the_next_one(self, api, aziza, desk):
        now = timezone.now()
        given = desk.give(aziza, "pro", at=now)
        desk.ask(aziza, "premium", at=now)
        take_slot(account_id=aziza.pk, now=now)
        assert api(aziza).get(ME).content == written(
            {
                "plan": PRO,
                "status": "active",
                "starts_at": iso(now),
                "ends_at": iso(given.ends_at),
                "next": PREMIUM,
                "usage": usage(now, 30, used=1),
            }
        )
        assert api(aziza).get("/api/auth/me/").json()["plan"] == "pro"

    def test_has_no_limit_and_nothing_remaining_of_it(self, api, aziza, desk):
        now = timezone.now()
        desk.give(aziza, "premium", at=now)
        take_slot(account_id=aziza.pk, now=now)
        assert api(aziza).get(ME).json()["usage"] == usage(now, None, used=1)

    @pytest.mark.parametrize(
        ("days_over", "status", "limit"), [(-1, "active", 30), (1, "grace", 30), (4, "expired", 0)]
    )
    def test_says_where_the_plan_stands(self, api, aziza, desk, days_over, status, limit):
        now = timezone.now()
        desk.give(aziza, "pro", at=now - timedelta(days=30 + days_over))
        answer = api(aziza).get(ME).json()
        assert (answer["plan"], answer["status"]) == (PRO, status)
        assert answer["usage"]["limit"] == limit
        # Written or not: the clock's word counts.
        assert Subscription.objects.get().status == "active"

    def test_takes_few_queries(self, api, aziza, desk, django_assert_max_num_queries):
        desk.give(aziza, "pro", at=timezone.now())
        client = api(aziza)
        with django_assert_max_num_queries(3):  # the session, the rows, the usage
            client.get(ME)


class TestSubscribe:
    def test_answers_with_what_me_says(self, api, aziza, published, notified):
        client = api(aziza)
        response = client.post(SUBSCRIBE, {"plan": "basic"}, format="json")
        assert response.status_code == 201
        assert response.content == client.get(ME).content
        answer = response.json()
        assert (answer["plan"], answer["status"]) == (BASIC, "pending")
        [event] = changes(published)
        assert (event.event, event.to, event.data) == (
            "subscription.changed",
            (aziza.pk,),
            answer,
        )
        assert msgspec.convert(event.data, type=BillingMe, strict=True) == answer
        line = SubscriptionChange.objects.get()
        assert (line.kind, line.by, line.to_status) == ("asked", aziza, "pending")

    def test_refuses_what_waits_and_what_is_on(self, api, aziza, desk):
        client = api(aziza)
        desk.give(aziza, "pro", at=timezone.now())
        body = {"plan": "pro"}
        on = client.post(SUBSCRIBE, body, format="json")
        assert has_problem(on, 409, "already_on_plan")
        desk.ask(aziza, "basic", at=timezone.now())
        waits = client.post(SUBSCRIBE, body, format="json")
        assert has_problem(waits, 409, "subscription_pending")

    def test_knows_no_other_plan(self, api, aziza):
        refused = api(aziza).post(SUBSCRIBE, {"plan": "gold"}, format="json")
        assert has_problem(refused, 404, "not_found")

    @pytest.mark.parametrize(
        "body",
        [{}, [], {"plan": None}, {"plan": ""}, {"plan": 1}, {"plan": {}}, {"plan": "a\x00"},
         {"plan": "p" * 33}],
    )  # fmt: skip
    def test_refuses_odd_bodies(self, api, aziza, body):
        refused = api(aziza).post(SUBSCRIBE, body, format="json")
        assert has_problem(refused, 400, "invalid")
        assert not Subscription.objects.exists()

    def test_can_be_sent_again(self, api, aziza):
        client = api(aziza)
        key = {"Idempotency-Key": "once"}
        first, second = (
            client.post(SUBSCRIBE, {"plan": "pro"}, format="json", headers=key) for _ in range(2)
        )
        assert (first.status_code, second.status_code) == (201, 201)
        assert second["Idempotent-Replayed"] == "true"
        assert second.content == first.content
        other = client.post(SUBSCRIBE, {"plan": "basic"}, format="json", headers=key)
        assert has_problem(other, 422, "idempotency_mismatch")

    def test_writes_no_protected_field(self, api, aziza):
        body = {"plan": "pro", "status": "active", "starts_at": "2026-01-01T00:00:00Z",
                "ends_at": "2030-01-01T00:00:00Z", "user": 1, "activated_at": None}  # fmt: skip
        answer = api(aziza).post(SUBSCRIBE, body, format="json").json()
        assert (answer["status"], answer["ends_at"]) == ("pending", None)


class TestCancel:
    def test_answers_with_what_me_says(self, api, aziza, desk, published):
        desk.give(aziza, "pro", at=timezone.now())
        published.clear()
        client = api(aziza)
        response = client.post(CANCEL)
        assert response.status_code == 200
        assert response.content == client.get(ME).content
        assert response.json()["status"] == "cancelled"
        assert [event.data for event in changes(published)] == [response.json()]
        assert has_problem(client.post(CANCEL), 409, "nothing_to_cancel")

    def test_touches_nobody_else(self, api, aziza, charos, desk):
        desk.give(aziza, "pro", at=timezone.now())
        assert has_problem(api(charos).post(CANCEL), 409, "nothing_to_cancel")
        assert me(aziza, at=timezone.now())["status"] == "active"


class TestDoor:
    @pytest.mark.parametrize(
        ("method", "path"), [("get", ME), ("post", SUBSCRIBE), ("post", CANCEL)]
    )
    def test_is_shut_to_who_has_not_signed_in(self, anyone, method, path):
        for spelling in (path, path[:-1]):
            refused = getattr(anyone, method)(spelling, {"plan": "pro"}, format="json")
            assert has_problem(refused, 401, "not_authenticated")
            assert refused["WWW-Authenticate"]
        assert not Subscription.objects.exists()

    @pytest.mark.parametrize(
        ("method", "path"), [("post", PLANS), ("post", ME), ("get", SUBSCRIBE), ("get", CANCEL)]
    )
    def test_knows_no_other_method(self, api, aziza, method, path):
        assert has_problem(getattr(api(aziza), method)(path), 405, "method_not_allowed")


def test_scripts_may_make_a_plan_run(api, aziza):
    """By the names that operators know: `user`, `plan`, `status`."""
    Subscription.objects.create(user=aziza, plan=Plan.objects.get(code="pro"), status="active")
    answer = api(aziza).get(ME).json()
    assert (answer["plan"]["code"], answer["status"]) == ("pro", "active")
    now = timezone.now()
    assert take_slot(account_id=aziza.pk, now=now) == month_of(now)
    assert MonthlyUsage.objects.get().user == User.objects.get(pk=aziza.pk)
