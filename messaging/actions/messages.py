"""Messages: sent, and within 15 minutes edited or deleted by who sent them."""

import hashlib
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.action import action
from core.errors import DomainError, NotFound
from messaging.actions.forgetting import forget_words
from messaging.actions.holding import hold_own_thread, refuse_blocked
from messaging.actions.notification_words import change_message_preview
from messaging.actions.pace import keep_pace
from messaging.actions.telling import notify_peer, preview_of, tell_message, tell_thread
from messaging.queries.messages import (
    edit_text,
    erase_text,
    find_own_message,
    find_sent,
    write_message,
)
from messaging.queries.threads import keep_sides
from messaging.serializers.chat_rows import MessageRow, ThreadRow

CHANGEABLE_FOR = timedelta(minutes=15)


class ClientIdReused(DomainError):
    status, code = HTTPStatus.CONFLICT, "client_id_reused"
    title = _("This client_id was used for another message.")


class TooLate(DomainError):
    status, code = HTTPStatus.FORBIDDEN, "too_late"
    title = _("A message can be changed for 15 minutes.")


class Sent(NamedTuple):
    """`is_new`: false for the answer to a repeat."""

    message: MessageRow
    is_new: bool


@action
def send_message(
    *, account_id: int, thread_id: int, text: str, client_id: UUID | None = None, now: datetime
) -> Sent:
    """Write the thread's next message; both sides hear of it, and the other one gets a line.

    The same `client_id` again gives the first message, whatever became of it meanwhile.
    Raises NotFound, ThreadBlocked, ClientIdReused, TooManyMessages.
    """
    thread = hold_own_thread(thread_id, account_id)
    if thread.is_blocked and client_id and find_sent(account_id, client_id):
        return _sent_before(thread, account_id, client_id, text)
    message = write_in(thread, account_id, text, client_id, now=now)
    if message is None:
        assert client_id
        return _sent_before(thread, account_id, client_id, text)
    tell_message(thread, message, what="created")
    tell_thread(thread, message)
    return Sent(message, is_new=True)


def write_in(
    thread: ThreadRow, account_id: int, text: str, client_id: UUID | None = None, *, now: datetime
) -> MessageRow | None:
    """Write in a thread that the action holds, and notify the other side; None if `client_id`
    was used. Raises ThreadBlocked, TooManyMessages."""
    refuse_blocked(thread)
    sender = thread.side_of(account_id)
    keep_pace(sender, now=now)
    thread.peer_of(account_id).unread_count += 1
    # Clocks of processes differ; a talk's times rise with its numbers.
    at = max(now, thread.updated_at)
    message = write_message(thread, sender, text, client_id, at=at)
    if message is not None:
        notify_peer(thread, message)
    return message


def _sent_before(thread: ThreadRow, account_id: int, client_id: UUID, text: str) -> Sent:
    found = find_sent(account_id, client_id)
    assert found
    first, digest = found
    if first.thread_id != thread.id:
        raise ClientIdReused
    if digest is not None:
        is_same = digest == hashlib.sha256(text.encode()).digest()
    else:
        # Of a deleted message nothing is kept to compare with.
        is_same = first.text is None or first.text == text
    if not is_same:
        raise ClientIdReused
    return Sent(first, is_new=False)


@action
def edit_message(*, account_id: int, message_id: int, text: str, now: datetime) -> MessageRow:
    """Raises NotFound (also for one that is deleted), TooLate, ThreadBlocked, TooManyMessages."""
    thread, message = _hold_own_message(account_id, message_id, now)
    refuse_blocked(thread)
    if message.text == text:
        return message
    keep_pace(thread.side_of(account_id), now=now)
    keep_sides(thread)
    edited = edit_text(message, text, at=now)
    _tell_changed(thread, edited)
    change_message_preview(
        readers=_peers(thread, account_id),
        thread_id=thread.id,
        message_id=message.id,
        preview=preview_of(edited),
        since=message.created_at,
    )
    return edited


@action
def delete_message(*, account_id: int, message_id: int, now: datetime) -> None:
    """Its text is gone everywhere: from the table, from what devices replay, from answers kept
    for retries, from notifications. Raises NotFound (also the second time), TooLate."""
    thread, message = _hold_own_message(account_id, message_id, now)
    deleted = erase_text(message, at=now)
    _tell_changed(thread, deleted)
    forget_words(thread, deleted)


def _hold_own_message(
    account_id: int, message_id: int, now: datetime
) -> tuple[ThreadRow, MessageRow]:
    message = find_own_message(message_id, account_id)
    if message is None:
        raise NotFound
    thread = hold_own_thread(message.thread_id, account_id)
    # Again, under the lock: it may have been changed meanwhile.
    message = find_own_message(message_id, account_id)
    if message is None or message.deleted_at is not None:
        raise NotFound
    if now - message.created_at > CHANGEABLE_FOR:
        raise TooLate
    return thread, message


def _tell_changed(thread: ThreadRow, message: MessageRow) -> None:
    tell_message(thread, message, what="changed")
    if message.number == thread.last_number:
        tell_thread(thread, message)


def _peers(thread: ThreadRow, account_id: int) -> list[int]:
    return [reader for reader in thread.participants if reader != account_id]
