"""A thread, held for the action that changes it. Every write of a talk begins here."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotFound
from messaging.queries.threads import hold_thread
from messaging.serializers.chat_rows import ThreadRow


class ThreadBlocked(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "thread_blocked"
    title = _("This talk is blocked.")


def hold_own_thread(thread_id: int, account_id: int) -> ThreadRow:
    """Raises NotFound, also for an account that was deleted while it waited."""
    thread = hold_thread(thread_id, account_id)
    if thread is None or thread.side_of(account_id).has_left:
        raise NotFound
    return thread


def refuse_blocked(thread: ThreadRow) -> None:
    """Raises ThreadBlocked when either side has blocked the other."""
    if thread.is_blocked:
        raise ThreadBlocked
