"""Who came to this process and who left it, until others have been told."""

GRACE_SECONDS = 10


class PresenceChanges:
    """Somebody who is back within the grace never left."""

    def __init__(self) -> None:
        self.came: set[int] = set()
        self.left: dict[int, float] = {}

    def comes(self, user_id: int) -> None:
        self.left.pop(user_id, None)
        self.came.add(user_id)

    def leaves(self, user_id: int, *, now: float) -> None:
        self.came.discard(user_id)
        self.left[user_id] = now

    def take_due(self, *, now: float) -> tuple[list[int], list[int]]:
        """Those who came, and those whose grace is over."""
        came, self.came = list(self.came), set()
        gone = [user_id for user_id, at in self.left.items() if now - at >= GRACE_SECONDS]
        for user_id in gone:
            del self.left[user_id]
        return came, gone

    def put_back(self, came: list[int], gone: list[int], *, now: float) -> None:
        """They could not be told of: next time, unless they went or came again meanwhile."""
        self.came.update(user_id for user_id in came if user_id not in self.left)
        for user_id in gone:
            if user_id not in self.came:
                self.left.setdefault(user_id, now - GRACE_SECONDS)
