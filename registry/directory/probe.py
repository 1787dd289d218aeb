"""The directory's version, asked by every search: on connections that are kept for this question alone."""

from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, event

from registry.models import DirectoryVersion

_VERSION = f"SELECT version FROM {DirectoryVersion.__tablename__} WHERE id = 1"


class VersionProbe:
    """Asks without the pool's and the ORM's ceremony, which cost ten times the question.

    The engine must be one that commits by itself: a transaction left open would show an old number for ever. There
    are as many connections as were ever asked at once; they are closed when the engine is disposed of.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Appending and popping are atomic, so threads need no lock.
        self._idle: list[Any] = []
        event.listen(engine, "engine_disposed", lambda engine: self._close())

    def __call__(self) -> int:
        """The version committed last. Raises what the driver raises when the database cannot answer."""
        with suppress(IndexError):
            kept = self._idle.pop()
            try:
                return self._ask(kept)
            except self._engine.dialect.loaded_dbapi.Error:
                # The database was restarted, perhaps: the others are as dead, and a new connection tells.
                kept.close()
                self._close()
        fresh = self._engine.raw_connection()
        fresh.detach()
        return self._ask(fresh)

    def _ask(self, connection: Any) -> int:
        cursor = connection.cursor()
        try:
            cursor.execute(_VERSION)
            version = int(cursor.fetchone()[0])
        finally:
            cursor.close()
        self._idle.append(connection)
        return version

    def _close(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()
