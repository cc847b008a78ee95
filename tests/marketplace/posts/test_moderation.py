"""Moderation, and the slots that it and second thoughts give back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace import contacts
from marketplace.actions.moderation import (
    NotADuplicate,
    PostRejectedAlready,
    approve_post,
    reject_duplicate,
    reject_post,
)
from marketplace.models import B2BPost, MonthlyUsage
from tests.marketplace.posts.dealer import age

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(charos):
    return {"by": charos.pk, "now": timezone.now()}


@pytest.fixture
def contacted(monkeypatch):
    """Posts that somebody has written about."""
    written: set[int] = set()
    monkeypatch.setattr(contacts, "_checks", [])
    contacts.register_contact_check(written.__contains__)
    return written


def used():
    return MonthlyUsage.objects.get().used


class TestReject:
    def test_takes_the_post_down_and_tells_its_owner(
        self, dealer, aziza, charos, moderator, published, notified
    ):
        post = dealer.publish()
        published.clear()
        reject_post(post_id=post["id"], reason="Reklama.", **moderator)
        row = B2BPost.objects.get()
        assert (row.status, row.reject_reason) == ("rejected", "Reklama.")
        assert (row.reviewed_at, row.reviewed_by) == (moderator["now"], charos)
        assert [(p.event, p.to, p.data["status"]) for p in published] == [
            ("post.changed", (aziza.pk,), "rejected")
        ]
        assert [(n.kind, n.to, n.text, n.params, n.data) for n in notified] == [
            (
                "post",
                (aziza.pk,),
                "post_rejected",
                {"title": "Kolodka", "reason": "Reklama."},
                {"post": post["id"]},
            )
        ]

    def test_gives_the_slot_back_once(self, dealer, moderator, contacted):
        post = dealer.publish()["id"]
        dealer.publish()
        contacted.add(post)
        age(post, days=3)
        reject_post(post_id=post, reason="x", **moderator)
        assert used() == 1
        with pytest.raises(PostRejectedAlready):
            reject_post(post_id=post, reason="x", **moderator)
        dealer.delete(f"posts/{post}/")
        assert used() == 1

    def test_keeps_the_slot_of_a_month_in_that_month(self, dealer, aziza, moderator):
        post = dealer.publish()["id"]
        B2BPost.objects.filter(pk=post).update(usage_period="2026-01")
        MonthlyUsage.objects.create(user=aziza, period="2026-01", used=3, limit=5)
        reject_post(post_id=post, reason="x", **moderator)
        assert MonthlyUsage.objects.get(period="2026-01").used == 2
        assert MonthlyUsage.objects.exclude(period="2026-01").get().used == 1


class TestDuplicate:
    def test_is_one_of_the_same_kind_title_and_part(self, dealer, moderator, notified):
        first = dealer.publish()["id"]
        again = dealer.publish(title="КОЛОДКА", part_number="04465 02220", body="Yana")["id"]
        reject_duplicate(post_id=again, **moderator)
        assert used() == 1
        assert B2BPost.objects.get(pk=again).reject_reason.endswith(f"#{first}.")
        assert [n.text for n in notified] == ["post_duplicate"]
        with pytest.raises(NotADuplicate):
            reject_duplicate(post_id=first, **moderator)

    @pytest.mark.parametrize(
        "other",
        [{"kind": "request"}, {"title": "Disk"}, {"part_number": "04465-02221"}],
    )
    def test_is_nothing_else(self, dealer, moderator, other):
        dealer.publish(**other)
        post = dealer.publish()["id"]
        with pytest.raises(NotADuplicate):
            reject_duplicate(post_id=post, **moderator)
        assert used() == 2

    def test_needs_a_twin_on_show_and_of_the_same_author(
        self, dealer, moderator, outsider, charos, enable, subscribe
    ):
        enable(charos)
        subscribe(charos)
        outsider.publish()
        closed = dealer.publish()["id"]
        dealer.patch(f"posts/{closed}/", {"status": "closed"})
        post = dealer.publish()["id"]
        with pytest.raises(NotADuplicate):
            reject_duplicate(post_id=post, **moderator)


class TestApprove:
    def test_ticks_a_post_off(self, dealer, moderator, charos, published):
        post = dealer.publish()["id"]
        published.clear()
        assert approve_post(post_id=post, seen_at=timezone.now(), **moderator)
        assert B2BPost.objects.get().reviewed_by == charos
        assert not approve_post(post_id=post, seen_at=timezone.now(), **moderator)
        assert published == []

    def test_leaves_what_was_changed_since_it_was_seen(self, dealer, moderator):
        post = dealer.publish()["id"]
        seen_at = timezone.now()
        dealer.patch(f"posts/{post}/", {"title": "Boshqa"})
        assert not approve_post(post_id=post, seen_at=seen_at, **moderator)
        assert B2BPost.objects.get().reviewed_at is None


class TestSecondThoughts:
    def test_give_the_slot_back_within_a_quarter_of_an_hour(self, dealer, contacted):
        kept, soon, late, wanted = (dealer.publish()["id"] for _post in range(4))
        age(soon, minutes=14, seconds=50)
        age(late, minutes=15)
        contacted.add(wanted)
        dealer.delete(f"posts/{soon}/")
        assert used() == 3
        dealer.delete(f"posts/{late}/")
        dealer.delete(f"posts/{wanted}/")
        dealer.patch(f"posts/{kept}/", {"status": "closed"})
        assert used() == 3
        returned = B2BPost.objects.filter(slot_returned_at__isnull=False)
        assert returned.values_list("pk", flat=True).get() == soon

    def test_are_counted_from_the_first_day_not_from_a_renewal(self, dealer, contacted):
        post = dealer.publish()["id"]
        age(post, days=31)
        dealer.post(f"posts/{post}/renew/", status=200)
        dealer.delete(f"posts/{post}/")
        assert used() == 1


def test_reviewed_posts_may_be_rejected_later(dealer, moderator):
    post = dealer.publish()["id"]
    approve_post(post_id=post, seen_at=timezone.now(), **moderator)
    later = moderator | {"now": moderator["now"] + timedelta(hours=1)}
    reject_post(post_id=post, reason="x", **later)
    assert B2BPost.objects.get().reviewed_at == later["now"]
