"""What a stream forgets: old events, a deleted account's, a deleted message's text."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db import transaction

from core.events import Edit
from core.sql import rows, run

KEEP_DAYS = 30
STREAMS_AT_ONCE = 500
EVENTS_AT_ONCE = 5000
LOOK_BACK_AT_ONCE = 100

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
NEWEST = """
SELECT seq, kind, data::text, created_at FROM realtime_event
WHERE user_id = %s AND seq < %s ORDER BY seq DESC LIMIT %s
"""
REPLACE = "UPDATE realtime_event SET data = %s::jsonb WHERE user_id = %s AND seq = %s"
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


def rewrite(*, to: Iterable[int], since: datetime, edit: Edit) -> None:
    """`settings.REPLAY_BACKEND`. The numbers stay as they are."""
    for user_id in to:
        for seq, kind, data in _newest(user_id, since):
            changed = edit(kind, msgspec.json.decode(data))
            if changed is not None:
                run(REPLACE, [msgspec.json.encode(changed).decode(), user_id, seq])


def _newest(user_id: int, since: datetime) -> Iterable[tuple[int, str, str]]:
    """Events since `since`, newest first: the key is the only index, and it is enough."""
    before = 2**63 - 1
    while True:
        newest = rows(NEWEST, [user_id, before, LOOK_BACK_AT_ONCE])
        for seq, kind, data, created_at in newest:
            if created_at < since:
                return
            yield seq, kind, data
            before = seq
        if len(newest) < LOOK_BACK_AT_ONCE:
            return


def new_epoch() -> int:
    """After a restore: no device may resume from numbers that are given out anew. Gives how
    many streams. Open sockets are closed with 1012 within seconds and start afresh."""
    with transaction.atomic():
        streams = run(NEW_EPOCH)
        run(FORGET_PROCESSES)
    return streams
