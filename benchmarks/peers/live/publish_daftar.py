"""Our own: hints as the streams send them, whole transactions for `commit`."""

import asyncio
import json
import os
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from benchmarks.peers.live.publishing import Publisher, milliseconds, payload  # noqa: E402
from core.action import action  # noqa: E402
from core.events import publish  # noqa: E402
from core.times import TASHKENT  # noqa: E402
from realtime import publisher  # noqa: E402
from realtime.frames import event_frame  # noqa: E402

KIND = "my_debts.changed"
# As `append` leaves it, for many at once: the events stand in the streams before any hint. Each
# has the number of its message, which go round the people: a socket that a hint did not reach
# reads it from there, late but not lost.
PREPARE = """
WITH raised AS (
  UPDATE realtime_stream SET head = head + %(each)s WHERE user_id = ANY(%(people)s)
  RETURNING user_id, head
), written AS (
  INSERT INTO realtime_event (user_id, seq, kind, data, created_at)
  SELECT user_id, head - %(each)s + 1 + turn, %(kind)s,
         %(data)s::jsonb || jsonb_build_object('n', turn * cardinality(%(people)s) + place - 1),
         clock_timestamp()
  FROM raised JOIN unnest(%(people)s) WITH ORDINALITY AS person (user_id, place) USING (user_id)
  CROSS JOIN generate_series(0, %(each)s - 1) AS turn
)
SELECT user_id, head - %(each)s FROM raised
"""


class DaftarPublisher(Publisher):
    places: dict[int, int]

    async def prepare(self, each: int) -> None:
        data = json.dumps(payload(0))
        values = {"each": each, "people": self.people, "kind": KIND, "data": data}
        self.places = await asyncio.to_thread(self._prepare, values)

    def _prepare(self, values: dict[str, object]) -> dict[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(PREPARE, values)
            return dict(cursor.fetchall())

    async def feed(self, number: int) -> None:
        data = json.dumps(payload(number))
        frame = f'{{"type":"post","event":"post.created","data":{data}}}'
        await asyncio.to_thread(publisher.publish, [publisher.feed_hint(frame)])

    async def users(self, first: int, count: int, number: int) -> None:
        now = datetime.now(TASHKENT)
        hints = []
        for i in range(count):
            person = self.people[first + i]
            self.places[person] += 1
            place = self.places[person]
            frame = event_frame(place, KIND, json.dumps(payload(number + i)).encode(), now)
            hints.append(publisher.events_hint(person, place, [frame], now.timestamp()))
        await asyncio.to_thread(publisher.publish, hints)

    async def commit(self, index: int, number: int) -> float:
        return await asyncio.to_thread(_commit, self.people[index], number)


@action
def _tell(*, person: int, number: int, committed: list[float]) -> None:
    publish(KIND, to=[person], data=payload(number))
    # Before the hint's: the moment of the commit, not that of the hint's arrival in Redis.
    transaction.on_commit(lambda: committed.append(milliseconds()))


def _commit(person: int, number: int) -> float:
    committed: list[float] = []
    _tell(person=person, number=number, committed=committed)
    return committed[0]


if __name__ == "__main__":
    asyncio.run(DaftarPublisher().run())
