"""Which sockets are open, across processes: nobody has more than ten.

A process that has not said for five seconds that it lives counts as dead, and its sockets with it.
Until then nobody else's socket goes for one that it held: a device that comes back from a killed
process must not close another that is well.
"""

import random
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from core.sql import rows, run

MAX_SOCKETS = 10

SAY_ALIVE = "UPDATE realtime_liveprocess SET seen_at = clock_timestamp() WHERE id = %s"
ENTER_PROCESS = """
INSERT INTO realtime_liveprocess (id, seen_at) VALUES (%s, clock_timestamp())
ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
"""
ENTER_SOCKETS = """
INSERT INTO realtime_livesocket (id, user_id, process_id, is_replaced)
SELECT id, user_id, %s, false FROM unnest(%s::bigint[], %s::bigint[]) AS held (id, user_id)
ON CONFLICT DO NOTHING
"""
# Two that come at once have both committed their rows before the later one looks.
REPLACE_OLDEST = """
UPDATE realtime_livesocket SET is_replaced = true WHERE id IN (
  SELECT socket.id FROM realtime_livesocket AS socket
  JOIN realtime_liveprocess AS process ON process.id = socket.process_id
  WHERE socket.user_id = %s AND NOT is_replaced
    AND process.seen_at > clock_timestamp() - interval '5 seconds'
  ORDER BY socket.id DESC OFFSET %s)
RETURNING id
"""
REPLACED = "SELECT id FROM realtime_livesocket WHERE process_id = %s AND is_replaced"
# Who has more than ten; whether each other process that holds some has spoken since it was asked.
CROWDED = """
WITH asked AS (
  SELECT user_id, coalesce(at, clock_timestamp()) AS at
  FROM unnest(%(users)s::bigint[], %(asked_at)s::timestamptz[]) AS asked (user_id, at)
)
SELECT asked.user_id, asked.at,
  bool_and(process.id = %(process)s OR process.seen_at > asked.at) AS is_certain
FROM asked
JOIN realtime_livesocket AS socket ON socket.user_id = asked.user_id AND NOT is_replaced
JOIN realtime_liveprocess AS process ON process.id = socket.process_id
WHERE process.seen_at > clock_timestamp() - interval '5 seconds'
GROUP BY asked.user_id, asked.at HAVING count(*) > %(most)s
"""
LEAVE = "DELETE FROM realtime_livesocket WHERE id = ANY(%s)"
FORGET_DEAD_PROCESSES = """
WITH dead AS (
  DELETE FROM realtime_liveprocess WHERE seen_at < clock_timestamp() - interval '15 seconds'
  RETURNING id
)
DELETE FROM realtime_livesocket AS socket WHERE process_id IN (SELECT id FROM dead)
  OR NOT EXISTS (SELECT FROM realtime_liveprocess AS process WHERE process.id = process_id)
RETURNING user_id
"""

# Who left while its row was being written: the row came after its deletion.
FORGET_UNHELD = """
DELETE FROM realtime_livesocket WHERE process_id = %s AND id < %s AND id <> ALL(%s)
RETURNING user_id
"""
UNHELD_SECONDS = 60


def new_socket_id() -> int:
    """Microseconds since 1970, and ten random bits."""
    # Not from the system: asking it hands the interpreter over to the database's threads.
    return time.time_ns() // 1000 << 10 | random.getrandbits(10)


def enter_sockets(process_id: UUID, sockets: Mapping[int, int]) -> None:
    """Count sockets (id: account) from now on."""
    run(ENTER_SOCKETS, [process_id, list(sockets), list(sockets.values())])


def replace_oldest(
    process_id: UUID, asked: Mapping[int, datetime | None]
) -> tuple[list[int], dict[int, datetime]]:
    """Mark what each account (`asked`: when it was asked about first) has beyond its ten newest
    sockets.

    Gives the ids of those sockets, of any process, and the accounts to ask about again: another
    process, which may be dead, holds some of theirs and has not spoken since.
    """
    values = {
        "users": list(asked),
        "asked_at": list(asked.values()),
        "process": process_id,
        "most": MAX_SOCKETS,
    }
    crowded = rows(CROWDED, values)
    replaced = [
        socket_id
        for user_id, _asked_at, is_certain in crowded
        if is_certain
        for (socket_id,) in rows(REPLACE_OLDEST, [user_id, MAX_SOCKETS])
    ]
    return replaced, {user_id: at for user_id, at, is_certain in crowded if not is_certain}


def say_alive(process_id: UUID) -> bool:
    """Whether the process is still known. If not (a crash, a restore, a long pause), it has to
    enter again."""
    return bool(run(SAY_ALIVE, [process_id]))


def enter(process_id: UUID, sockets: Mapping[int, int]) -> None:
    """Make the process known, with the sockets (id: account) that it holds already."""
    run(ENTER_PROCESS, [process_id])
    enter_sockets(process_id, sockets)


def replaced_sockets(process_id: UUID) -> list[int]:
    """Sockets of this process that have to go."""
    return [socket_id for (socket_id,) in rows(REPLACED, [process_id])]


def leave(socket_ids: Iterable[int]) -> None:
    if ids := list(socket_ids):
        run(LEAVE, [ids])


def forget_dead_processes() -> set[int]:
    """Tidy up after processes that were killed; gives the accounts whose sockets they held."""
    return {user_id for (user_id,) in rows(FORGET_DEAD_PROCESSES)}


def forget_unheld(process_id: UUID, held: Iterable[int]) -> set[int]:
    """Delete what counts as a socket of this process and is none, for a minute already; gives
    the accounts."""
    older = time.time_ns() // 1000 - UNHELD_SECONDS * 1_000_000 << 10
    return {user_id for (user_id,) in rows(FORGET_UNHELD, [process_id, older, list(held)])}
