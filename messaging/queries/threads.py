"""One thread, for one of its participants: to look at, or held until the transaction ends."""

from typing import Any

from core.sql import row, run
from messaging.serializers.chat_rows import MessageRow, Side, ThreadRow

_SIDE = (
    "{side}_id",
    "{side}.full_name",
    "{side}_read_up_to",
    "{side}_unread_count",
    "{side}_has_blocked",
    "{side}_has_left",
    "{side}_paced_at",
)
_SIDES = [column.format(side=side) for side in ("buyer", "seller") for column in _SIDE]
THREAD = f"""
SELECT thread.id, post_id, post_title, last_number, updated_at, {", ".join(_SIDES)}
FROM messaging_chatthread AS thread
JOIN ledger_user AS buyer ON buyer.id = buyer_id
JOIN ledger_user AS seller ON seller.id = seller_id
WHERE thread.id = %(thread)s AND %(account)s IN (buyer_id, seller_id)
"""  # noqa: S608  (columns of ours)
# In a statement of its own: what was waited for is seen by the statements after it. Of the row
# itself the newest version is given.
HOLD = THREAD + "FOR NO KEY UPDATE OF thread"
KEEP = """
UPDATE messaging_chatthread SET
  buyer_read_up_to = %s, buyer_unread_count = %s, buyer_has_blocked = %s, buyer_paced_at = %s,
  seller_read_up_to = %s, seller_unread_count = %s, seller_has_blocked = %s, seller_paced_at = %s
WHERE id = %s
"""
MESSAGE_COLUMNS = (
    "id, thread_id, number, sender_id, text, client_id, created_at, edited_at, deleted_at"
)
NUMBERED = f"""
SELECT {MESSAGE_COLUMNS} FROM messaging_chatmessage WHERE thread_id = %s AND number = %s
"""  # noqa: S608  (columns of ours)
# Messages of the other side after one's pointer.
UNREAD = """
SELECT count(*) FROM messaging_chatmessage
WHERE thread_id = %s AND number > %s AND sender_id = %s
"""


def find_thread(thread_id: int, account_id: int) -> ThreadRow | None:
    """None if it is absent or the account has no part in it."""
    return _thread(row(THREAD, {"thread": thread_id, "account": account_id}))


def hold_thread(thread_id: int, account_id: int) -> ThreadRow | None:
    """Likewise, locked: until the transaction ends nobody else writes in this thread."""
    return _thread(row(HOLD, {"thread": thread_id, "account": account_id}))


def keep_sides(thread: ThreadRow) -> None:
    """Write what an action changed of the sides of a thread that it holds."""
    values = [
        value
        for side in thread.sides
        for value in (side.read_up_to, side.unread_count, side.has_blocked, side.paced_at)
    ]
    run(KEEP, [*values, thread.id])


def read_last_message(thread: ThreadRow) -> MessageRow | None:
    found = row(NUMBERED, [thread.id, thread.last_number]) if thread.last_number else None
    return MessageRow(*found) if found else None


def count_unread(thread: ThreadRow, peer_id: int, *, after: int) -> int:
    """How many messages the peer wrote after number `after`."""
    if after >= thread.last_number:
        return 0
    counted = row(UNREAD, [thread.id, after, peer_id])
    return int(counted[0])


def _thread(found: Any) -> ThreadRow | None:
    if found is None:
        return None
    thread_id, post_id, post_title, last_number, updated_at, *sides = found
    buyer, seller = Side(*sides[: len(_SIDE)]), Side(*sides[len(_SIDE) :])
    return ThreadRow(thread_id, post_id, post_title, last_number, updated_at, buyer, seller)
