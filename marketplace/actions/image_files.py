"""Files of pictures: written before the commit that refers to them, deleted after the one that
no longer does. What a crash leaves in between, the nightly sweep finds."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from marketplace.models import PostImage
from marketplace.models.posts import IMAGE_FOLDER, image_path
from marketplace.queries.images import every_referred_file, referred_files

logger = logging.getLogger(__name__)

# A file is on its disk some seconds before the row that refers to it can be seen.
OLD_ENOUGH = timedelta(days=1)


@contextmanager
def written(*contents: bytes) -> Iterator[list[str]]:
    """Names of new files with these contents; they are deleted again when the block fails."""
    names: list[str] = []
    try:
        for content in contents:
            names += [default_storage.save(image_path(), ContentFile(content))]
        yield names
    except BaseException:
        delete_files(names)
        raise


def remove_images(post_ids: Iterable[int]) -> None:
    """Remove all pictures of these posts, which are locked: the rows now, the files after the
    commit."""
    images = PostImage.objects.filter(post__in=list(post_ids))
    delete_after_commit(referred_files(images))
    images.delete()


def delete_after_commit(names: Iterable[str]) -> None:
    gone = list(names)
    transaction.on_commit(lambda: delete_files(gone))


def delete_files(names: Iterable[str]) -> None:
    """What cannot be deleted now is left to the sweep: the write stands all the same."""
    for name in names:
        try:
            default_storage.delete(name)
        except OSError:
            logger.exception("a file stays for the sweep: %s", name)


def sweep_files(*, now: datetime) -> int:
    """Delete files that no picture refers to and that are older than a day; how many."""
    try:
        _folders, names = default_storage.listdir(IMAGE_FOLDER)
    except FileNotFoundError:  # there never was a picture
        return 0
    # Listed first: a picture that comes meanwhile has a file that is not in the list.
    orphans = {f"{IMAGE_FOLDER}/{name}" for name in names}
    orphans -= every_referred_file()
    old = [name for name in orphans if _is_old(name, now)]
    delete_files(old)
    return len(old)


def _is_old(name: str, now: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < now - OLD_ENOUGH
    except FileNotFoundError:  # deleted since it was listed
        return False
