"""Reads a picture on stdin and writes it as WebP on stdout: `picture_process.py <side>`.

A process of its own, since what it reads is hostile: a decoder that is talked into taking all
memory or time, or that crashes, takes nobody else along. Knows nothing of the project.

The answer is one line of JSON (`width`, `height`), then the file. Ends with 2 for what is no
picture that we take.
"""

import io
import json
import re
import resource
import struct
import sys

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

REFUSED = 2
# Told by the header, before anything is decoded. A JPEG is decoded at a fraction of its size.
MAX_PIXELS = {"JPEG": 40_000_000, "MPO": 40_000_000, "PNG": 13_000_000, "WEBP": 13_000_000}
MAX_DECODED_PIXELS = 13_000_000
QUALITY = 80
MEMORY_BYTES = 640 * 1024 * 1024  # of addresses; a third of it is Python and the codecs
CPU_SECONDS = 20

# What makes a picture a page, a script or a document to whoever takes it for one. With some text
# after it: four letters alone stand in one of a hundred photos, by chance.
OTHER_FORMATS = re.compile(
    rb"<(?:script|html|svg|\?php|!doctype|iframe|body)[\s>/:][\t\n\r -~]{6}|%PDF-\d", re.IGNORECASE
)
ZIP_END, ZIP_END_WITHIN = b"PK\x05\x06", 65_557


class Refused(Exception):
    """Not a picture that we take."""


# What Pillow raises for files that are broken, truncated, or too large when unpacked.
UNREADABLE = (
    Refused,
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    struct.error,
    MemoryError,
)


def main() -> None:
    limit_itself()
    try:
        width, height, encoded = encode(sys.stdin.buffer.read(), side=int(sys.argv[1]))
    except UNREADABLE:
        sys.exit(REFUSED)
    sys.stdout.buffer.write(json.dumps({"width": width, "height": height}).encode() + b"\n")
    sys.stdout.buffer.write(encoded)


def limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    # macOS, where people develop, knows this limit and refuses to set it.
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def encode(upload: bytes, *, side: int) -> tuple[int, int, bytes]:
    """Width, height and the bytes of the picture as WebP, upright, without metadata, at most
    `side` pixels wide and high. Raises one of `UNREADABLE`."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())
    refuse_two_faced(upload)
    image = open_picture(upload)
    shrink_while_decoding(image, side)
    picture = ImageOps.exif_transpose(plain(image, side))
    picture.info.clear()  # the writer would copy the colour profile and the camera's notes
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=4)
    return picture.width, picture.height, out.getvalue()


def refuse_two_faced(upload: bytes) -> None:
    """A file that is a picture and something else too. Raises Refused."""
    if OTHER_FORMATS.search(upload) or ZIP_END in upload[-ZIP_END_WITHIN:]:
        raise Refused
    # After the end of a JPEG cameras put films and depth maps; of the others, only mischief.
    if upload.startswith(b"\x89PNG") and not upload.endswith(b"IEND\xaeB`\x82"):
        raise Refused
    if upload.startswith(b"RIFF"):
        (announced,) = struct.unpack_from("<I", upload, 4)
        if len(upload) not in (announced + 8, announced + 9):
            raise Refused


def open_picture(upload: bytes) -> Image.Image:
    """Read the header, and refuse by it. Raises Refused and what Pillow raises."""
    image = Image.open(io.BytesIO(upload), formats=["JPEG", "PNG", "WEBP"])
    if image.width * image.height > MAX_PIXELS.get(image.format or "", 0):
        raise Refused
    return image


def shrink_while_decoding(image: Image.Image, side: int) -> None:
    """Have a JPEG decoded at 1/2, 1/4 or 1/8 where that is still large enough. No effect on
    other formats."""
    longest, pixels = max(image.size), image.width * image.height
    scale = next((scale for scale in (8, 4, 2) if longest >= scale * side), 1)
    while pixels > MAX_DECODED_PIXELS * scale * scale:
        scale *= 2
    image.draft("RGB", (image.width // scale, image.height // scale))


def plain(image: Image.Image, side: int) -> Image.Image:
    """Decoded, no larger than `side`, in one of the two modes that WebP has."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode in ("P", "1", "LA", "PA"):
        image = image.convert(mode)  # first: colours of a palette can't be mixed
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image if image.mode == mode else image.convert(mode)


if __name__ == "__main__":
    main()
