"""How far a thread was read: a pointer for each side, which never goes back."""

from datetime import datetime
from typing import NamedTuple

from core.action import action
from core.events import publish
from messaging.actions.holding import hold_own_thread
from messaging.actions.notifications import read_thread_notice
from messaging.actions.telling import tell_thread
from messaging.queries.threads import count_unread, keep_sides, read_last_message


class Receipt(NamedTuple):
    read_up_to: int
    unread_count: int


@action
def mark_read(*, account_id: int, thread_id: int, up_to: int, now: datetime) -> Receipt:
    """Everything up to message number `up_to` was read; beyond the last one, all. An older
    number changes nothing. Raises NotFound.

    Counted under the thread's lock: a message that is being sent is counted after it or before.
    """
    thread = hold_own_thread(thread_id, account_id)
    mine, peer = thread.side_of(account_id), thread.peer_of(account_id)
    up_to = min(up_to, thread.last_number)
    if up_to > mine.read_up_to:
        mine.read_up_to = up_to
        mine.unread_count = count_unread(thread, peer.user_id, after=up_to)
        keep_sides(thread)
        data = {"thread": thread.id, "user": account_id, "read_up_to": up_to}
        publish("message.read", to=thread.participants, data=data)
        tell_thread(thread, read_last_message(thread))
        read_thread_notice(
            account_id=account_id, thread_id=thread.id, now=now, left=mine.unread_count
        )
    return Receipt(mine.read_up_to, mine.unread_count)
