"""Which laboratories offer one test that satisfies a whole filter, and the memory of recent answers."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from registry.directory.bands import Positions, Spans

UNKNOWN_DAYS = 65_535
WORD_BITS = 63
"""Facet bits in one column of the index: an int64 without its sign."""

WORDS = 2
FACET_BITS = WORD_BITS * WORDS
WORD = (1 << WORD_BITS) - 1
"""The mask of the lower column."""

# Small enough for the temporary arrays of one step to stay in the processor's cache.
_STEP = 1 << 15
# So many filters are worth keeping over a change; more would make the change slow.
_CARRIED = 8


@dataclass(frozen=True, slots=True)
class Filter:
    """What one and the same offering must have.

    any_of: bit masks below 2**126; of each, at least one bit must be set. max_days: its turnaround in calendar
    days is stated and at most that. The empty filter takes every laboratory, even one without an offering.
    Raises ValueError when a mask is out of range.
    """

    any_of: tuple[int, ...] = ()
    max_days: int | None = None

    def __post_init__(self) -> None:
        if any(not 0 <= mask < 1 << FACET_BITS for mask in self.any_of):
            raise ValueError(f"a facet mask must lie in [0, 2**{FACET_BITS})")

    @property
    def takes_all(self) -> bool:
        return not self.any_of and self.max_days is None


@dataclass(frozen=True, slots=True)
class OfferingColumns:
    """Offerings in the order of their laboratories' rows: those of row r are first[r] to first[r + 1].

    facets int64 (2, m): the lower 63 bits and the upper 63; days uint16 (m,), row int32 (m,), first int32 (n + 1,).
    """

    facets: NDArray[np.int64]
    days: NDArray[np.uint16]
    row: NDArray[np.int32]
    first: NDArray[np.int32]

    def rows_matching(self, wanted: Filter) -> NDArray[np.int32]:
        """The rows with a matching offering, ascending."""
        total = len(self.days)
        found = [
            np.flatnonzero(meets(wanted, self.facets[:, start : start + _STEP], self.days[start : start + _STEP]))
            + start
            for start in range(0, total, _STEP)
        ]
        return _distinct(self.row[np.concatenate(found)] if found else self.row)

    def rows_matching_in(self, wanted: Filter, rows: Spans) -> NDArray[np.int32]:
        """Of the rows in these runs, those with a matching offering, each once."""
        starts, ends = self.first[rows.starts], self.first[rows.ends]
        offerings = Spans(starts.astype(np.int64), ends.astype(np.int64)).positions()
        met = meets(wanted, self.facets, self.days, at=offerings)
        return _distinct(self.row[offerings[met]])

    def of_rows(self, rows: NDArray[np.integer]) -> tuple[Positions, Positions]:
        """The offerings of these rows, one row's after the other's, and which of the rows each belongs to."""
        starts, ends = self.first[rows], self.first[rows + 1]
        offerings = Spans(starts.astype(np.int64), ends.astype(np.int64)).positions()
        return offerings, np.arange(len(rows)).repeat(ends - starts)

    def quickest(self, wanted: Filter, rows: NDArray[np.integer]) -> NDArray[np.uint16]:
        """The fewest calendar days of a matching offering in each of these rows; each must have one."""
        offerings, owner = self.of_rows(rows)
        days = self.days[offerings]
        if not wanted.takes_all:
            # Those that do not match must not be the quickest.
            days = np.where(meets(wanted, self.facets, self.days, at=offerings), days, UNKNOWN_DAYS)
        fewest = np.full(len(rows), UNKNOWN_DAYS, np.uint16)
        np.minimum.at(fewest, owner, days.astype(np.uint16))
        return fewest


@dataclass(frozen=True, slots=True)
class Matching:
    """The rows that satisfy a filter, ascending: those listed, or all of them."""

    total: int
    rows: NDArray[np.int32] | None

    def all(self) -> NDArray[np.integer]:
        return np.arange(self.total) if self.rows is None else self.rows

    def at(self, places: Spans) -> NDArray[np.integer]:
        """The rows at these places among the matching."""
        positions = places.positions()
        return positions if self.rows is None else self.rows[positions]

    def seen(self, rows: Spans) -> Spans:
        """The places of the matching rows in these runs of all rows."""
        if self.rows is None:
            return rows
        starts, ends = rows.starts.astype(np.int32), rows.ends.astype(np.int32)
        return Spans(self.rows.searchsorted(starts), self.rows.searchsorted(ends))

    def windows(self, centres: Positions, half: int) -> Spans:
        """Places around some rows (ascending), so many on either side, none twice; at least so many if there
        are.
        """
        places = centres if self.rows is None else self.rows.searchsorted(centres.astype(np.int32))
        ends = np.minimum(places + half, self.total)
        starts = np.maximum(places - half, 0)
        # The first window is whole, and it alone holds half of its length at the least.
        starts[1:] = np.minimum(np.maximum(starts[1:], ends[:-1]), ends[1:])
        return Spans(starts, ends)


def meets(
    wanted: Filter, facets: NDArray[np.int64], days: NDArray[np.uint16], *, at: Positions | None = None
) -> NDArray[np.bool_]:
    """Which offerings satisfy the filter: of the columns as they are, or of those *at* these places."""
    met: NDArray[np.bool_] | None = None
    for mask in wanted.any_of:
        has: NDArray[np.bool_] | None = None
        for word in range(WORDS):
            part = mask >> word * WORD_BITS & WORD
            if part or (word == WORDS - 1 and has is None):
                column = facets[word] if at is None else facets[word].take(at)
                bit = (column & np.int64(part)) != 0
                has = bit if has is None else has | bit
        met = has if met is None or has is None else met & has
    if wanted.max_days is not None:
        column_days = days if at is None else days.take(at)
        # Unknown is the largest number a column can hold, and satisfies no limit.
        limit = np.uint16(min(wanted.max_days, UNKNOWN_DAYS - 1)) if wanted.max_days >= 0 else None
        quick = column_days <= limit if limit is not None else np.zeros(len(column_days), np.bool_)
        met = quick if met is None else met & quick
    return np.ones(len(days) if at is None else len(at), np.bool_) if met is None else met


def _distinct(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Neighbours that repeat are dropped; the offerings of a laboratory are neighbours."""
    if len(rows) < 2:
        return rows
    first = np.concatenate(([True], rows[1:] != rows[:-1]))
    return rows.take(np.flatnonzero(first))


class MatchMemory:
    """The matching rows of recent filters, at most so many bytes, the least used forgotten first; for any
    thread.
    """

    def __init__(self, *, budget_bytes: int, filters_noticed: int = 1024) -> None:
        self._budget = budget_bytes
        self._noticed_limit = filters_noticed
        self._held = 0
        self._rows: OrderedDict[Filter, NDArray[np.int32]] = OrderedDict()
        self._noticed: OrderedDict[Filter, None] = OrderedDict()
        self._lock = Lock()

    def recall(self, wanted: Filter) -> NDArray[np.int32] | None:
        with self._lock:
            rows = self._rows.get(wanted)
            if rows is not None:
                self._rows.move_to_end(wanted)
            return rows

    def notice(self, wanted: Filter) -> bool:
        """Whether this filter was asked for before: then its rows are worth keeping."""
        with self._lock:
            before = wanted in self._noticed
            self._noticed[wanted] = None
            self._noticed.move_to_end(wanted)
            if len(self._noticed) > self._noticed_limit:
                self._noticed.popitem(last=False)
            return before

    def learn(self, wanted: Filter, rows: NDArray[np.int32]) -> None:
        with self._lock:
            # Two threads may have found the same at once; it is held once.
            if wanted not in self._rows:
                self._rows[wanted] = rows
                self._held += rows.nbytes
            while self._held > self._budget and len(self._rows) > 1:
                self._held -= self._rows.popitem(last=False)[1].nbytes

    def carried(self, change: Callable[[Filter, NDArray[np.int32]], NDArray[np.int32]]) -> "MatchMemory":
        """A new memory for a changed directory: the latest filters, and of each the rows that the change
        makes.
        """
        with self._lock:
            remembered, noticed = list(self._rows.items())[-_CARRIED:], list(self._noticed)
        memory = MatchMemory(budget_bytes=self._budget, filters_noticed=self._noticed_limit)
        memory._noticed.update(dict.fromkeys(noticed))
        for wanted, rows in remembered:
            memory.learn(wanted, change(wanted, rows))
        return memory
