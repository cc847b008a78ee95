"""What the hub does by the clock: deadlines, and regular looks at the database.

A look asks for the heads, the sessions and the sockets of everything held, in one query each:
whatever hints were lost, an event is at most one look late.
"""

import asyncio
import logging
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from ledger.queries.sessions import oldest_valid_generations
from realtime import attendance, codes, database, presence
from realtime.database import DATABASE_IS_AWAY
from realtime.hub import Hub
from realtime.redis import REDIS_IS_AWAY
from realtime.socket import Socket
from realtime.stream import changed_heads, epochs

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.5
LOOK_SECONDS = 1.0
LOOKS_PER_HEADS_WITH_REDIS = 5
LOOKS_PER_TIDYING = 15


class Seen(NamedTuple):
    """What a look saw. `epochs` is filled when this may be another database than before."""

    generations: dict[int, int]
    heads: list[tuple[int, str, int]]
    epochs: dict[int, str]
    replaced: list[int]


async def keep_time(hub: Hub) -> None:
    """Heartbeats, ends of tokens and of patience; rows and groups of sockets that left."""
    while True:
        now = hub.now()
        for socket in hub.sockets:
            if socket.due_at <= now:
                socket.on_due(now)
        if hub.left_sockets:
            hub.start(_leave(hub))
        await _leave_groups(hub)
        await asyncio.sleep(TICK_SECONDS)


async def _leave(hub: Hub) -> None:
    left = hub.take_left_sockets()
    try:
        await database.run(attendance.leave, left)
    except DATABASE_IS_AWAY:
        hub.left_sockets |= left


async def _leave_groups(hub: Hub) -> None:
    # Not at once: whoever reconnects within a tick finds the subscription still there.
    while hub.layer is not None and hub.left_groups:
        with suppress(*REDIS_IS_AWAY):
            await hub.layer.group_discard(hub.left_groups.pop(), hub.channel)


async def keep_looking(hub: Hub) -> None:
    """A look every second while somebody is here."""
    looks = 0
    while True:
        hub.wakes_looker.clear()
        try:
            if hub.accounts or hub.presence.left:
                await _look(hub, looks)
            hub.looked_at = hub.now()
        except DATABASE_IS_AWAY as error:
            logger.warning("the database is away: %s", type(error).__name__)
            hub.is_distrustful = True
        looks += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(hub.wakes_looker.wait(), LOOK_SECONDS)


def _heads_are_due(hub: Hub, looks: int) -> bool:
    """Less often while Redis tells of them."""
    hints_come = hub.layer is not None and hub.layer.is_up
    return not hints_come or hub.is_distrustful or looks % LOOKS_PER_HEADS_WITH_REDIS == 0


async def _look(hub: Hub, looks: int) -> None:
    with_heads = _heads_are_due(hub, looks)
    sockets = [socket for socket in hub.sockets if socket.sent >= 0]
    sessions = {socket.session_id for socket in sockets}
    heads = {user_id: account.head for user_id, account in hub.accounts.items()}
    if with_heads:
        hub.is_distrustful = False
    is_strange = not await database.watch(attendance.say_alive, hub.process_id)
    if is_strange:
        entered = {socket.id: socket.account.user_id for socket in hub.sockets}
        await database.watch(attendance.enter, hub.process_id, entered)
        presence.everybody_came(hub)
    await _judge_the_crowded(hub)
    seen = await database.watch(
        _see, hub.process_id, sessions, heads, with_heads=with_heads, is_strange=is_strange
    )
    _heed_sessions(sockets, seen)
    _heed_heads(hub, heads, seen)
    if looks % LOOKS_PER_TIDYING == 0:
        await _tidy(hub)
    await presence.tell(hub)


async def _judge_the_crowded(hub: Hub) -> None:
    if asked := dict(hub.crowded):
        judged = await database.watch(attendance.replace_oldest, hub.process_id, asked)
        for user_id in asked.keys() - judged[1].keys():
            hub.crowded.pop(user_id, None)


async def _tidy(hub: Hub) -> None:
    held = [socket.id for socket in hub.sockets]
    presence.have_left(hub, await database.watch(attendance.forget_dead_processes))
    unheld = await database.watch(attendance.forget_unheld, hub.process_id, held)
    presence.have_left(hub, unheld)


def _see(
    process_id: UUID,
    sessions: set[int],
    heads: dict[int, int],
    *,
    with_heads: bool,
    is_strange: bool,
) -> Seen:
    return Seen(
        generations=oldest_valid_generations(sessions) if sessions else {},
        heads=changed_heads(heads) if heads and with_heads else [],
        epochs=epochs(list(heads)) if heads and is_strange else {},
        replaced=attendance.replaced_sockets(process_id),
    )


def _heed_sessions(sockets: list[Socket], seen: Seen) -> None:
    for socket in sockets:
        oldest = seen.generations.get(socket.session_id)
        if oldest is None:
            socket.close(codes.SESSION_ENDED)
        elif socket.generation < oldest:
            socket.close(codes.BRING_A_NEW_TOKEN)
        elif socket.id in seen.replaced:
            socket.close(codes.TOO_MANY_SOCKETS)


def _heed_heads(hub: Hub, heads: dict[int, int], seen: Seen) -> None:
    for user_id, epoch, head in seen.heads:
        account = hub.accounts.get(user_id)
        if account is None:
            continue
        if head < heads[user_id]:
            account.close(codes.RESTARTING)  # another database
        else:
            account.learn(epoch, head)
    for user_id, epoch in seen.epochs.items():
        if user_id in hub.accounts:
            hub.accounts[user_id].learn(epoch, 0)
    hub.fill(account for account in hub.accounts.values() if account.lags)
    for socket in hub.sockets:
        if socket.waits_for_welcome:
            socket.catch_up()
