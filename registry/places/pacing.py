"""How often a foreign service is asked, and when it is left alone."""

from collections.abc import Callable
from threading import Lock


class Pace:
    """At most so many questions a second from this process; safe to share between threads."""

    def __init__(self, per_second: float, *, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self.interval = 1 / per_second
        self._monotonic, self._sleep = monotonic, sleep
        self._lock = Lock()
        self._next = float("-inf")

    def take(self, most_wait: float) -> bool:
        """Wait for the next turn; False at once when that would take longer than *most_wait* seconds."""
        with self._lock:
            now = self._monotonic()
            wait = max(0.0, self._next - now)
            if wait > most_wait:
                return False
            self._next = now + wait + self.interval
        if wait:
            self._sleep(wait)
        return True


class Rest:
    """Leaves a service alone for a while: after several failures in a row, or when it said so."""

    def __init__(self, *, failures: int, seconds: float, monotonic: Callable[[], float]) -> None:
        self._most, self._seconds, self._monotonic = failures, seconds, monotonic
        self._lock = Lock()
        self._failures = 0
        self._until = float("-inf")

    @property
    def over(self) -> bool:
        """Whether the service may be asked."""
        return self._monotonic() >= self._until

    def succeeded(self) -> None:
        """The service answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """The service did not answer; after the last failure allowed, one more try a while later decides."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._most:
                self._until = self._monotonic() + self._seconds

    def begin(self, seconds: float | None = None) -> None:
        """Leave it alone from now, for *seconds* if given."""
        with self._lock:
            self._until = self._monotonic() + (self._seconds if seconds is None else seconds)
