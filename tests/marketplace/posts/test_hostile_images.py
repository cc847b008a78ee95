"""What pretends to be a picture, or is more than one."""

import io
import os
import subprocess
import sys

import pytest
from PIL import Image

from tests.marketplace.posts.drawing import make_picture, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(dealer):
    return dealer.publish()["id"]


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
    "jpeg and drawing": jpeg_with(b"<svg onload=alert(1)>"),
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

    def test_is_not_seen_in_four_letters_by_chance(self, dealer, post):
        dealer.add_image(post, make_picture(comment=b"\x91<svg\xd4\x02 <SvG>\x00\xff%pdf-\x80"))

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
