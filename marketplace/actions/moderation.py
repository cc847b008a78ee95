"""What moderators decide about posts. They are on show from the first moment: a moderator takes
down what must not stand, and ticks off what may."""

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, NotFound
from core.events import notify
from core.folding import fold_name
from marketplace.actions.holding import tell_post
from marketplace.actions.slots import return_slot
from marketplace.actions.standing import hold_account
from marketplace.models import B2BPost, PostStatus

LONGEST_REASON = 500


class PostRejectedAlready(DomainError):
    status, code = HTTPStatus.CONFLICT, "post_rejected"
    title = _("The post was rejected already.")


class NotADuplicate(DomainError):
    status, code = HTTPStatus.CONFLICT, "not_a_duplicate"
    title = _("The company has no other published post of this kind, title and part number.")


@action
def approve_post(*, post_id: int, by: int, seen_at: datetime, now: datetime) -> bool:
    """A moderator has seen the post, as it was at `seen_at`, and lets it stand; false when it was
    seen already, was changed since, or is not on show any more."""
    waiting = B2BPost.objects.filter(
        pk=post_id,
        reviewed_at__isnull=True,
        status=PostStatus.PUBLISHED,
        updated_at__lte=seen_at,
    )
    return bool(waiting.update(reviewed_at=now, reviewed_by=by))


@action
def reject_post(*, post_id: int, by: int, reason: str, now: datetime) -> None:
    """Take a post down for good. Its slot comes back, its owner is told why.

    Raises NotFound for a deleted one, PostRejectedAlready.
    """
    _reject(_hold(post_id), by=by, reason=reason, text="post_rejected", now=now)


@action
def reject_duplicate(*, post_id: int, by: int, now: datetime) -> None:
    """Take down a post that its author has published twice: of the same kind, with the same
    title and part number as one that is on show. Its slot comes back.

    Raises NotFound, PostRejectedAlready, NotADuplicate.
    """
    # Of two that are each other's twins only one goes, also when two moderators come at once.
    author = B2BPost.objects.kept().filter(pk=post_id).values_list("author", flat=True).first()
    if author is None:
        raise NotFound
    hold_account(author)
    post = _hold(post_id)
    twin = _find_twin(post, now=now)
    if twin is None:
        raise NotADuplicate
    reason = _now("The same is published already: #{id}.").format(id=twin.pk)
    _reject(post, by=by, reason=reason, text="post_duplicate", now=now)


def _hold(post_id: int) -> B2BPost:
    post = B2BPost.objects.kept().select_for_update(no_key=True).filter(pk=post_id).first()
    if post is None:
        raise NotFound
    if post.status == PostStatus.REJECTED:
        raise PostRejectedAlready
    return post


def _find_twin(post: B2BPost, *, now: datetime) -> B2BPost | None:
    others = (
        B2BPost.objects.on_show(now=now)
        .kept()  # the index of an author's posts wants to hear it
        .filter(author=post.author_id, kind=post.kind, part_folded=post.part_folded)
        .exclude(pk=post.pk)
        .order_by("pk")
    )
    title = fold_name(post.title)
    return next((other for other in others if fold_name(other.title) == title), None)


def _reject(post: B2BPost, *, by: int, reason: str, text: str, now: datetime) -> None:
    return_slot(post, now=now)
    post.status, post.reject_reason = PostStatus.REJECTED, reason[:LONGEST_REASON]
    post.reviewed_at, post.reviewed_by_id, post.updated_at = now, by, now
    post.save(update_fields=["status", "reject_reason", "reviewed_at", "reviewed_by", "updated_at"])
    tell_post(post.pk, now=now)
    notify(
        "post",
        to=[post.author_id],
        text=text,
        params={"title": post.title, "reason": post.reject_reason},
        data={"post": post.pk},
    )
