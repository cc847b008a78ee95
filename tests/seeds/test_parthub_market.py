"""Billing and the B2B posts as the product's clients and its operators use them: the three steps
of the admin, then `GET` and `POST` of each path, as a page of another origin sends them."""

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.models import B2BProfile, Plan, Subscription
from tests.ledger.sign_in.staff import make_staff, signed_in
from tests.marketplace.billing.desk import sell_plans
from tests.seeds.test_parthub import FRONTEND, post

pytestmark = pytest.mark.django_db
both_spellings = pytest.mark.parametrize("slash", ["/", ""])

POST = {
    "id", "author", "kind", "title", "body", "part_number", "brand", "price", "currency", "region",
    "status", "images", "created_at", "updated_at", "expires_at",
}  # fmt: skip
FILTER = {"title": "Moy filtri", "part_number": "90915-YZZD2", "price": "45000.00"}


@pytest.fixture(autouse=True)
def _plans(db):
    sell_plans()


@pytest.fixture
def desk():
    """The operator's browser, inside the admin."""
    return Desk(signed_in(make_staff(is_superuser=True)))


class Desk:
    """The guide's three steps, each on its page of the admin."""

    def __init__(self, browser):
        self.browser = browser

    def fill(self, model, what, *args, **form):
        """Open a form, send it, and be led on: a form that is refused is shown again."""
        address = reverse(f"admin:marketplace_{model._meta.model_name}_{what}", args=args)
        assert self.browser.get(address).status_code == 200
        answer = self.browser.post(address, form)
        assert answer.status_code == 302, answer.text
        return answer.url

    def price(self, code, *, post_limit):
        """1) Billing → Plans"""
        features = '{"images_per_post": 3, "saved_searches": 1}'
        money = {"price": "99000", "currency": "UZS", "period_days": 30, "is_offered": "on"}
        form = {"name": code.title(), "post_limit": post_limit, "features": features, **money}
        self.fill(Plan, "change", Plan.objects.get(code=code).pk, **form)

    def enable(self, person):
        """2) B2B → B2B Profiles → is_enabled = true"""
        profile = B2BProfile.objects.filter(user=person).first()
        if profile:
            self.fill(B2BProfile, "change", profile.pk, is_enabled="on")
        else:
            self.fill(B2BProfile, "add", user=person.pk, is_enabled="on")

    def activate(self, person, code):
        """3) Billing → Subscriptions → status = active, whether the account asked or not"""
        asked = Subscription.objects.filter(user=person, status="pending").first()
        if asked is None:
            form = {"phone_number": person.phone_number, "plan": code, "reason": "to‘landi"}
            self.fill(Subscription, "add", **form)
            return
        chosen = {"action": "activate", "_selected_action": [asked.pk]}
        decision = self.browser.post(reverse("admin:marketplace_subscription_changelist"), chosen)
        answer = self.browser.post(decision.url, {"reason": "to‘landi"})
        assert answer.status_code == 302


class TestBilling:
    @both_spellings
    def test_shows_the_three_plans_to_everybody(self, slash):
        visitor = Client(headers={"Origin": FRONTEND})
        answer = visitor.get(f"/api/billing/plans{slash}")
        assert answer.status_code == 200
        assert answer["Access-Control-Allow-Origin"] == FRONTEND
        assert {"basic", "pro", "premium"} <= {plan["code"] for plan in answer.json()}
        for plan in answer.json():
            assert set(plan) >= {
                "code", "name", "price", "currency", "period_days", "post_limit", "features",
            }  # fmt: skip

    def test_sells_what_the_operator_wrote(self, desk):
        desk.price("pro", post_limit=7)
        (pro,) = [p for p in Client().get("/api/billing/plans/").json() if p["code"] == "pro"]
        assert (pro["price"], pro["post_limit"]) == ("99000.00", 7)

    @both_spellings
    def test_shows_ones_own_standing(self, page, desk, aziza, slash):
        seller = page(aziza)
        before = seller.get(f"/api/billing/me{slash}").json()
        assert (before["plan"], before["status"]) == (None, "none")
        desk.activate(aziza, "pro")
        standing = seller.get(f"/api/billing/me{slash}").json()
        assert set(standing) >= {"plan", "status", "starts_at", "ends_at", "next", "usage"}
        assert (standing["plan"]["code"], standing["status"]) == ("pro", "active")
        assert standing["usage"]["used"] == 0

    @both_spellings
    def test_takes_a_wish_that_the_operator_activates(self, page, desk, aziza, slash):
        seller = page(aziza)
        asked = post(seller, f"/api/billing/subscribe{slash}", {"plan": "basic"})
        assert (asked.status_code, asked.json()["status"]) == (201, "pending")
        desk.activate(aziza, "basic")
        assert seller.get("/api/auth/me").json()["plan"] == "basic"
        ended = post(seller, f"/api/billing/cancel{slash}", {})
        assert (ended.status_code, ended.json()["status"]) == (200, "cancelled")


class TestPosts:
    @both_spellings
    def test_are_refused_until_the_operator_did_the_three_steps(self, page, desk, aziza, slash):
        seller, path = page(aziza), f"/api/b2b/posts{slash}"

        def refused():
            answer = post(seller, path, FILTER)
            assert answer["Access-Control-Allow-Origin"] == FRONTEND
            return answer.status_code, answer.json()["code"]

        desk.price("basic", post_limit=1)
        assert refused() == (403, "b2b_not_enabled")
        desk.enable(aziza)
        assert refused() == (403, "subscription_required")
        desk.activate(aziza, "basic")
        assert post(seller, path, FILTER).status_code == 201
        assert refused() == (403, "post_limit_reached")
        assert seller.get("/api/auth/me/").json()["b2b_enabled"] is True

    def test_are_open_to_a_company_that_named_itself_first(self, page, desk, aziza):
        seller = page(aziza)
        assert seller.get("/api/b2b/profile").json()["is_enabled"] is False
        body = {"company_name": "Aziza Motors"}
        named = seller.patch("/api/b2b/profile", body, content_type="application/json")
        assert named.json()["company_name"] == "Aziza Motors"
        desk.enable(aziza)
        desk.activate(aziza, "pro")
        made = post(seller, "/api/b2b/posts/", FILTER)
        assert made.json()["author"] == {
            "id": aziza.pk,
            "company_name": "Aziza Motors",
            "is_verified": False,
        }

    @both_spellings
    def test_are_read_by_everybody_who_signed_in(self, page, desk, aziza, charos, slash):
        desk.enable(aziza)
        desk.activate(aziza, "pro")
        made = post(page(aziza), f"/api/b2b/posts{slash}", FILTER)
        assert made.status_code == 201
        visitor = page(charos)
        (shown,) = visitor.get(f"/api/b2b/posts{slash}").json()
        assert set(shown) >= POST
        assert shown == made.json()
        assert (shown["status"], shown["price"]) == ("published", "45000.00")
        assert visitor.get(f"/api/b2b/posts/{shown['id']}{slash}").json() == shown
        assert Client().get(f"/api/b2b/posts{slash}").status_code == 401

    @both_spellings
    def test_are_changed_and_deleted_by_their_owner_alone(self, page, desk, aziza, charos, slash):
        desk.enable(aziza)
        desk.activate(aziza, "pro")
        seller, visitor = page(aziza), page(charos)
        path = f"/api/b2b/posts/{post(seller, '/api/b2b/posts/', FILTER).json()['id']}{slash}"
        change = {"data": {"price": "44000.00"}, "content_type": "application/json"}
        assert visitor.patch(path, **change).json()["code"] == "not_owner"
        assert visitor.delete(path).status_code == 403
        assert seller.patch(path, **change).json()["price"] == "44000.00"
        assert seller.delete(path).status_code == 204
        assert visitor.get(path).status_code == 404
