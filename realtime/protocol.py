"""The conversation with one client, from the handshake to the last frame: `daftar.v1`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from ledger.queries.sessions import verify_access
from ledger.tokens import SessionEnded, TokenInvalid
from realtime import auth, codes, database, frames, presence
from realtime.admission import admit
from realtime.auth import Scope
from realtime.database import DATABASE_IS_AWAY
from realtime.frames import BadFrame, ClientFrame, encode, error_frame, read_frame
from realtime.hub import Hub
from realtime.limits import Bucket
from realtime.resume import ResumePoint
from realtime.running import hub_here
from realtime.socket import Message, Send, Socket

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[Message]]

SIGN_IN_SECONDS = 5
FRAMES_BEFORE_SIGN_IN = 10
FRAMES_PER_SECOND = 20
FRAMES_AT_ONCE = 100
COSTS: dict[type, float] = {frames.Auth: 5, frames.Resume: 5, frames.Typing: 2}


class Refused(Exception):
    """Close with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of `/ws/`."""
    send = telling_who_is_gone(send)
    with suppress(OSError):  # the client is gone
        await _serve(scope, receive, send)


def telling_who_is_gone(send: Send) -> Send:
    """A server that has closed by itself (too large a frame, no pong) calls it a mistake that we
    did not know, a RuntimeError: to everything here it is one more client that has gone."""

    async def checked(message: Message) -> None:
        try:
            await send(message)
        except RuntimeError as error:
            raise ConnectionError("the server has given the client up") from error

    return checked


async def _serve(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()  # websocket.connect
    if auth.is_foreign(scope):
        await send({"type": "websocket.close"})  # before accepting: an HTTP 403
        return
    await send({"type": "websocket.accept", "subprotocol": auth.chosen_subprotocol(scope)})
    # Servers that follow the newer specification pass every code on.
    passes_codes = "spec_version" in scope["asgi"]
    try:
        socket = await _sign_in(scope, receive, send, passes_codes)
        try:
            await _converse(socket, receive)
        finally:
            socket.hub.remove(socket)
    except Refused as refused:
        is_ours = refused.code in codes.PROTOCOL_CODES and not passes_codes
        code = codes.NORMAL if is_ours else refused.code
        await send({"type": "websocket.close", "code": code})


async def _sign_in(scope: Scope, receive: Receive, send: Send, passes_codes: bool) -> Socket:
    token = auth.offered_token(scope)
    point = ResumePoint.from_query(scope["query_string"])
    try:
        hub = await hub_here()
        if hub.is_draining:
            raise Refused(codes.RESTARTING)
        if token is None:
            frame = await asyncio.wait_for(_first_frame(receive, send), SIGN_IN_SECONDS)
            token = frame.token
            if point == ResumePoint():
                point = ResumePoint.from_frame(frame.since, frame.epoch)
        return await admit(
            hub, send, token=token, point=point, can_send_protocol_codes=passes_codes
        )
    except SessionEnded:
        raise Refused(codes.SESSION_ENDED) from None
    except TokenInvalid:
        raise Refused(codes.BRING_A_NEW_TOKEN) from None
    except TimeoutError:
        raise Refused(codes.NO_SIGN_IN) from None
    except DATABASE_IS_AWAY:
        raise Refused(codes.RESTARTING) from None
    except (Refused, OSError):
        raise
    except Exception:
        # Such as a database that takes no writes yet: the device comes again, as after a restart.
        logger.exception("a socket could not be let in")
        raise Refused(codes.RESTARTING) from None


async def _first_frame(receive: Receive, send: Send) -> frames.Auth:
    for _ in range(FRAMES_BEFORE_SIGN_IN):
        message = await receive()
        if message["type"] == "websocket.disconnect":
            raise ConnectionError
        try:
            frame = _read(message)
        except BadFrame as bad:
            await send({"type": "websocket.send", "text": error_frame(bad.code)})
            continue
        if isinstance(frame, frames.Auth):
            return frame
        await send({"type": "websocket.send", "text": error_frame("auth_required")})
    raise Refused(codes.FLOODING)


async def _converse(socket: Socket, receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        if socket.is_removed:
            continue
        try:
            frame = _read(message)
            if _is_paid(socket, frame):
                await _ANSWERS[type(frame)](socket.hub, socket, frame)
        except BadFrame as bad:
            if _is_paid(socket, None):
                await socket.reply(error_frame(bad.code))
        except Refused as refused:
            socket.close(refused.code)


def _read(message: Message) -> ClientFrame:
    text = message.get("text")
    if text is None:
        raise BadFrame("binary_frame")
    if len(text.encode()) > frames.MAX_FRAME_BYTES:
        raise Refused(codes.FRAME_TOO_LARGE)
    return read_frame(text)


def _is_paid(socket: Socket, frame: ClientFrame | None) -> bool:
    """Take the frame's price from the socket's and the account's tokens.

    An acknowledgement that is news costs nothing: there are no more of them than events. A
    renewal is the socket's own: its siblings must not have it end.
    Raises Refused when the socket has none left.
    """
    if isinstance(frame, frames.Ack) and socket.is_news(frame.seq):
        return True
    now = socket.hub.now()
    if socket.bucket is None:
        socket.bucket = Bucket(capacity=FRAMES_AT_ONCE, rate=FRAMES_PER_SECOND, now=now)
    if not socket.bucket.take(COSTS.get(type(frame), 1), now=now):
        raise Refused(codes.FLOODING)
    if isinstance(frame, frames.Auth) or socket.account.take_token(now):
        return True
    socket.write({"type": "websocket.send", "text": error_frame("rate_limited")})
    return False


async def _renew(hub: Hub, socket: Socket, frame: frames.Auth) -> None:
    try:
        access = await database.run(verify_access, frame.token)
    except SessionEnded:
        raise Refused(codes.SESSION_ENDED) from None
    except TokenInvalid:
        raise Refused(codes.BRING_A_NEW_TOKEN) from None
    except DATABASE_IS_AWAY:
        raise Refused(codes.RESTARTING) from None
    if (access.user_id, access.session_id) != (socket.account.user_id, socket.session_id):
        raise Refused(codes.SESSION_ENDED)
    socket.carry(access)
    await socket.reply(encode(frames.AuthOk(socket.expires_iso)))


async def _resume(hub: Hub, socket: Socket, frame: frames.Resume) -> None:
    socket.resume(ResumePoint.from_frame(frame.since, frame.epoch))


async def _ack(hub: Hub, socket: Socket, frame: frames.Ack) -> None:
    if frame.seq > socket.sent:
        raise BadFrame("ack_ahead")
    socket.acknowledge(frame.seq)


async def _typing(hub: Hub, socket: Socket, frame: frames.Typing) -> None:
    await presence.tell_typing(hub, socket, frame.thread)


async def _watch(hub: Hub, socket: Socket, frame: frames.Watch) -> None:
    await hub.watch_feed(socket)


async def _unwatch(hub: Hub, socket: Socket, frame: frames.Unwatch) -> None:
    hub.unwatch_feed(socket)


async def _ping(hub: Hub, socket: Socket, frame: frames.Ping) -> None:
    await socket.reply(encode(frames.Pong()))


_ANSWERS: dict[type, Callable[[Hub, Socket, Any], Awaitable[None]]] = {
    frames.Auth: _renew,
    frames.Resume: _resume,
    frames.Ack: _ack,
    frames.Typing: _typing,
    frames.Watch: _watch,
    frames.Unwatch: _unwatch,
    frames.Ping: _ping,
}
