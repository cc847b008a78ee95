"""Many at once: slots, renewals, pictures, second thoughts."""

import pytest
from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from marketplace import contacts
from marketplace.actions.images import ImageLimitReached, add_image
from marketplace.actions.moderation import reject_duplicate, reject_post
from marketplace.actions.posts import create_post, delete_post, expire_post, renew_post
from marketplace.actions.usage import PostLimitReached
from marketplace.models import B2BPost, MonthlyUsage, PostImage
from marketplace.pictures import Picture
from tests.jobs.queue import empty
from tests.marketplace.posts.dealer import end
from tests.race import at_once, behind

pytestmark = pytest.mark.django_db(transaction=True)

DISK = {"kind": "offer", "title": "Disk"}


def attempt(call, *refusals):
    """What the call gave, or the code of one of these refusals."""
    try:
        return call()
    except refusals as refusal:
        return refusal.code


def publish(person):
    return create_post(account_id=person.pk, content=DISK, now=timezone.now())["id"]


@pytest.fixture(autouse=True)
def jobs_end_with_the_test(transactional_db):
    yield
    empty()


@pytest.fixture
def company(aziza, enable, subscribe):
    enable(aziza)
    subscribe(aziza, "basic")
    return aziza


class TestLimit:
    def test_lets_exactly_as_many_through(self, company):
        answers = at_once([lambda: attempt(lambda: publish(company), PostLimitReached)] * 25)
        assert answers.count("post_limit_reached") == 20
        assert B2BPost.objects.count() == MonthlyUsage.objects.get().used == 5

    def test_holds_while_posts_are_rejected_and_deleted(self, company, charos):
        posts = [publish(company) for _post in range(5)]
        now = timezone.now()

        def create():
            return attempt(lambda: publish(company), PostLimitReached)

        def reject(post):
            how = {"by": charos.pk, "reason": "x", "now": now}
            return lambda: attempt(lambda: reject_post(post_id=post, **how), DomainError)

        def delete(post):
            how = {"account_id": company.pk, "now": now}
            return lambda: attempt(lambda: delete_post(post_id=post, **how), DomainError)

        calls = [call for post in posts for call in (create, reject(post), delete(post), create)]
        at_once(calls)
        holding = B2BPost.objects.filter(slot_returned_at__isnull=True).count()
        assert B2BPost.objects.filter(slot_returned_at__isnull=False).count() == 5
        assert MonthlyUsage.objects.get().used == holding <= 5

    def test_gives_a_failed_write_its_slot_back(self, company):
        with transaction.atomic():
            publish(company)
            transaction.set_rollback(True)
        assert not MonthlyUsage.objects.exists()
        assert not B2BPost.objects.exists()


class TestTwins:
    def test_are_not_both_taken_down(self, company, charos, queue):
        twins, now = [publish(company), publish(company)], timezone.now()

        def reject(post):
            how = {"by": charos.pk, "now": now}
            return lambda: attempt(lambda: reject_duplicate(post_id=post, **how), DomainError)

        assert behind(reject(twins[0]), reject(twins[1])) == "not_a_duplicate"
        assert B2BPost.objects.on_show(now=now).get().pk == twins[1]


class TestPictures:
    def test_are_no_more_than_allowed(self, company, queue, media):
        post = publish(company)
        how = {"account_id": company.pk, "post_id": post, "picture": Picture(1, 1, b"x")}

        def add():
            return add_image(**how, now=timezone.now())["id"]

        answers = at_once([lambda: attempt(add, ImageLimitReached)] * 12)
        assert answers.count("image_limit_reached") == 9
        assert PostImage.objects.count() == len(list(media.rglob("*.webp"))) == 3
        places = PostImage.objects.order_by("place").values_list("place", flat=True)
        assert list(places) == [1, 2, 3]


class TestSecondThoughts:
    def test_wait_for_whoever_begins_to_write(self, company, monkeypatch):
        post, written = publish(company), []
        monkeypatch.setattr(contacts, "_checks", [lambda post_id: post_id in written])

        def begin():
            # As a foreign key to the post does.
            list(B2BPost.objects.raw(KEY_SHARE, [post]))
            written.append(post)

        behind(
            begin,
            lambda: delete_post(account_id=company.pk, post_id=post, now=timezone.now()),
        )
        assert MonthlyUsage.objects.get().used == 1


KEY_SHARE = "SELECT * FROM marketplace_b2bpost WHERE id = %s FOR KEY SHARE"


class TestClock:
    def test_does_not_end_what_was_just_renewed(self, company):
        post = publish(company)
        end(post)
        now = timezone.now()
        ended = behind(
            lambda: renew_post(account_id=company.pk, post_id=post, now=now),
            lambda: expire_post(post_id=post, now=now),
        )
        assert not ended
        assert B2BPost.objects.get().status == "published"
