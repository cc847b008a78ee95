"""Typing, and coming and going: told to people with a common thread, and dropped first.

Who they are is known above this app or below it, never here: it is registered.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from core.sql import rows
from core.times import iso
from realtime import database
from realtime.database import DATABASE_IS_AWAY
from realtime.frames import PresenceEdge, SomebodyTypes, encode
from realtime.hub import Hub
from realtime.publisher import Hint, passing_hint, publish_from_loop
from realtime.socket import Socket

# The row decides which of many processes tells: exactly one changes it.
CAME = """
INSERT INTO realtime_presence AS presence (user_id, is_online, changed_at)
SELECT user_id, true, clock_timestamp() FROM unnest(%s::bigint[]) AS user_id ORDER BY user_id
ON CONFLICT (user_id) DO UPDATE SET is_online = true, changed_at = excluded.changed_at
WHERE NOT presence.is_online
RETURNING user_id, is_online, changed_at
"""
LEFT = """
UPDATE realtime_presence AS presence SET is_online = false, changed_at = clock_timestamp()
WHERE user_id = ANY(%s) AND is_online AND NOT EXISTS (
  SELECT FROM realtime_livesocket AS socket
  JOIN realtime_liveprocess AS process ON process.id = socket.process_id
  WHERE socket.user_id = presence.user_id
    AND process.seen_at > clock_timestamp() - interval '5 seconds')
RETURNING user_id, is_online, changed_at
"""
PEERS_CACHED = 10_000
PEERS_CACHED_SECONDS = 2

ThreadPeers = Callable[[int, int], Collection[int]]
Peers = Callable[[Collection[int]], Mapping[int, Collection[int]]]

_thread_peers: list[ThreadPeers] = []
_peers: list[Peers] = []
_cached: dict[tuple[int, int], tuple[float, Collection[int]]] = {}


class Edge(NamedTuple):
    user_id: int
    is_online: bool
    at: datetime


def register_thread_peers(read: ThreadPeers) -> None:
    """`read(account, thread)`: who hears that the account types there. Nobody if the account has
    no part in the thread, or if one has blocked the other."""
    _thread_peers.append(read)


def register_peers(read: Peers) -> None:
    """`read(accounts)`: for each, who hears that it came or went."""
    _peers.append(read)


async def tell_typing(hub: Hub, socket: Socket, thread: int) -> None:
    """Tell the other side of the thread. Lost when the database is away.

    Who that is, is kept for two seconds: for so long may typing be told after a block. To ask
    anew is one row by its key (0.05 ms of PostgreSQL, 0.5 ms of this process on a busy machine):
    who types has it asked every few seconds, and who says so sixty times a second no more often.
    """
    user_id = socket.account.user_id
    try:
        peers = await _peers_in(user_id, thread, now=hub.now())
    except DATABASE_IS_AWAY:
        return
    frame = encode(SomebodyTypes(thread, user_id))
    publish_from_loop([passing_hint(peer, frame) for peer in peers if peer != user_id])


async def _peers_in(user_id: int, thread: int, *, now: float) -> Collection[int]:
    until, peers = _cached.get((user_id, thread), (0.0, ()))
    if now < until:
        return peers
    peers = await database.run(_read_thread_peers, user_id, thread) if _thread_peers else ()
    if len(_cached) >= PEERS_CACHED:
        _cached.clear()
    _cached[user_id, thread] = (now + PEERS_CACHED_SECONDS, peers)
    return peers


def _read_thread_peers(user_id: int, thread: int) -> set[int]:
    return {peer for read in _thread_peers for peer in read(user_id, thread)}


def have_left(hub: Hub, user_ids: Iterable[int]) -> None:
    """The process that held them was killed and told nobody."""
    for user_id in user_ids:
        if user_id not in hub.accounts:
            hub.presence.leaves(user_id, now=hub.now())


def everybody_came(hub: Hub) -> None:
    """The database forgot who is here."""
    for user_id in hub.accounts:
        hub.presence.comes(user_id)


async def tell(hub: Hub) -> None:
    """Tell of those who came and those who stayed away, once each however many processes.

    Raises what is in DATABASE_IS_AWAY; they are told of afterwards.
    """
    came, gone = hub.presence.take_due(now=hub.now())
    if not _peers or not (came or gone):
        return
    try:
        hints = await database.watch(_edges, came, gone)
    except DATABASE_IS_AWAY:
        hub.presence.put_back(came, gone, now=hub.now())
        raise
    publish_from_loop(hints)


def _edges(came: list[int], gone: list[int]) -> list[Hint]:
    edges = [Edge(*row) for row in [*rows(CAME, [came]), *rows(LEFT, [gone])]]
    if not edges:
        return []
    who = [edge.user_id for edge in edges]
    hints = []
    for peers in [read(who) for read in _peers]:
        for edge in edges:
            frame = encode(PresenceEdge(edge.user_id, edge.is_online, iso(edge.at)))
            others = set(peers.get(edge.user_id, ())) - {edge.user_id}
            hints += [passing_hint(peer, frame) for peer in others]
    return hints
