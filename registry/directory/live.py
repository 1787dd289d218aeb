"""The index that follows the database: every request compares one number, and applies what changed when it rose."""

import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, select

from registry.directory.facets import days_mask, laboratory_mask, test_mask
from registry.directory.filters import UNKNOWN_DAYS, WORD, WORD_BITS
from registry.directory.index import DirectoryIndex, IndexEntry, OfferingFacts
from registry.directory.shelf import CardShelf
from registry.models import DirectoryVersion, Lab, LabOffering
from registry.models.lab import PUBLISHED

_VERSION = select(DirectoryVersion.version).where(DirectoryVersion.id == 1)
_LABS = select(Lab.id, Lab.name_key, Lab.lat, Lab.lon, Lab.state).order_by(Lab.id)
_OFFERINGS = (
    select(
        LabOffering.lab_id,
        LabOffering.method,
        LabOffering.scoring_criterion,
        LabOffering.reflex_policy,
        LabOffering.accepts_outside_specimens,
        LabOffering.specimens,
        LabOffering.service_level,
        Lab.accreditations,
        LabOffering.takes_from,
        LabOffering.calendar_days,
    )
    .join(Lab, Lab.id == LabOffering.lab_id)
    .order_by(LabOffering.lab_id, LabOffering.position)
)

# By id, and found without an order: with its statistics SQLite would rather read both tables from end to end, since one
# version looks to it as common as any other.
_SINCE = select(Lab.id, Lab.state).where(Lab.version > bindparam("version"))
_LABS_OF = _LABS.where(Lab.id.in_(bindparam("ids", expanding=True)))
_OFFERINGS_OF = _OFFERINGS.where(LabOffering.lab_id.in_(bindparam("ids", expanding=True)))
_AT_ONCE = 500


Whole = Callable[[], AbstractContextManager[Connection]]
"""Gives a connection in which the database stands still."""


class LiveIndex:
    """One process's index. Readers take the snapshot that stands; one thread at a time makes the next one."""

    def __init__(self, probe: Callable[[], int], whole: Whole) -> None:
        """*probe* tells the version committed last; *whole* opens a connection to read from."""
        self.shelf = CardShelf()
        self._probe = probe
        self._whole = whole
        self._snapshot: DirectoryIndex | None = None
        self._making = threading.Lock()

    def at_present(self) -> DirectoryIndex:
        """The snapshot that holds every change committed before this call."""
        version = self._probe()
        snapshot = self._snapshot
        if snapshot is not None and snapshot.version >= version:
            return snapshot
        with self._making:
            snapshot = self._snapshot
            if snapshot is None or snapshot.version < version:
                with self._whole() as still:
                    self._snapshot = snapshot = self._next(snapshot, still)
            return snapshot

    def _next(self, snapshot: DirectoryIndex | None, connection: Connection) -> DirectoryIndex:
        version: int = connection.execute(_VERSION).scalar_one()
        if snapshot is None:
            return _whole(connection, version)
        changed, gone = _changes(snapshot, connection)
        self.shelf.drop([*(entry.lab_id for entry in changed), *gone])
        return snapshot.updated(changed, gone, version)


def _whole(connection: Connection, version: int) -> DirectoryIndex:
    # By columns: at a million laboratories an object for each would cost half a minute.
    lab_ids, latitudes, longitudes = array("q"), array("d"), array("d")
    offering_lab_ids, calendar_days = array("q"), array("q")
    lower, upper = array("q"), array("q")
    name_keys: list[str] = []
    for lab_id, name_key, lat, lon, _ in _rows(connection, _LABS.where(Lab.state == PUBLISHED)):
        lab_ids.append(lab_id)
        name_keys.append(name_key)
        latitudes.append(lat)
        longitudes.append(lon)
    for lab_id, *values in _rows(connection, _OFFERINGS.where(Lab.state == PUBLISHED)):
        facts = _facts(*values)
        offering_lab_ids.append(lab_id)
        lower.append(facts.facets & WORD)
        upper.append(facts.facets >> WORD_BITS)
        calendar_days.append(facts.calendar_days)
    return DirectoryIndex.from_columns(
        version,
        lab_ids=lab_ids,
        name_keys=name_keys,
        latitudes=latitudes,
        longitudes=longitudes,
        offering_lab_ids=offering_lab_ids,
        facets=(lower, upper),
        calendar_days=calendar_days,
    )


def _changes(snapshot: DirectoryIndex, connection: Connection) -> tuple[list[IndexEntry], list[int]]:
    changed: list[int] = []
    gone: list[int] = []
    for lab_id, state in connection.execute(_SINCE, {"version": snapshot.version}):
        (changed if state == PUBLISHED else gone).append(lab_id)
    entries: list[IndexEntry] = []
    for start in range(0, len(changed), _AT_ONCE):
        entries += _entries(connection, changed[start : start + _AT_ONCE])
    return entries, gone


def _entries(connection: Connection, lab_ids: Sequence[int]) -> Iterator[IndexEntry]:
    offerings: dict[int, list[OfferingFacts]] = {}
    for lab_id, *values in connection.execute(_OFFERINGS_OF, {"ids": lab_ids}):
        offerings.setdefault(lab_id, []).append(_facts(*values))
    for lab_id, name_key, lat, lon, _ in connection.execute(_LABS_OF, {"ids": lab_ids}):
        yield IndexEntry(lab_id, name_key, lat, lon, tuple(offerings.get(lab_id, ())))


def _facts(
    method: str,
    criterion: str,
    reflex: str,
    outside: str,
    specimens: str,
    service: str,
    accreditations: str,
    takes_from: str,
    calendar_days: int | None,
) -> OfferingFacts:
    days = UNKNOWN_DAYS if calendar_days is None else min(calendar_days, UNKNOWN_DAYS - 1)
    facets = (
        test_mask(method, criterion, reflex, outside, specimens, service)
        | laboratory_mask(accreditations, takes_from)
        | days_mask(days)
    )
    return OfferingFacts(facets, days)


def _rows(connection: Connection, statement: Executable) -> Iterator[Any]:
    yield from connection.execution_options(yield_per=5000).execute(statement)
