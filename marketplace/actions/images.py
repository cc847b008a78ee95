"""Pictures of a post: added, removed, made in smaller sizes."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, NotFound
from core.jobs import enqueue
from marketplace.actions.holding import PostRejected, find_own_post, hold_own_post, tell_post
from marketplace.actions.image_files import delete_after_commit, written
from marketplace.models import B2BPost, PostImage, PostStatus
from marketplace.pictures import Picture
from marketplace.queries.images import image_data, referred_files
from marketplace.queries.plans import features_of

MOST_IMAGES = 6


class ImageLimitReached(DomainError):
    status, code = HTTPStatus.CONFLICT, "image_limit_reached"
    title = _("The post has as many pictures as your plan allows.")
    detail = _("{used} of {limit} pictures are there.")


def refuse_image(*, account_id: int, post_id: int, now: datetime) -> None:
    """Before the work of reading a picture: raises what `add_image` would raise."""
    post = find_own_post(account_id=account_id, post_id=post_id, now=now)
    _refuse_more(post, now=now)


@action
def add_image(*, account_id: int, post_id: int, picture: Picture, now: datetime) -> dict[str, Any]:
    """Add a picture at the end of a post's; the worker makes the smaller sizes. Gives the image.

    Raises NotFound, NotOwner, PostRejected, ImageLimitReached.
    """
    post = hold_own_post(account_id=account_id, post_id=post_id, now=now)
    _refuse_more(post, now=now)
    last = post.images.aggregate(last=Max("place"))["last"] or 0
    with written(picture.content) as [file]:
        image = PostImage.objects.create(
            post=post,
            file=file,
            width=picture.width,
            height=picture.height,
            place=last + 1,
            created_at=now,
        )
        enqueue("marketplace.make_sizes", image_id=image.pk)
        _touch(post, now=now)
        return image_data(image.pk)


@action
def remove_image(*, account_id: int, post_id: int, image_id: int, now: datetime) -> None:
    """Raises NotFound, NotOwner, PostRejected."""
    post = hold_own_post(account_id=account_id, post_id=post_id, now=now)
    if post.status == PostStatus.REJECTED:
        raise PostRejected
    image = post.images.filter(pk=image_id)
    delete_after_commit(referred_files(image))
    if not image.delete()[0]:
        raise NotFound
    _touch(post, now=now)


def _refuse_more(post: B2BPost, *, now: datetime) -> None:
    if post.status == PostStatus.REJECTED:
        raise PostRejected
    limit = min(features_of(post.author_id, now=now).images_per_post, MOST_IMAGES)
    used = post.images.count()
    if used >= limit:
        raise ImageLimitReached(used=used, limit=limit)


def _touch(post: B2BPost, *, now: datetime) -> None:
    """A moderator looks at it again."""
    post.updated_at, post.reviewed_at, post.reviewed_by = now, None, None
    post.save(update_fields=["updated_at", "reviewed_at", "reviewed_by"])
    tell_post(post.pk, now=now)


@action
def keep_sizes(*, image_id: int, medium: Picture, small: Picture, now: datetime) -> bool:
    """Write the smaller sizes of a picture; false when it is gone or has them already."""
    post_id = PostImage.objects.filter(pk=image_id).values_list("post", flat=True).first()
    if post_id is None:
        return False
    # The post first, as everybody who changes its pictures does.
    list(B2BPost.objects.select_for_update(no_key=True).filter(pk=post_id))
    waiting = PostImage.objects.filter(pk=image_id, small="")
    if not waiting.exists():
        return False
    with written(medium.content, small.content) as [medium_file, small_file]:
        waiting.update(medium=medium_file, small=small_file)
        tell_post(post_id, now=now)
    return True
