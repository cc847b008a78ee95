"""The messages of a thread, by their numbers; and those of all one's threads, by their words."""

from typing import Any

from core.json_rows import fetch_keyed_json
from core.listing import Listing
from core.pagination import Page
from core.sql import row
from messaging.queries.chat_json import MESSAGE_JSON

OF_THREAD = """
SELECT {json}, number FROM messaging_chatmessage AS message
WHERE thread_id = %(thread)s AND {after} ORDER BY number {order} LIMIT %(rows)s
"""
LAST_NUMBER = """
SELECT last_number FROM messaging_chatthread
WHERE id = %(thread)s AND %(reader)s IN (buyer_id, seller_id)
"""
# A thread's size is the number of its last message: the newest talks are looked through until
# they have so many messages together; of the one that goes beyond, the newest messages.
# strpos: nothing in what is typed is a pattern.
MAX_LOOKED_THROUGH = 200_000
MINE = """
WITH mine AS (
  SELECT id, last_number,
         sum(last_number) OVER (ORDER BY updated_at DESC, id DESC) - last_number AS before
  FROM messaging_chatthread WHERE buyer_id = %(reader)s OR seller_id = %(reader)s
)
"""
WITHIN = "number > mine.last_number - (%(most)s - mine.before)"
FOUND = f"""
{MINE}, found AS (
  SELECT hit.* FROM mine CROSS JOIN LATERAL (
    SELECT * FROM messaging_chatmessage
    WHERE thread_id = mine.id AND {WITHIN} AND strpos(text_folded, %(words)s) > 0
      AND (created_at, id) < (%(after_moment)s, %(after_id)s)
    ORDER BY number DESC LIMIT %(rows)s
  ) AS hit
  WHERE mine.before < %(most)s
  ORDER BY created_at DESC, id DESC LIMIT %(rows)s
)
SELECT {MESSAGE_JSON}, created_at, id FROM found AS message ORDER BY created_at DESC, id DESC
"""  # noqa: S608  (columns of ours)
COUNT_FOUND = f"""
{MINE}
SELECT count(*) FROM mine JOIN messaging_chatmessage AS message ON message.thread_id = mine.id
WHERE mine.before < %(most)s AND {WITHIN} AND strpos(text_folded, %(words)s) > 0
"""  # noqa: S608  (columns of ours)


def find_last_number(thread_id: int, reader_id: int) -> int | None:
    """How many messages the thread has; None if the reader has no part in it."""
    found = row(LAST_NUMBER, {"thread": thread_id, "reader": reader_id})
    return found and int(found[0])


def list_messages(
    thread_id: int, page: Page, *, last_number: int, before: int | None, after: int | None
) -> Listing:
    """Newest first, those with a number under `before`; or oldest first, those above `after`."""
    edge = page.after[0] if page.after else before if after is None else after
    ascending = after is not None
    edge = edge if edge is not None else last_number + 1
    sql = OF_THREAD.format(
        json=MESSAGE_JSON,
        after="number > %(edge)s" if ascending else "number < %(edge)s",
        order="ASC" if ascending else "DESC",
    )
    found = fetch_keyed_json(sql, {"thread": thread_id, "edge": edge, "rows": page.limit + 1})
    count = None
    if page.wants_count:
        count = _numbers_in(last_number, before=before, after=after)
    return _page_of(found, page, count)


def search_messages(reader_id: int, words: str, page: Page) -> Listing:
    """Messages of the reader's threads that hold `words`, which are folded already; newest first.

    Looks through 200,000 messages of the latest talks.
    """
    after_moment, after_id = page.after or ("infinity", 0)
    params: dict[str, Any] = {
        "reader": reader_id,
        "words": words,
        "most": MAX_LOOKED_THROUGH,
        "after_moment": after_moment,
        "after_id": after_id,
        "rows": page.limit + 1,
    }
    found = fetch_keyed_json(FOUND, params)
    count = int(row(COUNT_FOUND, params)[0]) if page.wants_count else None
    return _page_of(found, page, count)


def _numbers_in(last_number: int, *, before: int | None, after: int | None) -> int:
    """Numbers have no gaps: what a list holds is counted without reading it."""
    if after is not None:
        return max(last_number - after, 0)
    return last_number if before is None else min(last_number, max(before - 1, 0))


def _page_of(found: list[Any], page: Page, count: int | None) -> Listing:
    shown = found[: page.limit]
    next_after = shown[-1][1:] if len(found) > page.limit else None
    return Listing([text for text, *_keys in shown], next_after, count)
