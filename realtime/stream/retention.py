"""What a stream forgets: old events, a deleted account's, a deleted message's text."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from core.events import Edit, Kinds
from core.sql import rows, run

KEEP_DAYS = 30
STREAMS_AT_ONCE = 500
EVENTS_AT_ONCE = 5000

# Not by a fixed `floor + 1`: the events of a deleted account left a hole.
STREAMS_WITH_OLD_EVENTS = """
SELECT stream.user_id FROM realtime_stream AS stream CROSS JOIN LATERAL (
  SELECT created_at FROM realtime_event AS event
  WHERE event.user_id = stream.user_id AND event.seq > stream.floor ORDER BY event.seq LIMIT 1
) AS oldest
WHERE stream.user_id > %s AND oldest.created_at < %s ORDER BY stream.user_id LIMIT %s
"""
LOCK = "SELECT head, floor FROM realtime_stream WHERE user_id = %s FOR UPDATE"
# The prefix ends before the first event that is young enough, not after the last old one: a
# clock that was set back must not take events away early.
FIRST_KEPT = """
SELECT seq FROM realtime_event WHERE user_id = %s AND seq > %s AND created_at >= %s
ORDER BY seq LIMIT 1
"""
RAISE_FLOOR = "UPDATE realtime_stream SET floor = %s WHERE user_id = %s"
DELETE_PREFIX = "DELETE FROM realtime_event WHERE user_id = %s AND seq <= %s"
# The key is the only index, and `created_at` rises with `seq`: `reader` walks back to the last
# event before `since`, and what came after it is looked at where it lies. Locked in the order in
# which others lock; one who waits for another's rewriting reads what that one wrote.
CONTAINING = """
WITH reader AS MATERIALIZED (
  SELECT user_id, coalesce((
    SELECT seq FROM realtime_event AS older
    WHERE older.user_id = reader.user_id AND older.created_at < %(since)s
    ORDER BY older.seq DESC LIMIT 1), 0) AS seen
  FROM unnest(%(to)s::bigint[]) AS reader (user_id)
)
SELECT event.user_id, event.seq, event.kind, event.data::text
FROM reader
JOIN realtime_event AS event ON event.user_id = reader.user_id AND event.seq > reader.seen
JOIN unnest(%(kinds)s::text[], %(contents)s::jsonb[]) AS sought (kind, content)
  ON event.kind = sought.kind AND event.data @> sought.content
ORDER BY event.user_id, event.seq FOR NO KEY UPDATE OF event
"""
REPLACE = """
UPDATE realtime_event AS event SET data = changed.data
FROM unnest(%s::bigint[], %s::bigint[], %s::jsonb[]) AS changed (user_id, seq, data)
WHERE event.user_id = changed.user_id AND event.seq = changed.seq
"""
NEW_EPOCH = "UPDATE realtime_stream SET epoch = replace(gen_random_uuid()::text, '-', '')"
# Live processes whose row is gone look at every epoch they hold.
FORGET_PROCESSES = "DELETE FROM realtime_liveprocess"


def forget_old_events(*, before: datetime) -> int:
    """Delete each stream's prefix older than `before` and raise its floor. Gives how many.

    Short transactions of one stream and a bounded number of events: writers hardly wait.
    """
    deleted, after = 0, 0
    while streams := _streams_with_old_events(after, before):
        for user_id in streams:
            while taken := _forget_prefix(user_id, before):
                deleted += taken
        after = streams[-1]
    return deleted


def _streams_with_old_events(after: int, before: datetime) -> list[int]:
    return [
        user_id for (user_id,) in rows(STREAMS_WITH_OLD_EVENTS, [after, before, STREAMS_AT_ONCE])
    ]


def _forget_prefix(user_id: int, before: datetime) -> int:
    with transaction.atomic():
        [(head, floor)] = rows(LOCK, [user_id])
        first_kept = rows(FIRST_KEPT, [user_id, floor, before])
        last_old: int = first_kept[0][0] - 1 if first_kept else head
        end = min(last_old, floor + EVENTS_AT_ONCE)
        if end > floor:
            run(RAISE_FLOOR, [end, user_id])
            run(DELETE_PREFIX, [user_id, end])
        return int(end - floor)


def forget_account(user_id: int) -> None:
    """Delete what a deleted account's devices could replay.

    The stream itself is not touched: this runs early in a transaction that locks streams as its
    last step, and nobody can resume from it any more.
    """
    run("DELETE FROM realtime_event WHERE user_id = %s", [user_id])


def rewrite(*, to: Iterable[int], since: datetime, kinds: Kinds, edit: Edit) -> None:
    """`settings.REPLAY_BACKEND`. The numbers stay as they are.

    Two statements, however many events there are: only what `kinds` names leaves the database.
    """
    changed = []
    for user_id, seq, kind, data in rows(CONTAINING, _sought(to, since, kinds)):
        new = edit(kind, msgspec.json.decode(data))
        if new is not None:
            changed.append((user_id, seq, _encoded(new)))
    if changed:
        run(REPLACE, [list(column) for column in zip(*changed, strict=True)])


def _sought(to: Iterable[int], since: datetime, kinds: Kinds) -> dict[str, Any]:
    return {
        "to": sorted(set(to)),
        "since": since,
        "kinds": list(kinds),
        "contents": [_encoded(content) for content in kinds.values()],
    }


def _encoded(data: Mapping[str, Any]) -> str:
    return msgspec.json.encode(data).decode()


def new_epoch() -> int:
    """After a restore: no device may resume from numbers that are given out anew. Gives how
    many streams. Open sockets are closed with 1012 within seconds and start afresh."""
    with transaction.atomic():
        streams = run(NEW_EPOCH)
        run(FORGET_PROCESSES)
    return streams
