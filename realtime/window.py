"""What a device that acknowledges may have unacknowledged: 256 events or 1 MiB."""

from collections import deque

MAX_EVENTS = 256
MAX_BYTES = 1024 * 1024
PATIENCE_SECONDS = 60


class Window:
    """Begins with a socket's first `ack`; one that never acknowledges has none."""

    __slots__ = ("acked", "bytes", "sizes", "waiting_since")

    def __init__(self, acked: int, *, now: float) -> None:
        self.acked = acked
        self.waiting_since = now  # of the last progress, or of the first event after a pause
        self.bytes = 0
        self.sizes: deque[tuple[int, int]] = deque()

    def has_room(self, sent: int) -> bool:
        return sent - self.acked < MAX_EVENTS and self.bytes < MAX_BYTES

    def sent(self, seq: int, size: int, *, now: float) -> None:
        if seq - 1 == self.acked:
            self.waiting_since = now
        self.sizes.append((seq, size))
        self.bytes += size

    def ack(self, seq: int, *, now: float) -> bool:
        """Whether that was news."""
        if seq <= self.acked:
            return False
        self.acked = seq
        self.waiting_since = now
        while self.sizes and self.sizes[0][0] <= seq:
            self.bytes -= self.sizes.popleft()[1]
        return True

    def is_abandoned(self, sent: int, *, now: float) -> bool:
        """Events were due to be acknowledged for so long that nobody seems to be there."""
        return sent > self.acked and now - self.waiting_since > PATIENCE_SECONDS
