"""Street addresses by an online geocoder: asked rarely, not waited for long, and never believed blindly."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, replace
from datetime import datetime
from threading import BoundedSemaphore, Thread
from typing import Protocol

import sqlalchemy as sa
import structlog

from config import Settings
from registry.places.addresses import TypedAddress
from registry.places.nearness import kilometres
from registry.places.pacing import Pace, Rest
from registry.places.providers import Found, GeocoderFailed, provider_of
from registry.places.records import Place, Precision
from registry.places.remembering import NOTHING, Answer, Memory, rounded

log = structlog.get_logger()

PLAUSIBLE_KM = 50.0
"""How far an address may lie from the ZIP code or town written in it."""

_ATTEMPTS = 2
_AT_ONCE = 2
"""Questions under way at most: a service that hangs holds up no more requests than this."""
_FIRST_WAIT = 0.3
"""Seconds to wait for a turn; who would wait longer gets the ZIP code or town at once."""
_FAILURES = 3
_REST = 60.0


class Asked(Protocol):
    """A geocoder: its name, the credit to show beside its answers, and the question."""

    name: str
    credit: str

    def ask(self, question: str) -> Found | None:
        """What it knows of the address, None for nothing. Raises GeocoderFailed and nothing else."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How a geocoder is asked: seconds for one question, questions a second."""

    timeout: float = 2.0
    per_second: float = 1.0


class Geocoding:
    """Addresses to points for one application; safe to share between threads."""

    def __init__(
        self,
        provider: Asked,
        *,
        memory: Memory | None,
        limits: Limits,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._provider, self._memory = provider, memory
        self._pace = Pace(limits.per_second, monotonic=monotonic, sleep=sleep)
        self._rest = Rest(failures=_FAILURES, seconds=_REST, monotonic=monotonic)
        self._turns = BoundedSemaphore(_AT_ONCE)
        self._retry_wait = min(self._pace.interval, limits.timeout)
        self.patience = _FIRST_WAIT + self._retry_wait + _ATTEMPTS * limits.timeout
        """Seconds that `find` takes at most, beside the database."""

    @property
    def credit(self) -> str:
        """Whom to name beside a place of precision ADDRESS; empty for nobody."""
        return self._provider.credit

    def find(self, address: TypedAddress) -> Place:
        """The address where the geocoder knows it in a plausible place, else the ZIP code or town in it."""
        answer = self._memory.recall(address.question) if self._memory else None
        if answer is None:
            answer = self._in_time(address.question)
        if answer.point is None:
            return address.anchor
        lat, lon = answer.point
        if kilometres(lat, lon, address.anchor.lat, address.anchor.lon) > PLAUSIBLE_KM:
            return address.anchor
        return replace(
            address.anchor, label=address.text, lat=lat, lon=lon, precision=Precision.ADDRESS, from_address=False
        )

    def _in_time(self, question: str) -> Answer:
        """The geocoder's answer, or nothing when none comes in time."""
        if not self._rest.over or not self._turns.acquire(blocking=False):
            return NOTHING
        # Neither looking up a host's name nor a server that sends a byte a second can be timed from inside.
        future: Future[Answer] = Future()
        try:
            Thread(target=self._look_up, args=(question, future), name="geocoder", daemon=True).start()
        except RuntimeError:
            self._turns.release()
            log.warning("geocoder_without_thread", provider=self._provider.name)
            return NOTHING
        try:
            return future.result(timeout=self.patience)
        except TookTooLong:
            # Whatever comes later is kept for the next who asks, and counts as answered or failed then.
            log.warning("geocoder_slow", provider=self._provider.name)
        except Exception as error:  # an address never fails a search
            log.error("geocoder_broken", provider=self._provider.name, error=type(error).__name__)
        return NOTHING

    def _look_up(self, question: str, future: "Future[Answer]") -> None:
        try:
            future.set_result(self._ask(question))
        except Exception as error:  # whoever waits must hear of it
            future.set_exception(error)
        finally:
            self._turns.release()

    def _ask(self, question: str) -> Answer:
        for attempt in range(_ATTEMPTS):
            if not self._pace.take(self._retry_wait if attempt else _FIRST_WAIT):
                return NOTHING
            try:
                found = self._provider.ask(question)
            except GeocoderFailed as error:
                log.warning("geocoder_failed", provider=self._provider.name, error=str(error))
                if error.rest is not None:
                    self._rest.begin(error.rest)
                    return NOTHING
                continue
            self._rest.succeeded()
            usable = found is not None and found.in_country and found.exact
            answer = rounded(found.lat, found.lon) if found is not None and usable else NOTHING
            if self._memory:
                self._memory.keep(question, answer)
            return answer
        self._rest.failed()
        return NOTHING


def geocoding_of(
    settings: Settings, *, reading: sa.Engine, writing: sa.Engine, clock: Callable[[], datetime]
) -> Geocoding | None:
    """The geocoding that the settings ask for, or None."""
    provider = provider_of(settings)
    if provider is None:
        return None
    memory = None
    if provider.may_keep:
        memory = Memory(
            reading=reading,
            writing=writing,
            secret=settings.secret_key.get_secret_value(),
            provider=provider.name,
            clock=clock,
        )
    return Geocoding(
        provider,
        memory=memory,
        limits=Limits(timeout=settings.geocoder_timeout, per_second=settings.geocoder_per_second),
    )
