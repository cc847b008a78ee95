"""Who hears how a post changed, beside its author: the other sides of its talks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.action import action
from core.events import MAX_RECIPIENTS, publish
from core.jobs import enqueue
from core.sql import row, run
from marketplace.queries.posts import post_data
from messaging.queries.peers import buyers_of

KEEP_TITLE = """
UPDATE messaging_chatthread SET post_title = %(title)s
WHERE post_id = %(id)s AND post_title <> %(title)s
"""
# Whoever changes the post holds its row: what is read under this is told before the next change.
HOLD_POST = "SELECT id FROM marketplace_b2bpost WHERE id = %s FOR SHARE"


def readers_of_post(data: dict[str, Any]) -> list[int]:
    """The audience of `post.changed`: the buyers of the newest talks, as many as one write may
    reach with the author. The others hear of it by a job. All talks take the title along."""
    run(KEEP_TITLE, data)
    talks = buyers_of(data["id"], most=MAX_RECIPIENTS)
    if len(talks) == MAX_RECIPIENTS:
        talks.pop()
        enqueue("messaging.tell_post", post_id=data["id"], before=talks[-1][0])
    return [buyer for _talk, buyer in talks]


def tell_older_talks(*, post_id: int, before: int, now: datetime) -> None:
    """Tell the buyers of all talks that began before the one with the id `before` how the post
    is now. In transactions of fifty; safe to repeat."""
    while talks := buyers_of(post_id, before=before, most=MAX_RECIPIENTS):
        tell_buyers(post_id=post_id, buyers=[buyer for _talk, buyer in talks], now=now)
        before = talks[-1][0]


@action
def tell_buyers(*, post_id: int, buyers: Iterable[int], now: datetime) -> None:
    row(HOLD_POST, [post_id])
    data = post_data(post_id, now=now)
    publish("post.changed", to=buyers, data=data, with_audience=False)
