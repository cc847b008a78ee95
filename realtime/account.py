"""An account with sockets in this process."""

from realtime import codes
from realtime.limits import Bucket
from realtime.socket import Message, Socket

FRAMES_PER_SECOND = 60
FRAMES_AT_ONCE = 300


class Account:
    """`head` is the highest number known to exist; what its sockets lack of it is due."""

    __slots__ = ("bucket", "epoch", "head", "is_joined", "sockets", "user_id")

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.epoch = ""
        self.head = 0
        self.is_joined = False
        self.sockets: list[Socket] = []
        self.bucket: Bucket | None = None

    def learn(self, epoch: str, head: int) -> None:
        """What the database says. Another epoch is another database: who is here begins anew.

        A lower `head` says nothing: a hint may have overtaken the reading.
        """
        if self.epoch and epoch != self.epoch:
            self.close(codes.RESTARTING)
        self.epoch = epoch
        self.head = max(self.head, head)

    def push(self, seq: int, message: Message) -> bool:
        """Forward an event to every socket. False: a socket lacks one before it."""
        is_complete = True
        for socket in self.sockets[:]:
            is_complete &= socket.push(seq, message)
        return is_complete

    @property
    def lags(self) -> bool:
        """A socket that could be pushed to lacks an event."""
        return any(socket.lags for socket in self.sockets)

    @property
    def slowest(self) -> int:
        return min((socket.sent for socket in self.sockets if socket.lags), default=0)

    def take_token(self, now: float) -> bool:
        """Whether one more frame from any of its sockets here is within bounds."""
        if self.bucket is None:
            self.bucket = Bucket(capacity=FRAMES_AT_ONCE, rate=FRAMES_PER_SECOND, now=now)
        return self.bucket.take(1, now=now)

    def close(self, code: int) -> None:
        for socket in self.sockets[:]:
            socket.close(code)
