"""What a deleted account wrote in its talks. The talks stay, for the other side."""

from datetime import datetime, timedelta

from django.utils import timezone

from core.action import action
from core.jobs import enqueue
from core.sql import rows, run
from messaging.actions.departed import Departed
from messaging.actions.forgetting import forget_shown
from messaging.actions.telling import tell_message, tell_reader
from messaging.queries.threads import MESSAGE_COLUMNS, hold_thread, read_last_message
from messaging.serializers.chat_rows import MessageRow

KEEP_EVENTS = timedelta(days=30)
MAX_TOLD = 100
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
WHERE thread_id = %s AND sender_id = %s AND deleted_at = %s ORDER BY number DESC LIMIT %s
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
    tell their devices. One transaction a thread; safe to repeat."""
    for (thread_id,) in rows(THREADS_OF, {"account": account_id}):
        forget_talk(thread_id=thread_id, account_id=account_id, now=now)


@action
def forget_talk(*, thread_id: int, account_id: int, now: datetime) -> None:
    """Likewise, for one thread. Of the messages the last 100 are told, with the thread; who has
    older ones in view fetches them by REST."""
    thread = hold_thread(thread_id, account_id)
    assert thread
    peer = thread.peer_of(account_id)
    if peer.has_left:
        return
    (erased_at,) = rows(LAST_ERASURE, [thread.id, account_id])[0]
    departed = Departed(account_id, thread.id, erased_at or now)
    forget_shown([peer.user_id], departed, since=now - KEEP_EVENTS)
    for found in rows(ERASED, [thread.id, account_id, erased_at, MAX_TOLD]):
        tell_message(thread, MessageRow(*found), what="changed")
    tell_reader(thread, peer.user_id, read_last_message(thread))
