"""Which sockets are open, across processes: nobody has more than ten.

A process that has not said for five seconds that it lives counts as dead, and its sockets with it.
"""

import secrets
import time
from collections.abc import Iterable, Mapping
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
COUNT = """
SELECT user_id, count(*) FROM realtime_livesocket
WHERE user_id = ANY(%s) AND NOT is_replaced GROUP BY user_id
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
    return time.time_ns() // 1000 << 10 | secrets.randbits(10)


def enter_sockets(process_id: UUID, sockets: Mapping[int, int]) -> None:
    """Count sockets (id: account) from now on."""
    run(ENTER_SOCKETS, [process_id, list(sockets), list(sockets.values())])


def replace_oldest(user_ids: Iterable[int]) -> list[int]:
    """Mark what each account has beyond its ten newest sockets; gives their ids, of any
    process."""
    counted = rows(COUNT, [list(user_ids)])
    crowded = [user_id for user_id, sockets in counted if sockets > MAX_SOCKETS]
    return [
        socket_id
        for user_id in crowded
        for (socket_id,) in rows(REPLACE_OLDEST, [user_id, MAX_SOCKETS])
    ]


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
