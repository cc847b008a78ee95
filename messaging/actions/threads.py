"""Talks about a post: one for each buyer."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, NotFound
from core.sql import row, rows
from marketplace.models import B2BPost
from messaging.actions.holding import hold_own_thread
from messaging.actions.messages import write_in
from messaging.actions.pace import count_new_talk
from messaging.actions.telling import tell_message, tell_thread
from messaging.queries.threads import read_last_message
from messaging.serializers.chat_events import thread_data

# Accounts before the post, in ascending order, as deleting an account takes them: afterwards
# neither of the two is deleted, nor is the post, until the talk is there to be seen.
HOLD_PEOPLE = """
SELECT id FROM ledger_user WHERE id IN (%s, %s) AND deleted_at IS NULL ORDER BY id FOR SHARE
"""
HOLD_POST = """
SELECT title FROM marketplace_b2bpost
WHERE id = %s AND status = 'published' AND expires_at > %s FOR SHARE
"""
# The unique index decides, however many come at once.
MAKE = """
INSERT INTO messaging_chatthread
  (post_id, post_title, buyer_id, seller_id, last_number, created_at, updated_at,
   buyer_read_up_to, seller_read_up_to, buyer_unread_count, seller_unread_count,
   buyer_has_blocked, seller_has_blocked, buyer_has_left, seller_has_left)
VALUES (%(post)s, %(title)s, %(buyer)s, %(seller)s, 0, %(now)s, %(now)s,
        0, 0, 0, 0, false, false, false, false)
ON CONFLICT (post_id, buyer_id) DO NOTHING RETURNING id
"""
FIND = "SELECT id FROM messaging_chatthread WHERE post_id = %s AND buyer_id = %s"


class OwnPost(DomainError):
    status, code = HTTPStatus.BAD_REQUEST, "own_post"
    title = _("This post is your own.")


class Started(NamedTuple):
    """The thread as its buyer sees it; `is_new` for the one request that made it."""

    thread: dict[str, Any]
    is_new: bool


@action
def start_thread(*, account_id: int, post_id: int, text: str | None, now: datetime) -> Started:
    """The buyer's thread about the post, made when there is none, with `text` sent in it.

    A post that is not published keeps the threads it has. Raises NotFound, OwnPost,
    TooManyThreads, ThreadBlocked, TooManyMessages; what it raises leaves nothing behind.
    """
    seller_id = _author_of(post_id, account_id)
    found, is_new = row(FIND, [post_id, account_id]), False
    if found is None:
        found, is_new = _make(account_id, seller_id, post_id, now)
    thread = hold_own_thread(found[0], account_id)
    message = write_in(thread, account_id, text, now=now) if text else None
    last = message or read_last_message(thread)
    if is_new:
        tell_thread(thread, last, what="created")
    if message:
        tell_message(thread, message, what="created")
        if not is_new:
            tell_thread(thread, last)
    return Started(thread_data(thread, account_id, last), is_new)


def _author_of(post_id: int, account_id: int) -> int:
    post = B2BPost.objects.filter(pk=post_id).values("author_id", "deleted_at").first()
    if post is None:
        raise NotFound
    if post["author_id"] == account_id:
        raise OwnPost if post["deleted_at"] is None else NotFound
    return int(post["author_id"])


def _make(buyer_id: int, seller_id: int, post_id: int, now: datetime) -> tuple[Any, bool]:
    people = rows(HOLD_PEOPLE, [buyer_id, seller_id])
    post = row(HOLD_POST, [post_id, now])
    if post is None or len(people) < 2:
        raise NotFound
    (title,) = post
    values = {"post": post_id, "title": title, "buyer": buyer_id, "seller": seller_id, "now": now}
    made = row(MAKE, values)
    if made is None:
        return row(FIND, [post_id, buyer_id]), False
    count_new_talk(buyer_id, now=now)
    return made, True
