"""Letting sockets in: join, then read, so that no event falls between the two.

Those who come while the database is being asked go in together with the next question: thousands
that were sent away by a restart cost a few queries, not thousands.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from ledger.queries.sessions import Access, refusals
from ledger.tokens import Claims, TokenInvalid, read_access
from realtime import attendance, codes, database
from realtime.resume import ResumePoint
from realtime.socket import Send, Socket
from realtime.stream import StreamState, open_stream, stream_states

if TYPE_CHECKING:
    from realtime.hub import Hub

AT_ONCE = 100


class Entry(NamedTuple):
    """What the database says of a newcomer: a refusal, or where its stream stands (None: it has
    none yet), and which older sockets have to go for it."""

    refusal: TokenInvalid | None
    state: StreamState | None
    replaced: Sequence[int]


class Newcomer(NamedTuple):
    socket_id: int
    claims: Claims
    entry: "asyncio.Future[Entry]"


class Entrance:
    """The queue of those who wait to be let in."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._waiting: list[Newcomer] = []
        self._is_open = False

    async def enter(self, socket_id: int, claims: Claims) -> Entry:
        """Raises what is in DATABASE_IS_AWAY, and whatever else the question met."""
        newcomer = Newcomer(socket_id, claims, self._hub.loop.create_future())
        self._waiting.append(newcomer)
        if not self._is_open:
            self._is_open = True
            self._hub.start(self._let_in())
        return await newcomer.entry

    async def _let_in(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._answer(batch)
        finally:
            self._is_open = False

    async def _answer(self, batch: list[Newcomer]) -> None:
        """Whatever goes wrong, each gets an answer, and those behind them their turn."""
        asked = [(newcomer.socket_id, newcomer.claims) for newcomer in batch]
        left = self._hub.take_left_sockets()
        try:
            entries, crowded = await database.run(_entries, self._hub.process_id, asked, left)
        except Exception as error:
            self._hub.left_sockets |= left
            for newcomer in batch:
                if not newcomer.entry.done():
                    newcomer.entry.set_exception(error)
            return
        self._hub.crowded |= crowded
        for newcomer, entry in zip(batch, entries, strict=True):
            if not newcomer.entry.done():  # its server cancels who left meanwhile
                newcomer.entry.set_result(entry)


def _entries(
    process_id: UUID, asked: Sequence[tuple[int, Claims]], left: set[int]
) -> tuple[list[Entry], dict[int, datetime]]:
    """The answers, and who may have too many sockets now. Nothing here waits for a lock: one
    account must not keep the others out.

    Those who left go first: a device that comes and goes is one socket, not many.
    """
    attendance.leave(left)
    refused = refusals([claims for _socket_id, claims in asked])
    let_in = {
        socket_id: claims.user_id
        for (socket_id, claims), refusal in zip(asked, refused, strict=True)
        if refusal is None
    }
    user_ids = set(let_in.values())
    attendance.enter_sockets(process_id, let_in)
    replaced, crowded = attendance.replace_oldest(process_id, dict.fromkeys(user_ids))
    states = stream_states(list(user_ids))
    entries = [
        Entry(refusal, states.get(claims.user_id), replaced)
        for (_socket_id, claims), refusal in zip(asked, refused, strict=True)
    ]
    return entries, crowded


async def admit(
    hub: "Hub", send: Send, *, token: str, point: ResumePoint, can_send_protocol_codes: bool
) -> Socket:
    """A signed-in socket that has had its welcome.

    Raises SessionEnded, TokenInvalid, OSError (the client is gone) and what is in
    DATABASE_IS_AWAY.
    """
    claims = read_access(token)
    account = hub.account(claims.user_id)
    socket = Socket(hub, account, send, can_send_protocol_codes=can_send_protocol_codes)
    socket.id = attendance.new_socket_id()
    socket.carry(Access(claims.user_id, claims.session_id, claims.expires_at, claims.generation))
    account.sockets.append(socket)
    try:
        # Before reading: an event published between the two would be lost.
        await hub.join(account)
        await _enter(hub, socket, claims, point)
    except BaseException:
        hub.remove(socket)
        raise
    if socket.lags:
        socket.catch_up()
    return socket


async def _enter(hub: "Hub", socket: Socket, claims: Claims, point: ResumePoint) -> None:
    entry = await hub.entrance.enter(socket.id, claims)
    if entry.refusal is not None:
        raise entry.refusal
    for sibling in socket.account.sockets[:]:
        if sibling.id in entry.replaced:
            sibling.close(codes.TOO_MANY_SOCKETS)
    socket.point = point
    state = entry.state
    if state is None:
        state = await database.run(open_stream, claims.user_id)
    await socket.greet(state)
    if not socket.is_removed:
        hub.presence.comes(claims.user_id)
