"""Posts over the API: what they answer, who may, and what each state allows."""

from datetime import datetime, timedelta

import msgspec
import pytest
from rest_framework.renderers import JSONRenderer

from core import events
from core.times import iso
from marketplace.models import B2BPost, MonthlyUsage
from marketplace.queries.posts import posts_json
from marketplace.serializers.posts import PostSerializer
from realtime import shapes
from tests.marketplace.posts.dealer import PADS, hide, used

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


class TestPublish:
    def test_answers_the_post(self, dealer, aziza, enable):
        enable(aziza, is_verified=True)
        post = dealer.post("posts/", FULL)
        created_at = post["created_at"]
        month = datetime.fromisoformat(created_at) + timedelta(days=30)
        assert post == {
            "id": post["id"],
            "author": {"id": aziza.pk, "company_name": "Aziza Motors", "is_verified": True},
            "kind": "request",
            "title": "Amortizator kerak",
            "body": "Cobalt, oldingi\u2028juft",
            "part_number": "52-088 Х",
            "brand": "KYB",
            "price": "450000.50",
            "currency": "USD",
            "region": "UZ-TK",
            "status": "published",
            "images": [],
            "created_at": created_at,
            "updated_at": created_at,
            "expires_at": iso(month),
        }
        assert dealer.get(f"posts/{post['id']}/") == post

    def test_needs_a_title_only(self, dealer):
        post = dealer.post("posts/", {"title": "Kolodka", "part_number": " ", "brand": ""})
        assert (post["kind"], post["body"], post["currency"]) == ("offer", "", "UZS")
        assert [post[name] for name in ("part_number", "brand", "price", "region")] == [None] * 4

    def test_folds_what_is_searched(self, dealer):
        post = B2BPost.objects.get(pk=dealer.post("posts/", FULL)["id"])
        assert post.part_folded == "52088X"
        assert post.brand_folded == "kyb"
        assert post.text_folded == "amortizator kerak cobalt, oldingi juft kyb"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("kind", "gift"),
            ("kind", None),
            ("title", " "),
            ("title", None),
            ("title", "a" * 201),
            ("title", "a\x00"),
            ("title", 5),
            ("body", "a" * 4001),
            ("body", None),
            ("part_number", "1" * 65),
            ("brand", "a" * 101),
            ("price", "0.00"),
            ("price", "1.001"),
            ("price", "1e3"),
            ("price", True),
            ("price", "1" * 13),
            ("currency", "EUR"),
            ("currency", None),
            ("region", "Toshkent"),
            ("region", 5),
        ],
    )
    def test_refuses_what_does_not_fit(self, dealer, field, value):
        response = dealer.call("post", "posts/", {**PADS, field: value})
        assert response.status_code == 400
        assert [error["field"] for error in response.json()["errors"]] == [field]
        assert not B2BPost.objects.exists()
        assert not MonthlyUsage.objects.exists()

    def test_takes_letters_that_unfold_into_many(self, dealer):
        post = dealer.publish(title="ﷺ" * 200, body="ﷺ" * 4000, brand="ﷺ" * 100)
        assert len(B2BPost.objects.get(pk=post["id"]).text_folded) == 10_000

    def test_is_done_once_however_often_it_is_sent(self, dealer, aziza):
        first = dealer.post("posts/", PADS, **{"Idempotency-Key": "k1"})
        again = dealer.post("posts/", PADS, **{"Idempotency-Key": "k1"})
        assert again == first
        assert used(aziza) == 1

    def test_tells_the_watchers(self, dealer, settings):
        _watched.clear()
        settings.FEED_BACKEND = f"{__name__}.keep_watched"
        post = dealer.publish()
        assert _watched == [("post.created", post)]
        assert msgspec.convert(post, type=shapes.Post) == post


_watched: list[tuple[str, dict]] = []


def keep_watched(event, data):
    _watched.append((event, data))


class TestReading:
    def test_shows_published_posts_to_everybody(self, dealer, outsider):
        post = dealer.publish()
        assert outsider.get(f"posts/{post['id']}/") == post

    @pytest.mark.parametrize("state", ["closed", "over", "deleted", "rejected"])
    def test_shows_others_to_their_owner_only(self, dealer, outsider, state):
        path = f"posts/{dealer.publish()['id']}/"
        hide(dealer, path, state)
        assert outsider.refusal("get", path) == (404, "not_found")
        if state == "deleted":
            assert dealer.refusal("get", path) == (404, "not_found")
        else:
            shown = {"over": "expired"}.get(state, state)
            assert dealer.get(path)["status"] == shown

    def test_is_byte_for_byte_what_the_serializer_writes(self, dealer, picture):
        first, second = dealer.post("posts/", FULL)["id"], dealer.publish(body='"</\\ \x7f')["id"]
        for _image in range(2):
            dealer.add_image(first, picture())
        now = B2BPost.objects.get(pk=first).created_at
        posts = B2BPost.objects.order_by("pk")
        assert posts_json([second, first], now=now) == [
            JSONRenderer().render(PostSerializer(post).data) for post in posts
        ]


class TestChanging:
    def test_changes_what_is_sent(self, dealer, published):
        post = dealer.publish(body="Yangi")
        published.clear()
        changed = dealer.patch(f"posts/{post['id']}/", {"title": "Disk", "price": "5.00"})
        assert changed == {
            **post, "title": "Disk", "price": "5.00", "updated_at": changed["updated_at"]
        }  # fmt: skip
        assert changed["updated_at"] > post["updated_at"]
        assert published == [events.Published("post.changed", (post["author"]["id"],), changed)]
        assert B2BPost.objects.get(pk=post["id"]).text_folded == "disk yangi"

    def test_tells_nobody_of_nothing(self, dealer, published):
        post = dealer.publish()
        published.clear()
        same = {**post, "status": "published"}
        assert dealer.patch(f"posts/{post['id']}/", {}) == post
        assert dealer.put(f"posts/{post['id']}/", same) == post
        assert published == []

    def test_put_leaves_what_it_does_not_name(self, dealer):
        post = dealer.post("posts/", FULL)
        changed = dealer.put(f"posts/{post['id']}/", {"title": "Disk"})
        assert {**changed, "updated_at": ""} == {**post, "title": "Disk", "updated_at": ""}
        assert dealer.refusal("put", f"posts/{post['id']}/", {}) == (400, "invalid")

    def test_brings_it_before_a_moderator_again(self, dealer, aziza):
        post = dealer.publish()
        seen = {"reviewed_at": post["created_at"], "reviewed_by": aziza}
        B2BPost.objects.update(**seen)
        dealer.patch(f"posts/{post['id']}/", {"title": post["title"], "status": "closed"})
        assert B2BPost.objects.get().reviewed_at
        dealer.patch(f"posts/{post['id']}/", {"title": "Disk"})
        assert B2BPost.objects.get().reviewed_at is None

    @pytest.mark.parametrize("status", ["expired", "rejected", "open", None])
    def test_sets_no_other_status_than_closed(self, dealer, status):
        path = f"posts/{dealer.publish()['id']}/"
        assert dealer.refusal("patch", path, {"status": status}) == (400, "invalid")
        dealer.patch(path, {"status": "closed"})
        assert dealer.refusal("patch", path, {"status": "published"}) == (400, "invalid")
        assert dealer.get(path)["status"] == "closed"

    def test_leaves_protected_columns_alone(self, dealer, aziza, charos):
        post = dealer.publish()
        before = B2BPost.objects.values().get()
        protected = {
            "id": 5,
            "author": charos.pk,
            "author_id": charos.pk,
            "reject_reason": "x",
            "part_folded": "x",
            "brand_folded": "x",
            "text_folded": "x",
            "usage_period": "2020-01",
            "slot_returned_at": post["created_at"],
            "reviewed_at": post["created_at"],
            "reviewed_by": aziza.pk,
            "created_at": "2020-01-01T00:00:00Z",
            "updated_at": "2020-01-01T00:00:00Z",
            "expires_at": "2030-01-01T00:00:00Z",
            "deleted_at": post["created_at"],
            "images": [{"id": 1}],
        }
        columns = {field.name for field in B2BPost._meta.concrete_fields}
        assert columns <= protected.keys() | FULL.keys() | {"status"}
        dealer.patch(f"posts/{post['id']}/", protected)
        dealer.put(f"posts/{post['id']}/", {**PADS, **protected})
        assert B2BPost.objects.values().get() == before
        other = dealer.publish(**protected, status="closed")
        assert (other["status"], other["author"]["id"]) == ("published", aziza.pk)
        assert other["created_at"] > post["created_at"]
        assert B2BPost.objects.get(pk=other["id"]).reviewed_at is None
