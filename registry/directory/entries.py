"""What goes into the index and what comes out of it."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from registry.directory.filters import WORD, WORD_BITS
from registry.directory.rows import Rows


@dataclass(frozen=True, slots=True)
class OfferingFacts:
    """One HER2 test of a laboratory: facets, one bit for each option that holds (below 2**126), and the upper
    bound of its turnaround in calendar days (UNKNOWN_DAYS when not stated).
    """

    facets: int
    calendar_days: int


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One published laboratory: where it stands in degrees, and the key by which names are ordered."""

    lab_id: int
    name_key: str
    lat: float
    lon: float
    offerings: tuple[OfferingFacts, ...]


class Sort(StrEnum):
    """By what the laboratories of an answer are ordered; never by quality."""

    DISTANCE = "distance"
    TURNAROUND = "turnaround"
    NAME = "name"


class Hit(NamedTuple):
    """A laboratory and its distance from the point asked for, in metres; NaN where no point was."""

    lab_id: int
    distance_m: float


@dataclass(frozen=True, slots=True)
class Found:
    """How many laboratories were found, and those of the page asked for, in order."""

    total: int
    hits: tuple[Hit, ...]


def rows_of(entries: Iterable[IndexEntry], after: Rows | None = None) -> Rows:
    """Columns of the entries, each of which may be forgotten as soon as it is read."""
    lab_ids, offering_lab_ids, lower, upper, days = array("q"), array("q"), array("q"), array("q"), array("q")
    latitudes, longitudes = array("d"), array("d")
    name_keys: list[str] = []
    for entry in entries:
        lab_ids.append(entry.lab_id)
        name_keys.append(entry.name_key)
        latitudes.append(entry.lat)
        longitudes.append(entry.lon)
        for offering in entry.offerings:
            offering_lab_ids.append(entry.lab_id)
            lower.append(offering.facets & WORD)
            upper.append(offering.facets >> WORD_BITS)
            days.append(offering.calendar_days)
    return Rows.of(
        lab_ids=lab_ids,
        name_keys=name_keys,
        latitudes=latitudes,
        longitudes=longitudes,
        offering_lab_ids=offering_lab_ids,
        facets=(lower, upper),
        calendar_days=days,
        names=None if after is None else after.names,
    )
