"""Words that leave the notifications: a deleted message's, an erased person's."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from core.action import action
from core.events import Edit, Kinds, rewrite
from core.jobs import enqueue
from core.notices import personal_params, render
from core.sql import rows, run
from messaging.actions.notifications import tell_line
from messaging.notices import MESSAGE_DELETED, MESSAGE_RECEIVED
from messaging.queries.notifications import COLUMNS, hold_boxes, read_rows
from messaging.serializers.notifications import NotificationRow, notification_data

LINES = ("notification.created", "notification.changed")
KEEP_EVENTS = timedelta(days=30)
# Lines and events bear the database's time, messages a web process's.
CLOCKS_DIFFER = timedelta(hours=1)
MAX_TOLD = 100
READER = "reader.id = line.user_id"
CHANGE_PREVIEW = f"""
UPDATE messaging_notification AS line
SET text = %(text)s, params = (line.params - 'preview') || %(preview)s::jsonb
FROM ledger_user AS reader
WHERE {READER} AND line.user_id = ANY (%(readers)s) AND line.updated_at >= %(since)s
  AND line.kind = 'message' AND line.thread = %(thread)s
  AND line.data @> jsonb_build_object('message', %(message)s::bigint)
RETURNING {COLUMNS}
"""  # noqa: S608  (our own names)
LANGUAGES = "SELECT id, language FROM ledger_user WHERE id = ANY (%s)"
READERS_ABOUT = "SELECT DISTINCT user_id FROM messaging_notification WHERE about = %s"
# Giving the number up waits for whoever writes a row that points at the account (a payment that it
# recorded), and they hold lists after that: so it waits before it holds any.
HOLD_NUMBER = "SELECT id FROM ledger_user WHERE id = %s FOR UPDATE"
CLOSE = "UPDATE messaging_notificationbox SET is_closed = true, muted = '{}' WHERE user_id = %s"
ERASE = "DELETE FROM messaging_notification WHERE user_id = %s"
FORGET_PERSON = """
UPDATE messaging_notification SET params = params - %(personal)s::text[]
WHERE about = %(about)s AND user_id = ANY (%(readers)s) AND params ?| %(personal)s::text[]
"""
LINES_ABOUT = f"""
SELECT {COLUMNS} FROM messaging_notification AS line
JOIN ledger_user AS reader ON {READER}
WHERE line.about = %(about)s AND line.user_id = %(reader)s AND line.updated_at >= %(since)s
ORDER BY line.updated_at DESC, line.id DESC
"""  # noqa: S608  (our own names)


@action
def change_message_preview(
    *, readers: Iterable[int], thread_id: int, message_id: int, preview: str | None, since: datetime
) -> None:
    """Show `preview` (None: that the message was deleted) wherever the message, sent at `since`,
    stands in notifications of these accounts: in their lines, and in what devices replay.

    An action that also notifies must call `hold_boxes` for all accounts concerned before this.
    """
    to, since = sorted(set(readers)), since - CLOCKS_DIFFER
    hold_boxes(to)
    about = {
        "readers": to,
        "since": since,
        "thread": thread_id,
        "message": message_id,
        "text": MESSAGE_DELETED if preview is None else MESSAGE_RECEIVED,
        "preview": _encoded({} if preview is None else {"preview": preview}),
    }
    for line in read_rows(CHANGE_PREVIEW, about):
        tell_line("changed", line)
    lines = _lines_with({"kind": "message", "data": {"thread": thread_id, "message": message_id}})
    for reader, language in rows(LANGUAGES, [to]):
        body = render(MESSAGE_DELETED, {}, language)[1] if preview is None else preview
        rewrite(to=[reader], since=since, kinds=lines, edit=_new_body(body))


def forget_message_preview(
    *, readers: Iterable[int], thread_id: int, message_id: int, since: datetime
) -> None:
    """A message is deleted: its words leave the notifications. See `change_message_preview`."""
    change_message_preview(
        readers=readers, thread_id=thread_id, message_id=message_id, preview=None, since=since
    )


def _lines_with(content: dict[str, Any]) -> Kinds:
    return dict.fromkeys(LINES, content)


def _new_body(body: str) -> Edit:
    return lambda event, data: {**data, "body": body}


def erase_notifications(account_id: int) -> None:
    """The eraser: the account's list goes and takes no more lines; its name and words leave the
    lists of others now, and what their devices replay by a job."""
    readers = {reader for (reader,) in rows(READERS_ABOUT, [account_id])}
    rows(HOLD_NUMBER, [account_id])
    hold_boxes({account_id, *readers})
    run(CLOSE, [account_id])
    run(ERASE, [account_id])
    _forget_person(account_id, readers)
    enqueue("messaging.forget_person", account_id=account_id)


def forget_person_everywhere(*, account_id: int, now: datetime) -> None:
    """Take an erased account's name and words out of what the devices of others replay, and
    tell them. One transaction a reader; safe to repeat."""
    for (reader,) in rows(READERS_ABOUT, [account_id]):
        forget_person_for(account_id=account_id, reader=reader, now=now)


@action
def forget_person_for(*, account_id: int, reader: int, now: datetime) -> None:
    """Likewise, for one reader. Of more than the newest 100 lines no device is told."""
    hold_boxes([reader])
    # Once more: a write that was under way while the account was erased may have named it.
    _forget_person(account_id, [reader])
    since = now - KEEP_EVENTS - CLOCKS_DIFFER
    lines = read_rows(LINES_ABOUT, {"about": account_id, "reader": reader, "since": since})
    for line in lines[:MAX_TOLD]:
        tell_line("changed", line)
    rewrite(to=[reader], since=since, kinds=_lines_with({}), edit=_as_now(lines))


def _forget_person(account_id: int, readers: Iterable[int]) -> None:
    about = {"about": account_id, "readers": list(readers), "personal": list(personal_params())}
    run(FORGET_PERSON, about)


def _encoded(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _as_now(lines: Iterable[NotificationRow]) -> Edit:
    written = {line.id: notification_data(line) for line in lines}

    def edit(event: str, data: dict[str, Any]) -> dict[str, Any] | None:
        now = written.get(data["id"])
        return now and {**data, "title": now["title"], "body": now["body"]}

    return edit
