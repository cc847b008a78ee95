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
from marketplace.tasks.posts import expire_posts
from realtime import shapes
from tests.marketplace.posts.dealer import PADS, Dealer, end

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


def used(person):
    return sum(MonthlyUsage.objects.filter(user=person).values_list("used", flat=True))


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


def hide(dealer, path, state):
    post_id = int(path.split("/")[1])
    if state == "closed":
        dealer.patch(path, {"status": "closed"})
    elif state == "over":
        end(post_id)
    elif state == "deleted":
        dealer.delete(path)
    else:
        posts = B2BPost.objects.filter(pk=post_id)
        posts.update(status="rejected", reject_reason="Reklama")


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
