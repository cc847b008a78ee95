"""Letting a socket in: join, then read, so that no event falls between the two."""

from typing import NamedTuple
from uuid import UUID

from ledger.queries.sessions import Access, session_of
from ledger.tokens import Claims, read_access
from realtime import attendance, codes, database
from realtime.hub import Hub
from realtime.resume import ResumePoint
from realtime.socket import Send, Socket
from realtime.stream import StreamState, open_stream


class Entry(NamedTuple):
    """What the database says of a newcomer, and which older sockets have to go for it."""

    state: StreamState
    replaced: list[int]


async def admit(
    hub: Hub, send: Send, *, token: str, point: ResumePoint, can_send_protocol_codes: bool
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
        entry = await database.run(_enter, hub.process_id, socket.id, claims)
        for sibling in account.sockets[:]:
            if sibling.id in entry.replaced:
                sibling.close(codes.TOO_MANY_SOCKETS)
        socket.point = point
        await socket.greet(entry.state)
    except BaseException:
        hub.remove(socket)
        raise
    if socket.lags:
        socket.catch_up()
    return socket


def _enter(process_id: UUID, socket_id: int, claims: Claims) -> Entry:
    session_of(claims)
    attendance.enter_socket(process_id, socket_id, claims.user_id)
    state = open_stream(claims.user_id)
    too_many = state.sockets > attendance.MAX_SOCKETS
    return Entry(state, attendance.replace_oldest(claims.user_id) if too_many else [])
