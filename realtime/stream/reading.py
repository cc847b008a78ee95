"""Reading streams: where one stands, and what came after."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from core.sql import rows, run
from realtime.frames import event_frame

STATES = "SELECT user_id, epoch, head, floor FROM realtime_stream WHERE user_id = ANY(%s)"
OPEN = """
INSERT INTO realtime_stream (user_id, epoch, head, floor)
VALUES (%s, replace(gen_random_uuid()::text, '-', ''), 0, 0) ON CONFLICT DO NOTHING
"""
AFTER = """
SELECT seq, kind, data::text, created_at FROM realtime_event
WHERE user_id = %s AND seq > %s ORDER BY seq LIMIT %s
"""
AFTER_MANY = """
SELECT user_id, event.* FROM unnest(%s::bigint[], %s::bigint[]) AS held (user_id, seq)
CROSS JOIN LATERAL (
  SELECT event.seq, kind, data::text, created_at FROM realtime_event AS event
  WHERE event.user_id = held.user_id AND event.seq > held.seq ORDER BY event.seq LIMIT %s
) AS event
"""
CHANGED_HEADS = """
SELECT user_id, epoch, stream.head FROM unnest(%s::bigint[], %s::bigint[]) AS held (user_id, head)
JOIN realtime_stream AS stream USING (user_id) WHERE stream.head <> held.head
"""
EPOCHS = "SELECT user_id, epoch FROM realtime_stream WHERE user_id = ANY(%s)"


class StreamState(NamedTuple):
    """Where a stream stands: events `floor + 1` to `head` can be had."""

    epoch: str
    head: int
    floor: int


class Stored(NamedTuple):
    """One event, encoded as devices get it."""

    seq: int
    frame: str


def stream_states(user_ids: Sequence[int]) -> dict[int, StreamState]:
    """Where the streams stand; an account that never had one is missing. One query."""
    return {user_id: StreamState(*state) for user_id, *state in rows(STATES, [list(user_ids)])}


def open_stream(user_id: int) -> StreamState:
    """Where the account's stream stands; made now if it has none, so that its epoch is fixed."""
    states = stream_states([user_id])
    if not states:
        run(OPEN, [user_id])
        states = stream_states([user_id])
    return states[user_id]


def events_after(user_id: int, since: int, *, limit: int) -> list[Stored]:
    """The next events after `since`, ascending."""
    return [_stored(*row) for row in rows(AFTER, [user_id, since, limit])]


def events_after_many(held: Mapping[int, int], *, limit: int) -> list[tuple[int, Stored]]:
    """For each account, the next events after the number held. One query."""
    found = rows(AFTER_MANY, [list(held), list(held.values()), limit])
    return [(user_id, _stored(*row)) for user_id, *row in found]


def changed_heads(heads: Mapping[int, int]) -> list[tuple[int, str, int]]:
    """(account, epoch, head) of the streams whose head is not the one held. One query."""
    found = rows(CHANGED_HEADS, [list(heads), list(heads.values())])
    return [(user_id, epoch, head) for user_id, epoch, head in found]


def epochs(user_ids: Sequence[int]) -> dict[int, str]:
    """Each account's present epoch. One query."""
    found = rows(EPOCHS, [list(user_ids)])
    return {user_id: epoch for user_id, epoch in found}  # noqa: C416 (mypy)


def _stored(seq: int, kind: str, data: str, created_at: datetime) -> Stored:
    return Stored(seq, event_frame(seq, kind, data.encode(), created_at))
