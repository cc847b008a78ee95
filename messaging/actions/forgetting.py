"""Where words of a talk were written down beside its table, and how they leave from there."""

from datetime import datetime, timedelta
from typing import Any

from core.events import Kinds, rewrite
from core.idempotency import rewrite_answers
from core.times import iso
from messaging.actions.notification_words import forget_message_preview
from messaging.serializers.chat_rows import MessageRow, ThreadRow

# Events bear the database's time, kept answers that of the request's beginning.
CLOCKS_DIFFER = timedelta(hours=1)
PATHS = ("/api/chat/send", "/api/chat/start")


def forget_words(thread: ThreadRow, message: MessageRow) -> None:
    """Of a message that was deleted in this action, whose thread it holds: nobody writes its
    words down meanwhile."""
    assert message.deleted_at
    blank = Blank({"id": message.id}, message.deleted_at)
    # A talk's times rise with its numbers: one message of a fast clock carries all later ones on.
    since = min(message.created_at, message.deleted_at) - CLOCKS_DIFFER
    forget_shown(thread.participants, blank, since=since)
    forget_message_preview(
        readers=[reader for reader in thread.participants if reader != message.sender_id],
        thread_id=thread.id,
        message_id=message.id,
        since=message.created_at,
    )


def forget_shown(readers: list[int], blank: "Blank", *, since: datetime) -> None:
    """In what devices of `readers` replay, and in answers kept for their retries."""
    rewrite(to=readers, since=since, kinds=blank.kinds, edit=blank.event)
    for path in PATHS:
        rewrite_answers(account_ids=readers, path=path, since=since, edit=blank.answer)


class Blank:
    """Shows messages that have all these `members` as deleted, wherever they stand."""

    def __init__(self, members: dict[str, int], deleted_at: datetime) -> None:
        self.members = members
        self.deleted_at = iso(deleted_at)

    @property
    def kinds(self) -> Kinds:
        """The events in which they stand."""
        message, thread = self.members, {"last_message": self.members}
        return {
            "message.created": message,
            "message.changed": message,
            "thread.created": thread,
            "thread.changed": thread,
        }

    def event(self, event: str, data: dict[str, Any]) -> dict[str, Any] | None:
        return self.answer(data)

    def answer(self, body: dict[str, Any]) -> dict[str, Any] | None:
        return self._thread(body) if "last_message" in body else self._message(body)

    def _thread(self, data: dict[str, Any]) -> dict[str, Any] | None:
        last = data["last_message"] and self._message(data["last_message"])
        return last and {**data, "last_message": last}

    def _message(self, data: dict[str, Any]) -> dict[str, Any] | None:
        if data["text"] is None or not self.members.items() <= data.items():
            return None
        return {**data, "text": None, "deleted_at": self.deleted_at}
