"""What both sides of a thread hear: each its own view of the thread, and the messages.

Whatever changes a thread as its reader sees it sends the whole of it: a device that puts the
last one in place of the one before shows what REST would.
"""

from core.events import notify, publish
from messaging.notices import MESSAGE_RECEIVED
from messaging.serializers.chat_events import message_data, thread_data
from messaging.serializers.chat_rows import MessageRow, ThreadRow

PREVIEW_CHARACTERS = 100


def tell_thread(thread: ThreadRow, last: MessageRow | None, *, what: str = "changed") -> None:
    """`what` is `created` or `changed`."""
    for reader in thread.participants:
        tell_reader(thread, reader, last, what=what)


def tell_reader(
    thread: ThreadRow, reader_id: int, last: MessageRow | None, *, what: str = "changed"
) -> None:
    publish(f"thread.{what}", to=[reader_id], data=thread_data(thread, reader_id, last))


def tell_message(thread: ThreadRow, message: MessageRow, *, what: str) -> None:
    """`what` is `created` or `changed`."""
    publish(f"message.{what}", to=thread.participants, data=message_data(message))


def notify_peer(thread: ThreadRow, message: MessageRow) -> None:
    """A line in the other side's notifications: who wrote, and how it begins."""
    peer = thread.peer_of(message.sender_id)
    notify(
        "message",
        to=[] if peer.has_left else [peer.user_id],
        text=MESSAGE_RECEIVED,
        params={
            "sender": thread.side_of(message.sender_id).full_name,
            "preview": preview_of(message),
        },
        data={"thread": thread.id, "message": message.id, "sender": message.sender_id},
        thread=thread.id,
    )


def preview_of(message: MessageRow) -> str:
    text = message.text or ""
    short = text[:PREVIEW_CHARACTERS].rstrip()
    return short if len(text) <= PREVIEW_CHARACTERS else f"{short}…"
