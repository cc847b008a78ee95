"""Appending: the last step of the outermost action, one statement for all recipients."""

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import transaction

from core.events import Published
from core.sql import rows
from realtime import publisher
from realtime.frames import event_frame
from realtime.kinds import refuse_unlisted_kinds

# `stream` makes, locks and raises each recipient's row in ascending order, one after another:
# two transactions with the same recipients can't wait for each other in a circle. ON CONFLICT
# takes the newest version of the row whatever the statement's snapshot is, so a stream that
# another transaction has just made or raised is seen; a CTE with FOR UPDATE would miss new ones.
# The clock is read once the row is ours, so `created_at` rises with `seq`.
APPEND = """
WITH item AS (
  SELECT * FROM unnest(%(users)s::bigint[], %(places)s::bigint[], %(followers)s::int[])
    AS item (user_id, place, followers)
), event AS (
  SELECT * FROM unnest(%(kinds)s::text[], %(data)s::text[])
    WITH ORDINALITY AS event (kind, data, place)
), stream AS (
  INSERT INTO realtime_stream AS stream (user_id, epoch, head, floor)
  SELECT user_id, replace(gen_random_uuid()::text, '-', ''), count(*), 0
  FROM item GROUP BY user_id ORDER BY user_id
  ON CONFLICT (user_id) DO UPDATE SET head = stream.head + excluded.head
  RETURNING user_id, head, clock_timestamp() AS now
), written AS (
  INSERT INTO realtime_event (user_id, seq, kind, data, created_at)
  SELECT user_id, stream.head - item.followers, event.kind, event.data::jsonb, stream.now
  FROM item JOIN stream USING (user_id) JOIN event USING (place)
)
SELECT user_id, head, now FROM stream
"""


def append(events: Sequence[Published]) -> None:
    """Give every recipient's stream its next numbers; hint at them once that is committed.

    `settings.EVENT_BACKEND`: called once a transaction, as its last step. The streams stay
    locked until it ends. Raises UnlistedKind for an event that the contract does not name.
    """
    refuse_unlisted_kinds(events)
    data = [msgspec.json.encode(event.data) for event in events]
    raised = rows(APPEND, _parameters(events, data))
    transaction.on_commit(lambda: _hint(events, data, raised), robust=True)


def _parameters(events: Sequence[Published], data: Sequence[bytes]) -> dict[str, list[Any]]:
    users: list[int] = []
    places: list[int] = []
    followers: list[int] = []  # how many events of the same recipient come after this one
    seen: dict[int, int] = {}
    for place in range(len(events), 0, -1):
        for user_id in events[place - 1].to:
            users.append(user_id)
            places.append(place)
            followers.append(seen.get(user_id, 0))
            seen[user_id] = followers[-1] + 1
    return {
        "users": users,
        "places": places,
        "followers": followers,
        "kinds": [event.event for event in events],
        "data": [encoded.decode() for encoded in data],
    }


def _hint(
    events: Sequence[Published],
    data: Sequence[bytes],
    raised: Sequence[tuple[Any, ...]],
) -> None:
    hints = []
    for user_id, head, now in raised:
        mine = [place for place, event in enumerate(events) if user_id in event.to]
        first = head - len(mine) + 1
        frames = [
            event_frame(first + offset, events[place].event, data[place], now)
            for offset, place in enumerate(mine)
        ]
        hints.append(publisher.events_hint(user_id, first, frames, time.time()))
    publisher.publish(hints)
