"""Posts: publish, edit, close, renew, delete."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import Case, F, Value, When
from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, FieldError
from core.events import broadcast, notify
from core.jobs import enqueue
from marketplace.actions.holding import PostRejected, hold_own_post, tell_post
from marketplace.actions.image_files import remove_images
from marketplace.actions.profiles import refuse_not_enabled
from marketplace.actions.slots import return_slot_of_deleted
from marketplace.actions.usage import SubscriptionRequired, take_slot
from marketplace.models import B2BPost, PostStatus
from marketplace.queries.folded import folded
from marketplace.queries.plans import running_plan
from marketplace.queries.posts import post_data

LIFETIME = timedelta(days=30)
EDITABLE = frozenset(
    {"kind", "title", "body", "part_number", "brand", "price", "currency", "region"}
)


class PostPublished(DomainError):
    status, code = HTTPStatus.CONFLICT, "post_published"
    title = _("The post is published: there is nothing to renew.")


class StatusNotYours(DomainError):
    title = _("Of the states only “closed” is the owner's to set; renewing publishes again.")


@action
def create_post(*, account_id: int, content: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Publish a post for 30 days and take a slot of the month for it: both or neither.

    `content`: what of `EDITABLE` was given; `title` and `kind` are needed. Gives the Post.
    Raises, in this order: B2BNotEnabled, SubscriptionRequired, PostLimitReached.
    """
    refuse_not_enabled(account_id)
    period = take_slot(account_id=account_id, now=now)
    values = {name: content[name] for name in EDITABLE & content.keys()}
    post = B2BPost(
        author_id=account_id,
        **values,
        usage_period=period,
        created_at=now,
        updated_at=now,
        expires_at=now + LIFETIME,
    )
    for column, text in folded(post).items():
        setattr(post, column, text)
    post.save(force_insert=True)
    enqueue("marketplace.match_post", post_id=post.pk)
    data = tell_post(post.pk, now=now)
    broadcast("post.created", data)
    return data


@action
def edit_post(
    *, account_id: int, post_id: int, changes: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Change the text of a post, or close it by `status`. Gives the Post.

    What is changed is looked at by a moderator again. Raises NotFound, NotOwner, PostRejected,
    StatusNotYours.
    """
    post = hold_own_post(account_id=account_id, post_id=post_id, now=now)
    if post.status == PostStatus.REJECTED:
        raise PostRejected
    columns = _write_text(post, changes)
    if _closes(post, changes.get("status"), now=now):
        post.status = PostStatus.CLOSED
        columns.add("status")
    if not columns:
        return post_data(post_id, now=now)
    post.updated_at = now
    post.save(update_fields=[*columns, "updated_at"])
    return tell_post(post_id, now=now)


def _write_text(post: B2BPost, changes: Mapping[str, Any]) -> set[str]:
    """Set what differs; which columns do."""
    changed = {name for name in EDITABLE & changes.keys() if changes[name] != getattr(post, name)}
    if not changed:
        return set()
    for name in changed:
        setattr(post, name, changes[name])
    for column, text in folded(post).items():
        setattr(post, column, text)
    post.reviewed_at = post.reviewed_by = None
    return changed | {"part_folded", "brand_folded", "text_folded", "reviewed_at", "reviewed_by"}


def _closes(post: B2BPost, status: str | None, *, now: datetime) -> bool:
    """Whether `status` changes anything. Raises StatusNotYours."""
    if status is None or status in (post.status, post.status_at(now)):
        return False
    if status != PostStatus.CLOSED:
        title = str(StatusNotYours.title)
        raise StatusNotYours(errors=[FieldError("status", "invalid", title)])
    return True


@action
def renew_post(*, account_id: int, post_id: int, now: datetime) -> dict[str, Any]:
    """Publish a closed or expired post again, for 30 days from now, without a slot.

    Whoever may not post may not do this either. Raises NotFound, NotOwner, PostRejected,
    PostPublished, B2BNotEnabled, SubscriptionRequired.
    """
    post = hold_own_post(account_id=account_id, post_id=post_id, now=now)
    if post.status == PostStatus.REJECTED:
        raise PostRejected
    if post.status_at(now) == PostStatus.PUBLISHED:
        raise PostPublished
    refuse_not_enabled(account_id)
    if running_plan(account_id, now=now) is None:
        raise SubscriptionRequired
    post.status, post.updated_at, post.expires_at = PostStatus.PUBLISHED, now, now + LIFETIME
    post.save(update_fields=["status", "updated_at", "expires_at"])
    return tell_post(post_id, now=now)


@action
def delete_post(*, account_id: int, post_id: int, now: datetime) -> None:
    """Take a post back for good: its text and pictures go, talks about it keep its title.

    Within 15 minutes and before anybody wrote about it, its slot comes back.
    Raises NotFound (also when it is deleted already), NotOwner.
    """
    post = hold_own_post(account_id=account_id, post_id=post_id, now=now, alone=True)
    return_slot_of_deleted(post, now=now)
    remove_images([post.pk])
    empty_posts([post.pk], now=now)
    # The owner's other devices see it closed and empty; then it is a 404.
    tell_post(post_id, now=now)


def empty_posts(post_ids: list[int], *, now: datetime) -> None:
    """Delete posts that are locked: all of them that is kept is what talks refer to."""
    posts = B2BPost.objects.filter(pk__in=post_ids)
    posts.update(
        body="",
        part_number=None,
        brand=None,
        part_folded="",
        brand_folded="",
        text_folded="",
        status=Case(
            When(status=PostStatus.PUBLISHED, then=Value(PostStatus.CLOSED)), default=F("status")
        ),
        updated_at=now,
        deleted_at=now,
    )


@action
def expire_post(*, post_id: int, now: datetime) -> bool:
    """End a post whose time is over, and tell its owner; false when it was renewed, closed or
    deleted meanwhile."""
    over = B2BPost.objects.filter(pk=post_id, status=PostStatus.PUBLISHED, expires_at__lte=now)
    if not over.update(status=PostStatus.EXPIRED, updated_at=now):
        return False
    data = tell_post(post_id, now=now)
    notify(
        "post",
        to=[data["author"]["id"]],
        text="post_expired",
        params={"title": data["title"]},
        data={"post": post_id},
    )
    return True
