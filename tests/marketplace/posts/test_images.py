"""Pictures of posts: what is taken, what is kept, and where the files are."""

import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from PIL import Image

from marketplace.models import B2BPost, PostImage
from marketplace.pictures import encode_picture
from marketplace.views import images
from tests.marketplace.posts.drawing import (
    content_of,
    make_picture,
    read_picture,
    stored,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(dealer):
    return dealer.publish()["id"]


class TestAdd:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_writes_the_picture_anew_as_webp(self, dealer, post, media, kind):
        image = dealer.add_image(post, make_picture(kind))
        assert image == {
            "id": image["id"],
            "url": image["url"],
            "width": 60,
            "height": 40,
            "medium_url": None,
            "small_url": None,
        }
        kept = content_of(image["url"])
        assert (kept.format, kept.size) == ("WEBP", (60, 40))
        assert dealer.get(f"posts/{post}/")["images"] == [image]

    @pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "LA", "I;16"])
    def test_takes_every_kind_of_colour(self, dealer, post, mode):
        image = dealer.add_image(post, make_picture("PNG", mode=mode))
        assert content_of(image["url"]).size == (60, 40)

    def test_keeps_what_can_be_seen_through(self, dealer, post):
        out = io.BytesIO()
        Image.new("RGBA", (30, 20), (255, 0, 0, 100)).save(out, "PNG")
        image = dealer.add_image(post, out.getvalue())
        assert content_of(image["url"]).getpixel((5, 5))[3] == 100

    def test_takes_the_colours_of_printers(self, dealer, post):
        dealer.add_image(post, make_picture("JPEG", mode="CMYK"))

    def test_goes_by_content_alone(self, dealer, post):
        assert dealer.send(post, make_picture("PNG"), name="rasm.svg").status_code == 201

    def test_gives_names_that_nobody_guesses(self, dealer, post, media):
        urls = {dealer.add_image(post, make_picture())["url"] for _image in range(3)}
        assert len(urls) == 3
        assert all(len(Path(url).stem) == 32 for url in urls)
        assert len(stored(media)) == 3

    def test_is_upright_and_without_metadata(self, dealer, post):
        turned = Image.Exif()
        turned[0x0112] = 6  # the camera was held upright
        turned[0x010F] = "Secret camera"
        turned.get_ifd(0x8825)[1] = "N"
        content = make_picture(exif=turned, icc_profile=b"profile of Secret camera" * 9)
        assert b"Secret camera" in content
        image = dealer.add_image(post, content)
        assert (image["width"], image["height"]) == (40, 60)
        kept = default_storage.open(image["url"].removeprefix("/media/")).read()
        assert b"Secret" not in kept
        assert not read_picture(kept).getexif()
        red, _green, blue = read_picture(kept).convert("RGB").getpixel((20, 5))
        assert red > blue  # what was left is now above

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_makes_large_ones_smaller(self, dealer, post, kind):
        image = dealer.add_image(post, make_picture(kind, (4000, 3000)))
        assert (image["width"], image["height"]) == (2048, 1536)

    def test_tells_the_owner_and_calls_the_moderator(self, dealer, post, aziza, published):
        B2BPost.objects.update(reviewed_at=timezone.now())
        published.clear()
        image = dealer.add_image(post, make_picture())
        assert [(p.event, p.to, p.data["images"]) for p in published] == [
            ("post.changed", (aziza.pk,), [image])
        ]
        assert B2BPost.objects.get().reviewed_at is None

    def test_is_done_once_however_often_it_is_sent(self, dealer, post, media):
        content = make_picture()
        first = dealer.send(post, content, **{"Idempotency-Key": "k"})
        again = dealer.send(post, content, **{"Idempotency-Key": "k"})
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert again["Idempotent-Replayed"] == "true"
        other = dealer.send(post, make_picture("PNG"), **{"Idempotency-Key": "k"})
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
        assert len(stored(media)) == 1

    def test_is_read_once_and_outside_the_transaction_of_the_write(self, dealer, post, monkeypatch):
        depths = []

        def noting(upload):
            depths.append(len(connection.savepoint_ids))
            return encode_picture(upload)

        monkeypatch.setattr("marketplace.views.images.encode_picture", noting)
        for _time in range(2):
            answer = dealer.send(post, make_picture(), **{"Idempotency-Key": "k"})
            assert answer.status_code == 201
        assert depths == [len(connection.savepoint_ids)]

    def test_that_a_twin_adds_as_the_last_one_is_answered_alike(self, dealer, post, monkeypatch):
        for _image in range(5):
            dealer.add_image(post, make_picture())
        refuse, twins = images.refuse_image, []

        def twin_comes_first(**asked):
            if not twins:
                twins.append(None)
                twins.append(dealer.send(post, make_picture(), **{"Idempotency-Key": "k"}))
            refuse(**asked)

        monkeypatch.setattr(images, "refuse_image", twin_comes_first)
        answer = dealer.send(post, make_picture(), **{"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()) == (201, twins[1].json())
        assert answer["Idempotent-Replayed"] == "true"

    @pytest.mark.parametrize(("plan", "most"), [("basic", 3), ("pro", 6), (None, 6)])
    def test_allows_what_the_plan_allows(self, dealer, post, aziza, subscribe, plan, most):
        aziza.subscriptions.all().delete()
        if plan:
            subscribe(aziza, plan)
        for _image in range(most):
            dealer.add_image(post, make_picture())
        refused = dealer.send(post, make_picture())
        assert (refused.status_code, refused.json()["code"]) == (409, "image_limit_reached")
        assert (refused.json()["used"], refused.json()["limit"]) == (most, most)

    def test_never_takes_more_than_six(self, dealer, post, aziza):
        plan = aziza.subscriptions.get().plan
        plan.features["images_per_post"] = 100
        plan.save()
        for _image in range(6):
            dealer.add_image(post, make_picture())
        assert dealer.send(post, make_picture()).json()["limit"] == 6

    def test_leaves_no_file_behind_when_the_write_fails(self, dealer, post, media, monkeypatch):
        def broken(*_args, **_named):
            raise RuntimeError

        monkeypatch.setattr("marketplace.actions.images.enqueue", broken)
        dealer.client.raise_request_exception = False
        assert dealer.send(post, make_picture()).status_code == 500
        assert stored(media) == []
        assert not PostImage.objects.exists()
