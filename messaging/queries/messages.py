"""Single messages: found, and written under their thread's lock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from core.folding import fold_name
from core.sql import row, run
from messaging.queries.threads import MESSAGE_COLUMNS
from messaging.serializers.chat_rows import MessageRow, Side, ThreadRow

LONGEST_FOLDED = 8_000
# Nothing is written, and no number taken, for a `client_id` that its sender used before: the
# unique index decides, also between two threads.
WRITE = """
WITH written AS (
  INSERT INTO messaging_chatmessage
    (thread_id, number, sender_id, text, text_folded, client_id, created_at)
  VALUES (%(thread)s, %(number)s, %(sender)s, %(text)s, %(folded)s, %(client_id)s, %(at)s)
  ON CONFLICT (sender_id, client_id) DO NOTHING RETURNING id
), counted AS (
  UPDATE messaging_chatthread SET
    last_number = %(number)s, updated_at = %(at)s,
    buyer_unread_count = %(buyer_unread)s, buyer_paced_at = %(buyer_paced)s,
    seller_unread_count = %(seller_unread)s, seller_paced_at = %(seller_paced)s
  FROM written WHERE messaging_chatthread.id = %(thread)s
)
SELECT id FROM written
"""
FIND = f"""
SELECT {MESSAGE_COLUMNS} FROM messaging_chatmessage WHERE id = %s AND sender_id = %s
"""  # noqa: S608  (columns of ours)
FIND_SENT = f"""
SELECT {MESSAGE_COLUMNS}, first_text_digest FROM messaging_chatmessage
WHERE sender_id = %s AND client_id = %s
"""  # noqa: S608  (columns of ours)
EDIT = """
UPDATE messaging_chatmessage SET
  text = %(text)s, text_folded = %(folded)s, edited_at = %(at)s,
  first_text_digest = coalesce(first_text_digest, sha256(convert_to(text, 'UTF8')))
WHERE id = %(id)s
"""
ERASE = """
UPDATE messaging_chatmessage SET
  text = NULL, text_folded = NULL, first_text_digest = NULL, deleted_at = %s
WHERE id = %s
"""


def write_message(
    thread: ThreadRow, sender: Side, text: str, client_id: UUID | None, *, at: datetime
) -> MessageRow | None:
    """Write the thread's next message, and the counts of the thread, which the caller holds and
    has changed already. None: the sender used `client_id` before, and nothing is written."""
    number = thread.last_number + 1
    written = row(
        WRITE,
        {
            "thread": thread.id,
            "number": number,
            "sender": sender.user_id,
            "text": text,
            "folded": _folded(text),
            "client_id": client_id,
            "at": at,
            "buyer_unread": thread.buyer.unread_count,
            "buyer_paced": thread.buyer.paced_at,
            "seller_unread": thread.seller.unread_count,
            "seller_paced": thread.seller.paced_at,
        },
    )
    if written is None:
        return None
    thread.last_number, thread.updated_at = number, at
    return MessageRow(
        written[0], thread.id, number, sender.user_id, text, client_id, at, None, None
    )


def find_own_message(message_id: int, sender_id: int) -> MessageRow | None:
    found = row(FIND, [message_id, sender_id])
    return MessageRow(*found) if found else None


def find_sent(sender_id: int, client_id: UUID) -> tuple[MessageRow, bytes | None] | None:
    """What the sender sent with this `client_id`; with the digest of its first text if it was
    edited."""
    found: Any = row(FIND_SENT, [sender_id, client_id])
    if found is None:
        return None
    *message, digest = found
    return MessageRow(*message), digest and bytes(digest)


def edit_text(message: MessageRow, text: str, *, at: datetime) -> MessageRow:
    run(EDIT, {"id": message.id, "text": text, "folded": _folded(text), "at": at})
    return message._replace(text=text, edited_at=at)


def erase_text(message: MessageRow, *, at: datetime) -> MessageRow:
    run(ERASE, [at, message.id])
    return message._replace(text=None, deleted_at=at)


def _folded(text: str) -> str:
    """Some letters unfold into eighteen: no honest text grows that long, and a search reads it."""
    return fold_name(text)[:LONGEST_FOLDED]
