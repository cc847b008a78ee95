"""An account's threads."""

from typing import Any

from core.json_rows import fetch_keyed_json
from core.listing import Listing
from core.pagination import Page
from core.sql import row
from messaging.queries.chat_json import THREAD_JSON

# One side's threads, as that side sees them: as many as the page shows, from an index.
OF_SIDE = """
(SELECT id, post_id, post_title, last_number, updated_at, {peer}_id AS peer_id,
        {mine}_unread_count AS unread_count, {mine}_read_up_to AS read_up_to,
        {peer}_read_up_to AS peer_read_up_to, {mine}_has_blocked AS is_blocked
 FROM messaging_chatthread
 WHERE {mine}_id = %(reader)s AND (updated_at, id) < (%(after_moment)s, %(after_id)s)
 ORDER BY updated_at DESC, id DESC LIMIT %(rows)s)
"""
AS_BUYER = OF_SIDE.format(mine="buyer", peer="seller")
AS_SELLER = OF_SIDE.format(mine="seller", peer="buyer")
# OFFSET 0: the peer is looked up for the page's rows, never joined to the whole table.
THREADS = f"""
SELECT {THREAD_JSON}, thread.updated_at, thread.id
FROM (
  SELECT * FROM ({AS_BUYER} UNION ALL {AS_SELLER}) AS mine
  ORDER BY updated_at DESC, id DESC LIMIT %(rows)s
) AS thread
CROSS JOIN LATERAL (
  SELECT full_name FROM ledger_user WHERE id = thread.peer_id OFFSET 0
) AS peer
LEFT JOIN LATERAL (
  SELECT * FROM messaging_chatmessage
  WHERE thread_id = thread.id AND number = thread.last_number OFFSET 0
) AS message ON true
ORDER BY thread.updated_at DESC, thread.id DESC
"""  # noqa: S608  (columns of ours)
COUNT = """
SELECT (SELECT count(*) FROM messaging_chatthread WHERE buyer_id = %(reader)s)
     + (SELECT count(*) FROM messaging_chatthread WHERE seller_id = %(reader)s)
"""


def list_threads(reader_id: int, page: Page) -> Listing:
    """The latest talk first."""
    after_moment, after_id = page.after or ("infinity", 0)
    params: dict[str, Any] = {
        "reader": reader_id,
        "after_moment": after_moment,
        "after_id": after_id,
        "rows": page.limit + 1,
    }
    found = fetch_keyed_json(THREADS, params)
    shown = found[: page.limit]
    return Listing(
        rows=[text for text, *_keys in shown],
        next_after=shown[-1][1:] if len(found) > page.limit else None,
        count=int(row(COUNT, {"reader": reader_id})[0]) if page.wants_count else None,
    )
