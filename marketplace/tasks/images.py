"""The smaller sizes of pictures, and the nightly look for files that belong to none."""

import logging

from django.utils import timezone

from core.jobs import BACK_OFF, BackOff, app
from marketplace.actions.image_files import sweep_files
from marketplace.actions.images import keep_sizes
from marketplace.models import PostImage
from marketplace.pictures import MEDIUM_SIDE, SMALL_SIDE, ImageInvalid, encode_picture

logger = logging.getLogger(__name__)


@app.task(name="marketplace.make_sizes", retry=BackOff(never=(ImageInvalid,)))
def make_sizes(image_id: int) -> None:
    """Make the two smaller sizes of a picture, unless it is gone or has them."""
    image = PostImage.objects.filter(pk=image_id, small="").first()
    if image is None:
        return
    try:
        with image.file.open("rb") as file:
            full = file.read()
    except FileNotFoundError:  # removed meanwhile, with its row
        return
    medium = encode_picture(full, side=MEDIUM_SIDE)
    small = encode_picture(medium.content, side=SMALL_SIDE)
    keep_sizes(image_id=image_id, medium=medium, small=small, now=timezone.now())


@app.periodic(cron="10 22 * * *")  # UTC: 03:10 in Tashkent
@app.task(name="marketplace.sweep_files", queueing_lock="marketplace.sweep_files", retry=BACK_OFF)
def sweep(timestamp: int) -> None:
    """Delete files that no picture refers to: a crash left them between file and row."""
    swept = sweep_files(now=timezone.now())
    if swept:
        logger.info("files of pictures swept: %d", swept)
