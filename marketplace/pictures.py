"""Pictures that people send: checked by content and written anew, in a process of its own."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, PayloadTooLarge, Unavailable

logger = logging.getLogger(__name__)

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
FULL_SIDE, MEDIUM_SIDE, SMALL_SIDE = 2048, 960, 320
SCRIPT = Path(__file__).with_name("picture_process.py")
REFUSED = 2
SECONDS, WAIT_SECONDS = 30, 20
# Each takes memory while it runs: the others of this process wait for their turn. As many as a
# post has pictures; who comes then waits for a place as long as some small pictures take, and is
# sent away, or uploads would take every thread.
PLACES, PLACE_SECONDS = 6, 2
_turns, _places = BoundedSemaphore(1), BoundedSemaphore(PLACES)


class ImageInvalid(DomainError):
    code = "image_invalid"
    title = _("This is not a picture that can be shown.")
    detail = _("A whole JPEG, PNG or WebP file of at most 40 megapixels (JPEG) or 13 is wanted.")


@dataclass(frozen=True)
class Picture:
    """A WebP file without metadata, upright."""

    width: int
    height: int
    content: bytes


def encode_picture(upload: bytes, *, side: int = FULL_SIDE) -> Picture:
    """Read a JPEG, PNG or WebP and write it anew, at most `side` pixels wide and high.

    Its type is what its content says. Takes up to a second: not for inside a transaction.
    Raises PayloadTooLarge, ImageInvalid, Unavailable (too many at once).
    """
    if len(upload) > MAX_UPLOAD_BYTES:
        raise PayloadTooLarge(limit_bytes=MAX_UPLOAD_BYTES)
    with _held(_places, wait_seconds=PLACE_SECONDS), _held(_turns, wait_seconds=WAIT_SECONDS):
        return _read(_run(upload, side))


@contextmanager
def _held(semaphore: BoundedSemaphore, *, wait_seconds: float) -> Iterator[None]:
    if not semaphore.acquire(timeout=wait_seconds):
        raise Unavailable(retry_after=5)
    try:
        yield
    finally:
        semaphore.release()


def _run(upload: bytes, side: int) -> bytes:
    # -I: nothing of the environment or of the present folder is imported there.
    command = [sys.executable, "-I", str(SCRIPT), str(side)]
    try:
        done = subprocess.run(command, input=upload, capture_output=True, timeout=SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        # What a picture may cost is limited in its process: it is the machine that is busy.
        raise Unavailable(retry_after=5) from error
    if done.returncode == 0:
        return done.stdout
    if done.returncode != REFUSED:
        logger.warning("a picture ended its process: %d %s", done.returncode, done.stderr[-500:])
    raise ImageInvalid


def _read(answer: bytes) -> Picture:
    head, _line_break, content = answer.partition(b"\n")
    return Picture(**json.loads(head), content=content)
