"""What becomes of posts: rejected, renewed, deleted, over."""

from datetime import datetime, timedelta

import pytest

from core.times import iso
from marketplace.models import B2BPost
from marketplace.tasks.posts import expire_posts
from tests.marketplace.posts.dealer import PADS, end, hide, used

pytestmark = pytest.mark.django_db

FULL = {
    "kind": "request",
    "title": "  Amortizator kerak ",
    "body": "Cobalt, oldingi\u2028juft",
    "part_number": "52-088 Х",
    "brand": "KYB",
    "price": "450000.5",
    "currency": "USD",
    "region": "UZ-TK",
}


class TestRejected:
    def test_can_only_be_deleted(self, dealer, picture):
        path = f"posts/{dealer.publish()['id']}/"
        hide(dealer, path, "rejected")
        for method, part, body in [
            ("patch", "", {"title": "Disk"}),
            ("put", "", PADS),
            ("patch", "", {"status": "closed"}),
            ("post", "renew/", {}),
            ("delete", "images/1/", None),
        ]:
            assert dealer.refusal(method, path + part, body) == (409, "post_rejected")
        refused = dealer.send(int(path.split("/")[1]), picture())
        assert (refused.status_code, refused.json()["code"]) == (409, "post_rejected")
        dealer.delete(path)


class TestRenewal:
    @pytest.mark.parametrize("state", ["closed", "over", "expired"])
    def test_publishes_for_thirty_days_without_a_slot(self, dealer, aziza, published, state):
        post = dealer.publish()
        hide(dealer, f"posts/{post['id']}/", "closed" if state == "closed" else "over")
        if state == "expired":
            expire_posts(0)
        published.clear()
        renewed = dealer.post(f"posts/{post['id']}/renew/", status=200)
        assert renewed["status"] == "published"
        ends = datetime.fromisoformat(renewed["updated_at"]) + timedelta(days=30)
        assert renewed["expires_at"] == iso(ends)
        assert renewed["created_at"] == post["created_at"]
        assert used(aziza) == 1
        assert [(p.event, p.data) for p in published] == [("post.changed", renewed)]

    def test_has_nothing_to_do_for_a_published_post(self, dealer):
        path = f"posts/{dealer.publish()['id']}/renew/"
        assert dealer.refusal("post", path) == (409, "post_published")

    def test_is_for_those_who_may_post(self, dealer, aziza, enable):
        path = f"posts/{dealer.publish()['id']}/"
        dealer.patch(path, {"status": "closed"})
        aziza.subscriptions.all().delete()
        assert dealer.refusal("post", path + "renew/") == (403, "subscription_required")
        enable(aziza, is_enabled=False)
        assert dealer.refusal("post", path + "renew/") == (403, "b2b_not_enabled")


class TestDeletion:
    def test_leaves_id_and_title(self, dealer, published):
        post = dealer.post("posts/", FULL)
        published.clear()
        dealer.delete(f"posts/{post['id']}/")
        kept = B2BPost.objects.get()
        assert (kept.pk, kept.title) == (post["id"], "Amortizator kerak")
        words = (kept.body, kept.part_number, kept.brand, kept.text_folded, kept.part_folded)
        assert words == ("", None, None, "", "")
        assert kept.deleted_at
        [told] = published
        assert told.event == "post.changed"
        assert (told.data["status"], told.data["body"]) == ("closed", "")

    def test_makes_every_path_a_404(self, dealer):
        path = f"posts/{dealer.publish()['id']}/"
        dealer.delete(path)
        for method, part in [
            ("get", ""), ("patch", ""), ("delete", ""), ("post", "renew/"), ("post", "images/"),
            ("delete", "images/1/"),
        ]:  # fmt: skip
            response = dealer.call(method, path + part, {} if method == "patch" else None)
            assert (response.status_code, part) == (404, part)
        assert dealer.refusal("put", path, PADS) == (404, "not_found")


class TestExpiry:
    def test_ends_what_is_over_and_tells_the_owner(self, dealer, aziza, published, notified):
        over, other = dealer.publish()["id"], dealer.publish()["id"]
        end(over)
        published.clear()
        expire_posts(0)
        assert dict(B2BPost.objects.values_list("pk", "status")) == {
            over: "expired",
            other: "published",
        }
        assert [(p.event, p.to, p.data["status"]) for p in published] == [
            ("post.changed", (aziza.pk,), "expired")
        ]
        assert [(n.kind, n.to, n.text, n.params, n.data) for n in notified] == [
            ("post", (aziza.pk,), "post_expired", {"title": "Kolodka"}, {"post": over})
        ]
        published.clear()
        expire_posts(0)
        assert published == []
