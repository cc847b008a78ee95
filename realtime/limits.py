"""How many frames a socket, and an account, may send."""


class Bucket:
    """Tokens: `capacity` at first, `rate` more each second. Not shared between processes."""

    __slots__ = ("capacity", "level", "rate", "seen_at")

    def __init__(self, *, capacity: float, rate: float, now: float) -> None:
        self.capacity = self.level = capacity
        self.rate = rate
        self.seen_at = now

    def take(self, cost: float, *, now: float) -> bool:
        """Whether there were `cost` tokens; if not, none are taken."""
        self.level = min(self.capacity, self.level + (now - self.seen_at) * self.rate)
        self.seen_at = now
        if self.level < cost:
            return False
        self.level -= cost
        return True
