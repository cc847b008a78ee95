"""Pictures of posts: what is taken, what is kept, and where the files are."""

import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from marketplace.actions import image_files
from marketplace.actions.image_files import sweep_files
from marketplace.models import B2BPost, PostImage
from marketplace.tasks.images import make_sizes, sweep
from tests.jobs.queue import jobs, work_until_idle
from tests.marketplace.posts.drawing import make_picture, read_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(dealer):
    return dealer.publish()["id"]


def stored(media):
    return sorted(path.name for path in media.rglob("*.webp"))


def content_of(url):
    return read_picture(default_storage.open(url.removeprefix("/media/")).read())


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

    @pytest.mark.parametrize(("plan", "most"), [("basic", 3), ("pro", 6), (None, 1)])
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


def jpeg_with(extra):
    return make_picture() + extra


HUGE = 20_000


def flood(kind):
    """A header that announces 400 megapixels, with nothing behind it."""
    content = bytearray(make_picture(kind))
    if kind == "PNG":
        content[16:24] = HUGE.to_bytes(4) + HUGE.to_bytes(4)
    else:
        frame = content.index(b"\xff\xc0")
        content[frame + 5 : frame + 9] = HUGE.to_bytes(2) + HUGE.to_bytes(2)
    return bytes(content)


def whole_flood():
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    return out.getvalue()


HOSTILE = {
    "nothing": b"",
    "text": b"salom",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "gif": make_picture("GIF"),
    "tiff": make_picture("TIFF"),
    "bmp": make_picture("BMP"),
    "truncated jpeg": make_picture(size=(600, 400))[:-900],
    "truncated png": make_picture("PNG", size=(600, 400))[:-30],
    "truncated webp": make_picture("WEBP", size=(600, 400))[:-30],
    "header alone": make_picture("PNG")[:33],
    "jpeg and page": jpeg_with(b"<html><script>alert(1)</script>"),
    "jpeg and php": jpeg_with(b"<?PHP system($_GET[0]); ?>"),
    "jpeg and zip": jpeg_with(b"PK\x03\x04" + b"\0" * 60 + b"PK\x05\x06" + b"\0" * 18),
    "jpeg and pdf": jpeg_with(b"%PDF-1.7"),
    "page in a comment": make_picture(comment=b"<script>alert(1)</script>"),
    "png and more": make_picture("PNG") + b"x",
    "webp and more": make_picture("WEBP") + b"xxxx",
    "gif that is a script": b"GIF89a/*" + b"\0" * 20 + b"*/=alert(1)",
    "png flood": flood("PNG"),
    "jpeg flood": flood("JPEG"),
    "whole flood": whole_flood(),
}


class TestHostile:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_is_refused(self, dealer, post, media, name):
        refused = dealer.send(post, HOSTILE[name])
        assert (refused.status_code, refused.json()["code"]) == (400, "image_invalid")
        assert stored(media) == []

    def test_is_refused_above_five_mebibytes(self, dealer, post):
        large = dealer.send(post, make_picture() + b"\0" * 5 * 1024 * 1024)
        larger = dealer.send(post, b"\0" * 6 * 1024 * 1024)
        for refused in (large, larger):
            assert (refused.status_code, refused.json()["code"]) == (413, "payload_too_large")

    @pytest.mark.parametrize("body", [{}, {"image": "text"}, {"file": "x"}])
    def test_needs_a_file_of_that_name(self, dealer, post, body):
        path = f"/api/b2b/posts/{post}/images/"
        refused = dealer.client.post(path, body, format="multipart")
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid")

    def test_no_other_path_takes_files(self, dealer, post):
        assert dealer.refusal("post", f"posts/{post}/images/", {"image": "x"})[0] == 415
        for method, path in [
            ("post", "posts/"),
            ("patch", f"posts/{post}/"),
            ("patch", "profile/"),
        ]:
            form = {"title": "x"}
            refused = getattr(dealer.client, method)(f"/api/b2b/{path}", form, format="multipart")
            assert refused.status_code == 415

    def test_takes_no_memory_of_the_server(self, tmp_path):
        """Measured where nothing else runs: the peak of a process that encodes them all."""
        for name in ("png flood", "jpeg flood", "whole flood", "svg", "jpeg and page"):
            (tmp_path / name.replace(" ", "-")).write_bytes(HOSTILE[name])
        large = make_picture("JPEG", (7300, 5400))
        (tmp_path / "large").write_bytes(large)
        (tmp_path / "large.png").write_bytes(make_picture("PNG", (4000, 3000)))
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(tmp_path)],
            env=os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        refused, grown_kib = map(int, done.stdout.split())
        assert refused == 5
        assert grown_kib < 50 * 1024


MEASURE = """
import os, resource, sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django

django.setup()
from marketplace.pictures import ImageInvalid, encode_picture

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
refused = 0
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        encode_picture(path.read_bytes())
    except ImageInvalid:
        refused += 1
print(refused, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


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
