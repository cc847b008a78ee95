"""Threads and messages as JSON-ready data: for events, and for the answers of single writes."""

from typing import Any

from core.times import iso
from messaging.serializers.chat_rows import MessageRow, ThreadRow


def message_data(row: MessageRow) -> dict[str, Any]:
    """Message of the API contract."""
    return {
        "id": row.id,
        "thread": row.thread_id,
        "number": row.number,
        "sender": row.sender_id,
        "text": row.text,
        "client_id": row.client_id and str(row.client_id),
        "created_at": iso(row.created_at),
        "edited_at": row.edited_at and iso(row.edited_at),
        "deleted_at": row.deleted_at and iso(row.deleted_at),
    }


def thread_data(row: ThreadRow, reader_id: int, last: MessageRow | None) -> dict[str, Any]:
    """Thread of the API contract, as its participant `reader_id` sees it."""
    mine, peer = row.side_of(reader_id), row.peer_of(reader_id)
    return {
        "id": row.id,
        "post": {"id": row.post_id, "title": row.post_title},
        "peer": {"id": peer.user_id, "full_name": peer.full_name},
        "last_message": last and message_data(last),
        "unread_count": mine.unread_count,
        "read_up_to": mine.read_up_to,
        "peer_read_up_to": peer.read_up_to,
        "is_blocked": mine.has_blocked,
        "updated_at": iso(row.updated_at),
    }
