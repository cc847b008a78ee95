"""The hub of a process: who is here, and what goes to whom.

One per event loop, and all of it runs there. Hints say what is new; the database says what is
true. A socket that misses an event, for whatever reason, gets it from the database.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from channels.layers import get_channel_layer

from realtime import codes, database, local
from realtime.account import Account
from realtime.admission import Entrance
from realtime.database import DATABASE_IS_AWAY
from realtime.metrics import LAG
from realtime.presence_changes import PresenceChanges
from realtime.publisher import FEED, group_of
from realtime.redis import REDIS_IS_AWAY, HintLoopLayer
from realtime.socket import Message, Socket
from realtime.stepping import first_step
from realtime.stream import events_after_many

delivery_log = logging.getLogger("daftar.delivery")

ACCOUNTS_AT_ONCE = 100
PAGE = 64
CLOSE_TIMEOUT_SECONDS = 10


class Hub:
    """`accounts`: those with a socket here. `behind`: those that lack an event somebody named.
    `crowded`: who may have too many sockets, and since when."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.process_id: UUID = uuid4()
        self.accounts: dict[int, Account] = {}
        self.watchers: set[Socket] = set()
        self.behind: set[Account] = set()
        self.left_groups: set[str] = set()
        self.left_sockets: set[int] = set()
        self.crowded: dict[int, datetime] = {}
        self.entrance = Entrance(self)
        self.presence = PresenceChanges()
        self.looked_at = self.loop.time()
        self.layer: HintLoopLayer | None = None
        self.channel = ""
        self.is_draining = False
        self.is_distrustful = False
        self.wakes_looker = asyncio.Event()
        # Counted here and read by the metrics: a counter object per event would cost more.
        self.delivered = self.caught_up = self.dropped = 0
        self.closed: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._filling: asyncio.Task[None] | None = None
        self._take = {
            "events": self._take_events,
            "passing": self._take_passing,
            "feed": self._take_feed,
        }

    def now(self) -> float:
        return self.loop.time()

    @property
    def sockets(self) -> list[Socket]:
        return [socket for account in self.accounts.values() for socket in account.sockets]

    # --- Hints

    async def listen(self) -> None:
        """Open this process's one subscription channel; threads of it need none."""
        local.attach(self.loop, self.take)
        proxy = get_channel_layer()
        if proxy is None:
            return
        self.layer = layer = proxy.here()
        layer.on_reconnect = layer.on_overflow = self.distrust
        self.channel = await layer.new_channel()

    async def receive(self) -> None:
        """Take hints from Redis, if there is one, for ever."""
        while self.layer is not None:
            self.take(await self.layer.receive(self.channel))

    def take(self, message: dict[str, Any]) -> None:
        """A hint, from Redis or from a thread of this process. A newer process may send kinds
        that this one does not know."""
        take = self._take.get(message["type"])
        if take is not None:
            take(message)

    def _take_events(self, message: dict[str, Any]) -> None:
        account = self.accounts.get(message["user"])
        if account is None:
            return
        LAG.observe(max(0.0, time.time() - message["at"]))
        frames = message["frames"]
        account.head = max(account.head, message["head"])
        is_complete = bool(frames)
        for seq, frame in enumerate(frames, message["head"] - len(frames) + 1):
            is_complete &= account.push(seq, {"type": "websocket.send", "text": frame})
        if not is_complete:
            self.fill([account])
        if message.get("request") and delivery_log.isEnabledFor(logging.INFO):
            _log_delivery(account, message)

    def _take_passing(self, message: dict[str, Any]) -> None:
        account = self.accounts.get(message["user"])
        if account is not None:
            self._pass_on(account.sockets, message["frame"])

    def _take_feed(self, message: dict[str, Any]) -> None:
        self._pass_on(self.watchers, message["frame"])

    def _pass_on(self, sockets: Iterable[Socket], frame: str) -> None:
        message: Message = {"type": "websocket.send", "text": frame}
        for socket in list(sockets):  # one that is gone is removed
            if socket.sent < 0 or not socket.write(message):
                self.dropped += 1

    # --- Holes

    def fill(self, accounts: Iterable[Account]) -> None:
        """Read, for these and in one query, what their idle sockets lack."""
        self.behind.update(accounts)
        if self.behind and self._filling is None:
            self._filling = self.start(self._fill())

    async def _fill(self) -> None:
        try:
            while self.behind:
                batch = [self.behind.pop() for _ in range(min(len(self.behind), ACCOUNTS_AT_ONCE))]
                await self._fill_batch({account.user_id: account for account in batch})
        except DATABASE_IS_AWAY:
            self.behind.clear()  # the next look finds them again
        finally:
            self._filling = None

    async def _fill_batch(self, batch: dict[int, Account]) -> None:
        held = {user_id: account.slowest for user_id, account in batch.items() if account.lags}
        if not held:
            return
        self.caught_up += len(held)
        filled = dict(held)
        for user_id, (seq, frame) in await database.run(events_after_many, held, limit=PAGE):
            if seq == filled[user_id] + 1:
                filled[user_id] = seq
                batch[user_id].push(seq, {"type": "websocket.send", "text": frame})
        for user_id, account in batch.items():
            if account.lags and filled.get(user_id) == held.get(user_id) == account.slowest:
                # What it lacks is not there: deleted meanwhile, or another database.
                account.close(codes.RESTARTING)
            elif account.lags:
                self.behind.add(account)

    def distrust(self) -> None:
        """Hints were lost: look at every head at once."""
        self.is_distrustful = True
        self.wakes_looker.set()

    # --- Coming and going

    def account(self, user_id: int) -> Account:
        """The account's place here, made for its first socket."""
        if user_id not in self.accounts:
            if not self.accounts:
                self.wakes_looker.set()  # it rests while nobody is here
            self.accounts[user_id] = Account(user_id)
        return self.accounts[user_id]

    async def join(self, account: Account) -> None:
        """Have hints about the account sent here. Returns when that is certain, or can't be."""
        if not account.is_joined:
            group = group_of(account.user_id)
            self.left_groups.discard(group)
            await self._join_group(group)
            account.is_joined = True

    async def watch_feed(self, socket: Socket) -> None:
        self.watchers.add(socket)
        self.left_groups.discard(FEED)
        await self._join_group(FEED)

    def unwatch_feed(self, socket: Socket) -> None:
        self.watchers.discard(socket)
        if not self.watchers:
            self.left_groups.add(FEED)

    async def _join_group(self, group: str) -> None:
        if self.layer is not None:
            with suppress(*REDIS_IS_AWAY):  # looks at the heads stand in meanwhile
                await self.layer.group_add(group, self.channel)

    def remove(self, socket: Socket) -> None:
        """Forget a socket and end what it has under way; once more does no harm."""
        if socket in self.watchers:
            self.unwatch_feed(socket)
        if socket.task is not None and socket.task is not asyncio.current_task():
            socket.task.cancel()
        if socket.is_removed:
            return
        socket.is_removed = True
        account = socket.account
        account.sockets.remove(socket)
        self.left_sockets.add(socket.id)
        if not account.sockets and self.accounts.get(account.user_id) is account:
            del self.accounts[account.user_id]
            self.left_groups.add(group_of(account.user_id))
            self.presence.leaves(account.user_id, now=self.now())

    def take_left_sockets(self) -> set[int]:
        """Those whose rows have to go; who takes them sees to it."""
        left, self.left_sockets = self.left_sockets, set()
        return left

    # --- Tasks

    def start(self, work: Any) -> "asyncio.Task[None]":
        """Run `work` beside everything else, as long as the hub lives."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def finish(self, sending: Awaitable[None]) -> None:
        """Send a last frame, however slow the client is."""
        with suppress(OSError):
            unfinished = first_step(sending)
            if unfinished is not None:
                self.start(_in_time(unfinished.rest()))


def _log_delivery(account: Account, message: dict[str, Any]) -> None:
    """The last line that bears the request's id. One for what it told an account, not for each
    socket; jobs and commands, which have no such id, make none. Nothing of what was told."""
    delivery_log.info(
        "request %s told to %s sockets",
        message["request"],
        len(account.sockets),
        extra={
            "request_id": message["request"],
            "account": account.user_id,
            "head": message["head"],
            "sockets": len(account.sockets),
        },
    )


async def _in_time(sending: Awaitable[None]) -> None:
    with suppress(OSError):
        await asyncio.wait_for(sending, CLOSE_TIMEOUT_SECONDS)
