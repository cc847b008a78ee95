"""Files of pictures: smaller ones, and when which is deleted."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from core.urls import media_urls
from marketplace.actions import image_files
from marketplace.actions.image_files import sweep_files
from marketplace.models import PostImage
from marketplace.tasks.images import make_sizes, sweep
from tests.jobs.queue import jobs, work_until_idle
from tests.marketplace.posts.drawing import content_of, make_picture, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(dealer):
    return dealer.publish()["id"]


class TestRemove:
    def test_takes_row_and_file_away(
        self, dealer, post, media, published, django_capture_on_commit_callbacks
    ):
        first, second = (dealer.add_image(post, make_picture())["id"] for _image in range(2))
        published.clear()
        with django_capture_on_commit_callbacks(execute=True):
            dealer.delete(f"posts/{post}/images/{first}/")
        assert [image["id"] for image in dealer.get(f"posts/{post}/")["images"]] == [second]
        assert len(stored(media)) == 1
        assert [len(p.data["images"]) for p in published] == [1]
        assert dealer.refusal("delete", f"posts/{post}/images/{first}/") == (404, "not_found")

    def test_knows_only_the_posts_own(self, dealer, post):
        other = dealer.publish()["id"]
        image = dealer.add_image(other, make_picture())["id"]
        assert dealer.refusal("delete", f"posts/{post}/images/{image}/") == (404, "not_found")
        assert PostImage.objects.count() == 1

    def test_leaves_the_file_to_a_write_that_is_taken_back(
        self, dealer, post, media, django_capture_on_commit_callbacks
    ):
        image = dealer.add_image(post, make_picture())["id"]
        with django_capture_on_commit_callbacks(execute=False):
            dealer.delete(f"posts/{post}/images/{image}/")
        assert len(stored(media)) == 1

    def test_goes_with_the_post(self, dealer, post, media, django_capture_on_commit_callbacks):
        image = dealer.add_image(post, make_picture())["id"]
        make_sizes(image)
        assert len(stored(media)) == 3
        with django_capture_on_commit_callbacks(execute=True):
            dealer.delete(f"posts/{post}/")
        assert stored(media) == []
        assert not PostImage.objects.exists()


class TestSmallerSizes:
    def test_are_made_by_the_worker(self, dealer, post, aziza, published):
        image = dealer.add_image(post, make_picture(size=(1200, 800)))
        assert jobs("args->>'image_id'", of="marketplace.make_sizes")[-1] == str(image["id"])
        published.clear()
        make_sizes(image["id"])
        [made] = dealer.get(f"posts/{post}/")["images"]
        assert content_of(made["medium_url"]).size == (960, 640)
        assert content_of(made["small_url"]).size == (320, 213)
        assert [(p.event, p.to, p.data["images"]) for p in published] == [
            ("post.changed", (aziza.pk,), [made])
        ]

    def test_are_made_once(self, dealer, post, media, published):
        image = dealer.add_image(post, make_picture())["id"]
        make_sizes(image)
        files = stored(media)
        published.clear()
        make_sizes(image)
        assert stored(media) == files
        assert published == []

    def test_are_not_made_for_what_is_gone(self, dealer, post, media):
        image = dealer.add_image(post, make_picture())["id"]
        dealer.delete(f"posts/{post}/images/{image}/")
        make_sizes(image)
        assert not PostImage.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_are_there_when_the_queue_is_empty(self, queue, dealer, post):
        dealer.add_image(post, make_picture())
        work_until_idle()
        [image] = dealer.get(f"posts/{post}/")["images"]
        assert image["small_url"]


class TestAddress:
    def test_is_served_in_development_and_there_alone(self, dealer, post, settings, rf):
        url = dealer.add_image(post, make_picture())["url"]
        settings.DEBUG = False
        assert media_urls() == []
        settings.DEBUG = True
        [served] = media_urls()
        found = served.resolve(url.removeprefix("/"))
        answer = found.func(rf.get(url), **found.kwargs)
        assert answer["Content-Type"] == "image/webp"
        assert b"WEBP" in answer.getvalue()[:16]


class TestSweep:
    def test_deletes_old_files_that_no_picture_has(self, dealer, post, media, monkeypatch):
        image = dealer.add_image(post, make_picture())["id"]
        make_sizes(image)
        kept = stored(media)
        default_storage.save("posts/orphan.webp", ContentFile(b"x"))
        now = timezone.now()
        assert sweep_files(now=now) == 0  # perhaps its row is about to come
        monkeypatch.setattr(image_files, "OLD_ENOUGH", timedelta(0))
        assert sweep_files(now=now + timedelta(minutes=1)) == 1
        assert stored(media) == kept

    def test_has_nothing_to_do_where_there_never_was_a_picture(self, media):
        sweep(0)
