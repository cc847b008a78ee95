"""Who may do what with whose posts: nobody, strangers, staff, owners with and without a plan."""

import pytest

from marketplace.models import B2BPost
from tests.marketplace.posts.dealer import PADS, Dealer, hide

pytestmark = pytest.mark.django_db


class TestWhoMayPublish:
    def test_an_account_that_is_not_enabled_may_not(self, outsider, charos, subscribe):
        assert outsider.refusal("post", "posts/", PADS) == (403, "b2b_not_enabled")
        assert outsider.refusal("post", "posts/", {}) == (403, "b2b_not_enabled")
        subscribe(charos)
        assert outsider.refusal("post", "posts/", PADS) == (403, "b2b_not_enabled")

    def test_an_enabled_account_needs_a_plan(self, outsider, charos, enable, subscribe):
        enable(charos)
        assert outsider.refusal("post", "posts/", PADS) == (403, "subscription_required")
        subscribe(charos)
        outsider.post("posts/", PADS)

    def test_a_plan_allows_so_many_a_month(self, outsider, charos, enable, subscribe):
        enable(charos)
        subscribe(charos, "basic")
        for _post in range(5):
            outsider.publish()
        response = outsider.call("post", "posts/", PADS)
        assert (response.status_code, response.json()["code"]) == (403, "post_limit_reached")
        assert (response.json()["used"], response.json()["limit"]) == (5, 5)
        assert response.json()["resets_at"]
        assert B2BPost.objects.count() == 5


CHANGES = [
    ("patch", "", {"title": "x"}),
    ("put", "", {"title": "x"}),
    ("delete", "", None),
    ("post", "renew/", {}),
    ("post", "images/", None),
    ("delete", "images/1/", None),
]


class TestStrangers:
    @pytest.mark.parametrize(("method", "part", "body"), CHANGES)
    def test_change_nothing_of_a_published_post(self, dealer, outsider, method, part, body):
        path = f"posts/{dealer.publish()['id']}/"
        before = B2BPost.objects.values().get()
        assert outsider.refusal(method, path + part, body) == (403, "not_owner")
        assert B2BPost.objects.values().get() == before

    @pytest.mark.parametrize(("method", "part", "body"), CHANGES)
    @pytest.mark.parametrize("state", ["closed", "over", "deleted", "rejected"])
    def test_do_not_learn_of_others(self, dealer, outsider, method, part, body, state):
        path = f"posts/{dealer.publish()['id']}/"
        hide(dealer, path, state)
        absent = outsider.call(method, "posts/999999999/" + part, body)
        hidden = outsider.call(method, path + part, body)
        assert hidden.status_code == absent.status_code == 404
        assert {**hidden.json(), "request_id": ""} == {**absent.json(), "request_id": ""}

    @pytest.mark.parametrize(("method", "part", "body"), CHANGES)
    def test_are_strangers_as_staff_too(self, dealer, api, charos, method, part, body):
        charos.is_staff = charos.is_superuser = True
        charos.save()
        path = f"posts/{dealer.publish()['id']}/"
        assert Dealer(api(charos)).refusal(method, path + part, body) == (403, "not_owner")

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("get", "profile/"),
            ("patch", "profile/"),
            ("get", "regions/"),
            ("post", "posts/"),
            ("get", "posts/1/"),
            *[(method, f"posts/1/{part}") for method, part, _body in CHANGES],
        ],
    )
    def test_sign_in_first(self, anyone, method, path):
        assert Dealer(anyone).refusal(method, path) == (401, "not_authenticated")


class TestOwnersWithoutPlan:
    """The refusals of creating are creating's (and renewing's): one's own stays one's own."""

    def test_still_change_and_delete(self, dealer, aziza, enable, picture):
        post = dealer.publish()
        aziza.subscriptions.all().delete()
        enable(aziza, is_enabled=False)
        assert dealer.patch(f"posts/{post['id']}/", {"title": "Disk"})["title"] == "Disk"
        image = dealer.add_image(post["id"], picture())
        dealer.delete(f"posts/{post['id']}/images/{image['id']}/")
        dealer.patch(f"posts/{post['id']}/", {"status": "closed"})
        dealer.delete(f"posts/{post['id']}/")
