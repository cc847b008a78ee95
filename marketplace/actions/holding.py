"""A post of one's own, locked; and who is told when it changed."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotFound
from core.events import publish
from marketplace.models import B2BPost
from marketplace.queries.posts import post_data


class NotOwner(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "not_owner"
    title = _("This post is another company's.")


class PostRejected(DomainError):
    status, code = HTTPStatus.CONFLICT, "post_rejected"
    title = _("A moderator rejected this post: it can only be deleted.")


def find_own_post(*, account_id: int, post_id: int, now: datetime) -> B2BPost:
    """A post that the account may change, not locked. Raises NotFound; NotOwner for a post of
    another that everybody sees."""
    post = B2BPost.objects.visible_to(account_id, now=now).filter(pk=post_id).first()
    if post is None:
        raise NotFound
    if post.author_id != account_id:
        raise NotOwner
    return post


def hold_own_post(*, account_id: int, post_id: int, now: datetime, alone: bool = False) -> B2BPost:
    """Likewise, locked until the transaction ends; `alone`: nobody begins to refer to it
    meanwhile. Others' posts are never locked."""
    find_own_post(account_id=account_id, post_id=post_id, now=now)
    own = B2BPost.objects.of(account_id).select_for_update(no_key=not alone)
    post = own.filter(pk=post_id).first()
    if post is None:
        raise NotFound
    return post


def tell_post(post_id: int, *, now: datetime) -> dict[str, Any]:
    """Tell the owner's devices, and whom other apps add, how the post is now. Gives the Post."""
    data = post_data(post_id, now=now)
    publish("post.changed", to=[data["author"]["id"]], data=data)
    return data
