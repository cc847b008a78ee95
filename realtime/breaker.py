"""A circuit breaker: what does not answer is left alone for a while."""

import threading

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 5.0


class Breaker:
    """Open after a failure, for 1, 2, 4 and then 5 s; afterwards one caller at a time tries."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pause = 0.0
        self._closed_from = 0.0

    @property
    def is_open(self) -> bool:
        return self._pause > 0

    def allows(self, now: float) -> bool:
        """Whether the caller may try at `now` (monotonic seconds) and must tell how it went."""
        if not self.is_open:
            return True
        with self._lock:
            if now < self._closed_from:
                return False
            # One tries, the others go on leaving it alone; what fails again pauses for longer.
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
            self._closed_from = now + self._pause
            return True

    def succeeded(self) -> None:
        self._pause = 0.0

    def failed(self, now: float) -> None:
        with self._lock:
            # Callers that were under way when the first one failed count once.
            if not self.is_open:
                self._pause = FIRST_PAUSE_SECONDS
                self._closed_from = now + self._pause
