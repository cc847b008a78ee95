"""Messages and threads as JSON made by PostgreSQL."""

from core.json_rows import flag, json_object, moment, nullable, number, text

# The bytes of MessageSerializer; the row is called `message`.
MESSAGE_JSON = json_object(
    {
        "id": number("message.id"),
        "thread": number("message.thread_id"),
        "number": number("message.number"),
        "sender": number("message.sender_id"),
        "text": nullable(text("message.text")),
        "client_id": nullable(text("message.client_id::text")),
        "created_at": moment("message.created_at"),
        "edited_at": nullable(moment("message.edited_at")),
        "deleted_at": nullable(moment("message.deleted_at")),
    }
)
# The bytes of ThreadSerializer; the rows are called `thread`, as its reader sees it, `peer` and
# `message`. Of no last message every part is null, and so is the whole.
THREAD_JSON = json_object(
    {
        "id": number("thread.id"),
        "post": json_object({"id": number("thread.post_id"), "title": text("thread.post_title")}),
        "peer": json_object({"id": number("thread.peer_id"), "full_name": text("peer.full_name")}),
        "last_message": nullable(MESSAGE_JSON),
        "unread_count": number("thread.unread_count"),
        "read_up_to": number("thread.read_up_to"),
        "peer_read_up_to": number("thread.peer_read_up_to"),
        "is_blocked": flag("thread.is_blocked"),
        "updated_at": moment("thread.updated_at"),
    }
)
