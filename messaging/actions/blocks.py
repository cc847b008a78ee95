"""Blocking: nobody writes in a blocked thread, and only who blocked it sees that it is."""

from core.action import action
from messaging.actions.holding import hold_own_thread
from messaging.actions.telling import tell_reader
from messaging.queries.threads import keep_sides, read_last_message


@action
def block_thread(*, account_id: int, thread_id: int) -> None:
    """Again, it changes nothing. Raises NotFound."""
    _set(account_id, thread_id, has_blocked=True)


@action
def unblock_thread(*, account_id: int, thread_id: int) -> None:
    """Take one's own block back; the other side's stays. Raises NotFound."""
    _set(account_id, thread_id, has_blocked=False)


def _set(account_id: int, thread_id: int, *, has_blocked: bool) -> None:
    thread = hold_own_thread(thread_id, account_id)
    side = thread.side_of(account_id)
    if side.has_blocked != has_blocked:
        side.has_blocked = has_blocked
        keep_sides(thread)
        tell_reader(thread, account_id, read_last_message(thread))
