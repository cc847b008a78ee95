"""What a deleted account wrote in its talks. The talks stay, for the other side."""

from datetime import datetime, timedelta

from django.utils import timezone

from core.action import action
from core.jobs import enqueue
from core.serializers import MAX_ID
from core.sql import rows, run
from messaging.actions.departed import Departed
from messaging.actions.forgetting import forget_shown
from messaging.actions.post_readers import tell_buyers
from messaging.actions.telling import tell_message, tell_reader
from messaging.queries.threads import MESSAGE_COLUMNS, hold_thread, read_last_message
from messaging.serializers.chat_rows import MessageRow, ThreadRow

KEEP_EVENTS = timedelta(days=30)
TOLD_AT_ONCE = 100
# Who waits for one of these to write in it finds out that the account is gone.
HOLD_ALL = """
SELECT id FROM messaging_chatthread WHERE buyer_id = %(account)s OR seller_id = %(account)s
ORDER BY id FOR NO KEY UPDATE
"""
LEAVE = """
UPDATE messaging_chatthread SET
  buyer_has_left = buyer_has_left OR buyer_id = %(account)s,
  seller_has_left = seller_has_left OR seller_id = %(account)s
WHERE id = ANY (%(threads)s)
"""
ERASE = """
UPDATE messaging_chatmessage SET
  text = NULL, text_folded = NULL, first_text_digest = NULL, deleted_at = %(now)s
WHERE sender_id = %(account)s AND deleted_at IS NULL
"""
ERASE_REASONS = "UPDATE messaging_report SET reason = '' WHERE reporter_id = %s"
THREADS_OF = """
SELECT id FROM messaging_chatthread WHERE buyer_id = %(account)s OR seller_id = %(account)s
ORDER BY updated_at DESC, id DESC
"""
ERASED = f"""
SELECT {MESSAGE_COLUMNS} FROM messaging_chatmessage
WHERE thread_id = %s AND sender_id = %s AND deleted_at = %s AND number < %s
ORDER BY number DESC LIMIT %s
"""  # noqa: S608  (columns of ours)
LAST_ERASURE = """
SELECT max(deleted_at) FROM messaging_chatmessage WHERE thread_id = %s AND sender_id = %s
"""


def erase_talks(account_id: int) -> None:
    """The eraser: what the account wrote goes from its talks now; from what devices of the other
    sides replay by a job, which tells them, too.

    Before the eraser of notifications: threads are held before lists.
    """
    account = {"account": account_id}
    threads = [thread for (thread,) in rows(HOLD_ALL, account)]
    run(LEAVE, {**account, "threads": threads})
    run(ERASE, {**account, "now": timezone.now()})
    run(ERASE_REASONS, [account_id])
    if threads:
        enqueue("messaging.forget_talks", account_id=account_id)


def forget_talks(*, account_id: int, now: datetime) -> None:
    """Take a deleted account's name and words out of what the other sides replay and repeat, and
    tell their devices. Safe to repeat."""
    for (thread_id,) in rows(THREADS_OF, {"account": account_id}):
        forget_talk(thread_id=thread_id, account_id=account_id, now=now)


def forget_talk(*, thread_id: int, account_id: int, now: datetime) -> None:
    """Likewise, for one thread: each erased message is told, the thread and its post last. A
    transaction for every hundred messages: the reader's stream is held no longer."""
    before = MAX_ID
    while before:
        before = _forget_part(thread_id=thread_id, account_id=account_id, before=before, now=now)


@action
def _forget_part(*, thread_id: int, account_id: int, before: int, now: datetime) -> int:
    """The last hundred erased messages with numbers under `before`. Gives the lowest of them; 0
    once all were told."""
    thread = hold_thread(thread_id, account_id)
    assert thread
    peer = thread.peer_of(account_id)
    if peer.has_left:
        return 0
    (erased_at,) = rows(LAST_ERASURE, [thread.id, account_id])[0]
    if before == MAX_ID:
        departed = Departed(account_id, thread.id, erased_at or now)
        forget_shown([peer.user_id], departed, since=now - KEEP_EVENTS)
    erased = [
        MessageRow(*found)
        for found in rows(ERASED, [thread.id, account_id, erased_at, before, TOLD_AT_ONCE])
    ]
    for message in erased:
        tell_message(thread, message, what="changed")
    if len(erased) == TOLD_AT_ONCE:
        return erased[-1].number
    _tell_rest(thread, peer.user_id, now)
    return 0


def _tell_rest(thread: ThreadRow, reader_id: int, now: datetime) -> None:
    tell_reader(thread, reader_id, read_last_message(thread))
    if reader_id == thread.buyer.user_id:  # the post was the account's, and is deleted
        tell_buyers(post_id=thread.post_id, buyers=[reader_id], now=now)
