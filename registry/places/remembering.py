"""What geocoders answered, kept in the database without the addresses."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from registry.extensions import SQLITE_BUSY_MS
from registry.models.place import GeocodeCache
from registry.places.folding import fold
from registry.places.records import Precision

log = structlog.get_logger()

KEEP_FOUND = timedelta(days=180)
KEEP_MISSING = timedelta(days=7)
_DECIMALS = 3
"""Of a degree, as kept and used: about 100 m, less than the tenth of a mile that distances are shown to."""
_LOCK_MS = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What a geocoder knew of an address: its point in degrees, or None when it knew no such address."""

    point: tuple[float, float] | None


NOTHING = Answer(None)


def rounded(lat: float, lon: float) -> Answer:
    """An answer that does not name the house."""
    return Answer((round(lat, _DECIMALS) + 0.0, round(lon, _DECIMALS) + 0.0))


@contextmanager
def _hurried(connection: sa.Connection) -> Iterator[None]:
    """Wait for no lock longer than half a second: somebody waits for the answer."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_LOCK_MS}")
        yield
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_LOCK_MS}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {SQLITE_BUSY_MS}")


class Memory:
    """Answers of one provider, under a keyed hash of the folded question.

    Each call has a short connection of its own, outside of any request's transaction; a database that fails makes
    it forget, never fail.
    """

    def __init__(
        self,
        *,
        reading: sa.Engine,
        writing: sa.Engine,
        secret: str,
        provider: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._reading, self._writing, self._provider, self._clock = reading, writing, provider, clock
        # A plain hash of an address could be found again by hashing every address there is.
        self._secret = hashlib.sha256(secret.encode()).digest()

    def recall(self, question: str) -> Answer | None:
        """The answer kept for the question, None when there is none that still holds."""
        cache = GeocodeCache
        query = sa.select(cache.lat, cache.lon).where(
            cache.address_hash == self._hash(question),
            cache.provider == self._provider,
            cache.expires_at > self._clock(),
        )
        try:
            with self._reading.connect() as connection:
                row = connection.execute(query).first()
        except SQLAlchemyError as error:
            log.warning("geocode_cache_not_read", error=type(error).__name__)
            return None
        if row is None:
            return None
        return NOTHING if row.lat is None else Answer((row.lat, row.lon))

    def keep(self, question: str, answer: Answer) -> None:
        """Keep the answer in place of an older one, and drop those that no longer hold."""
        today = self._clock().replace(hour=0, minute=0, second=0, microsecond=0)
        lat, lon = answer.point or (None, None)
        values = {
            "lat": lat,
            "lon": lon,
            "precision": Precision.ADDRESS if answer.point else "",
            "fetched_at": today,
            "expires_at": today + (KEEP_FOUND if answer.point else KEEP_MISSING),
        }
        key = {"address_hash": self._hash(question), "provider": self._provider}
        insert = sqlite.insert if self._writing.dialect.name == "sqlite" else postgresql.insert
        upsert = insert(GeocodeCache).values(**key, **values)
        try:
            with self._writing.connect() as connection, _hurried(connection):
                connection.execute(sa.delete(GeocodeCache).where(GeocodeCache.expires_at <= self._clock()))
                connection.execute(upsert.on_conflict_do_update(index_elements=list(key), set_=values))
                connection.commit()
        except SQLAlchemyError as error:
            log.warning("geocode_cache_not_written", error=type(error).__name__)

    def _hash(self, question: str) -> str:
        return hashlib.blake2b(fold(question).encode("utf-8", "replace"), key=self._secret, digest_size=32).hexdigest()
