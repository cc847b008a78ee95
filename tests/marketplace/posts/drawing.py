"""Pictures drawn by code."""

import io

from django.core.files.storage import default_storage
from PIL import Image


def make_picture(kind="JPEG", size=(60, 40), mode="RGB", **how):
    """The bytes of a picture: its left half red, the rest blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **how)
    return out.getvalue()


def read_picture(content):
    return Image.open(io.BytesIO(content))


def content_of(url):
    """The picture that stands at this address."""
    return read_picture(default_storage.open(url.removeprefix("/media/")).read())


def stored(media):
    """Names of the files that are kept."""
    return sorted(path.name for path in media.rglob("*.webp"))
