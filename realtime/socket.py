"""One signed-in socket: which event it had last, and what keeps it from the next one."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from core.times import iso
from ledger.queries.sessions import Access
from realtime import codes, database
from realtime.database import DATABASE_IS_AWAY
from realtime.frames import (
    HEARTBEAT_SECONDS,
    AuthExpiring,
    Heartbeat,
    Welcome,
    encode,
    error_frame,
)
from realtime.limits import Bucket
from realtime.resume import ResumePoint
from realtime.stepping import Unfinished, first_step
from realtime.stream import StreamState, events_after, open_stream
from realtime.window import Window

if TYPE_CHECKING:
    from realtime.account import Account
    from realtime.hub import Hub

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

PAGE = 64
WARN_BEFORE_SECONDS = 60
LOOK_AGAIN_SECONDS = 5
NOT_GREETED = -1


class Socket:
    """Pushed to by the hub while it has everything else; reads what it missed by itself.

    `task` is set while it reads, or waits for a client that does not: then nothing is pushed,
    since the database holds it all. At most one task a socket, and none when idle.
    """

    __slots__ = (
        "account",
        "bucket",
        "can_send_protocol_codes",
        "closed_with",
        "due_at",
        "expires_at",
        "expires_iso",
        "generation",
        "heartbeat_at",
        "hub",
        "id",
        "is_removed",
        "is_warned",
        "point",
        "send",
        "sent",
        "session_id",
        "task",
        "window",
    )

    def __init__(
        self, hub: "Hub", account: "Account", send: Send, *, can_send_protocol_codes: bool
    ) -> None:
        self.hub = hub
        self.account = account
        self.send = send
        self.can_send_protocol_codes = can_send_protocol_codes
        self.id = 0
        self.sent = NOT_GREETED
        self.task: asyncio.Task[None] | None = None
        self.point: ResumePoint | None = None
        self.window: Window | None = None
        self.closed_with: int | None = None
        self.is_removed = False
        self.bucket: Bucket | None = None
        self.heartbeat_at = hub.now() + HEARTBEAT_SECONDS

    # --- The token

    def carry(self, access: Access) -> None:
        """Be open until the token of `access` ends."""
        self.session_id = access.session_id
        self.generation = access.generation
        self.expires_iso = iso(access.expires_at)
        self.expires_at = self.hub.now() + access.expires_at.timestamp() - time.time()
        self.is_warned = False
        self._set_due()

    # --- Events

    @property
    def is_idle(self) -> bool:
        """Can be pushed to, as far as it is concerned."""
        return self.sent >= 0 and self.task is None and not self.is_removed

    @property
    def lags(self) -> bool:
        """Idle, with room, and behind what is known to exist."""
        return (
            self.is_idle
            and self.point is None
            and self.sent < self.account.head
            and self._has_room()
        )

    @property
    def waits_for_welcome(self) -> bool:
        """Its `resume` could not be answered: the database was away."""
        return self.is_idle and self.point is not None

    def push(self, seq: int, message: Message) -> bool:
        """Forward the next event. False: one before it is missing."""
        sent = self.sent
        if sent < 0 or self.task is not None or self.point is not None or seq <= sent:
            return True
        if self.window is not None:
            if not self.window.has_room(sent):
                return True
            if seq == sent + 1:
                self.window.sent(seq, len(message["text"]), now=self.hub.now())
        if seq != sent + 1:
            return False
        self.sent = seq
        self.hub.delivered += 1
        self.write(message)
        return True

    def is_news(self, seq: int) -> bool:
        """Whether acknowledging `seq` would free something."""
        return seq <= self.sent and (self.window is None or seq > self.window.acked)

    def acknowledge(self, seq: int) -> None:
        """Everything up to `seq` is safe with the client; `seq` was sent."""
        now = self.hub.now()
        if self.window is None:
            self.window = Window(seq, now=now)
            self._set_due()
        elif not self.window.ack(seq, now=now):
            return
        if self.lags:
            self.catch_up()

    def resume(self, point: ResumePoint) -> None:
        """Answer with a welcome, and go on from there. Nothing else is sent before it."""
        self.point = point
        if self.task is None:
            self.catch_up()

    def catch_up(self, unfinished: Unfinished | None = None) -> None:
        """Read what is missing from the database, as fast as the client takes it."""
        self.task = asyncio.ensure_future(self._catch_up(unfinished))

    async def _catch_up(self, unfinished: Unfinished | None) -> None:
        try:
            if unfinished is not None:
                await unfinished.rest()
            while self.closed_with is None:
                if self.point is not None:
                    await self.greet(await database.run(open_stream, self.account.user_id))
                elif self.sent < self.account.head and self._has_room():
                    await self._send_page()
                else:
                    return
        except DATABASE_IS_AWAY:
            return  # the hub's next look finds the socket lagging
        except OSError:
            self.hub.remove(self)  # the client is gone
        finally:
            self.task = None

    async def greet(self, state: StreamState) -> None:
        """Say where the stream stands and what follows. Afterwards the socket can be pushed to."""
        point, self.point = self.point or ResumePoint(), None
        is_kept = point.is_kept_by(state)
        self.account.learn(state.epoch, state.head)
        welcome = Welcome(state.epoch, state.head, is_kept, self.expires_iso)
        self.window = None
        await self.reply(encode(welcome))
        if point.is_malformed:
            await self.reply(error_frame("since_invalid"))
        self.sent = point.since if is_kept and point.since is not None else state.head

    async def _send_page(self) -> None:
        self.hub.caught_up += 1
        page = await database.run(events_after, self.account.user_id, self.sent, limit=PAGE)
        if [event.seq for event in page] != list(range(self.sent + 1, self.sent + 1 + len(page))):
            page = []
        if not page:
            # Deleted meanwhile, or another database: the client has to begin anew.
            self.close(codes.RESTARTING)
        for seq, frame in page:
            if self.point is not None or self.closed_with is not None or not self._has_room():
                return
            if self.window is not None:
                self.window.sent(seq, len(frame), now=self.hub.now())
            self.sent = seq
            self.hub.delivered += 1
            await self.reply(frame)

    def _has_room(self) -> bool:
        return self.window is None or self.window.has_room(self.sent)

    # --- Frames

    def write(self, message: Message) -> bool:
        """Hand a frame to the server without waiting. False: the client is too slow, or the
        socket busy, and the frame dropped."""
        if self.task is not None or self.is_removed:
            return False
        try:
            unfinished = first_step(self.send(message))
        except OSError:
            self.hub.remove(self)
            return False
        if unfinished is not None:
            self.catch_up(unfinished)
        return True

    async def reply(self, text: str) -> None:
        """Send a frame and wait for a slow client. Raises OSError when it is gone."""
        if self.closed_with is None:
            await self.send({"type": "websocket.send", "text": text})

    def close(self, code: int) -> None:
        """Close with `code`; nothing is sent afterwards."""
        if self.closed_with is not None:
            return
        self.closed_with = code
        self.hub.closed[code] += 1
        self.hub.remove(self)
        if code in codes.PROTOCOL_CODES and not self.can_send_protocol_codes:
            code = codes.NORMAL
        self.hub.finish(self.send({"type": "websocket.close", "code": code}))

    # --- Time

    def on_due(self, now: float) -> None:
        """Called by the hub's clock once `due_at` has passed."""
        if now >= self.expires_at:
            self.close(codes.BRING_A_NEW_TOKEN)
            return
        if self.window and self.window.is_abandoned(self.sent, now=now):
            self.close(codes.ACKS_STOPPED)
            return
        if self.sent >= 0:
            self._say_what_is_due(now)
        self._set_due()

    def _say_what_is_due(self, now: float) -> None:
        left = self.expires_at - now
        if not self.is_warned and left <= WARN_BEFORE_SECONDS:
            frame = encode(AuthExpiring(max(1, round(left))))
            self.is_warned = self.write({"type": "websocket.send", "text": frame})
        if now >= self.heartbeat_at:
            self.heartbeat_at = now + HEARTBEAT_SECONDS
            frame = encode(Heartbeat(self.account.head))
            self.write({"type": "websocket.send", "text": frame})

    def _set_due(self) -> None:
        warn_at = self.expires_at - (0 if self.is_warned else WARN_BEFORE_SECONDS)
        due_at = min(self.heartbeat_at, warn_at, self.expires_at)
        if self.window is not None:
            due_at = min(due_at, self.hub.now() + LOOK_AGAIN_SECONDS)
        self.due_at = due_at
