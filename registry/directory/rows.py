"""The columns of the index: one row a published laboratory, sorted by band and longitude."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from registry.directory.bands import Floats, Keys, Positions, earth_centred_rows, row_keys
from registry.directory.filters import UNKNOWN_DAYS, OfferingColumns
from registry.directory.names import NameOrder, Names
from registry.directory.splice import Run, child_runs, merged_runs, shifts, spliced


@dataclass(frozen=True, slots=True)
class Rows:
    """Sorted by key, at one key by position, at one position by name and id, so that laboratories at one
    point stand together and in the order of ties.

    keys uint32 (n,) ascending, positions float64 (3, n): earth-centred x, y, z in metres, lab_ids int64 (n,),
    name_starts uint32 (n,) into names, and the offerings.
    """

    keys: Keys
    positions: Floats
    lab_ids: NDArray[np.int64]
    name_starts: NDArray[np.uint32]
    names: Names
    by_name: NameOrder
    offerings: OfferingColumns

    @classmethod
    def of(
        cls,
        *,
        lab_ids: ArrayLike,
        name_keys: Sequence[str],
        latitudes: ArrayLike,
        longitudes: ArrayLike,
        offering_lab_ids: ArrayLike,
        facets: ArrayLike,
        calendar_days: ArrayLike,
        names: Names | None = None,
    ) -> "Rows":
        """Sort columns, given in any order, into rows. With names, the new name keys are added to those.

        Raises ValueError for coordinates out of range, a laboratory given twice, an offering of none of them,
        columns of unequal length, facets outside [0, 2**126) or negative days.
        """
        ids = np.asarray(lab_ids, np.int64)
        lats, lons = np.asarray(latitudes, np.float64), np.asarray(longitudes, np.float64)
        owners = np.asarray(offering_lab_ids, np.int64)
        masks, days = _words(facets), np.asarray(calendar_days, np.int64)
        if not len(ids) == len(name_keys) == len(lats) == len(lons) or not len(owners) == masks.shape[1] == len(days):
            raise ValueError("columns of unequal length")
        # Written so that NaN is refused too.
        if not (np.all(np.abs(lats) <= 90) and np.all(np.abs(lons) <= 180)):
            raise ValueError("coordinates out of range")
        if np.any(masks < 0) or np.any(days < 0):
            raise ValueError("facets and days cannot be negative")

        keys, positions = row_keys(lats, lons), earth_centred_rows(lats, lons)
        order = np.lexsort((ids, *positions[::-1], keys))
        _order_by_name_at_one_point(order, positions.take(order, axis=1), name_keys)
        ids = ids[order]
        by_name = NameOrder.of([name_keys[place] for place in order.tolist()], ids)
        new_names, starts = Names.of(name_keys) if names is None else names.with_more(name_keys)
        offering_rows = _rows_of(ids, owners)
        offering_order = np.argsort(offering_rows, kind="stable")
        offering_rows = offering_rows[offering_order]
        return cls(
            keys=keys[order],
            # Indexing would leave a transposed array, which every later look into it would copy as a whole.
            positions=positions.take(order, axis=1),
            lab_ids=ids,
            name_starts=starts[order],
            names=new_names,
            by_name=by_name,
            offerings=OfferingColumns(
                facets=masks.take(offering_order, axis=1),
                days=np.minimum(days[offering_order], UNKNOWN_DAYS).astype(np.uint16),
                row=offering_rows.astype(np.int32),
                first=np.searchsorted(offering_rows, np.arange(len(ids) + 1)).astype(np.int32),
            ),
        )

    def nbytes(self) -> int:
        """Bytes of all columns and of the names."""
        arrays = (self.keys, self.positions, self.lab_ids, self.name_starts, self.by_name.rank, self.by_name.row)
        offerings = (self.offerings.facets, self.offerings.days, self.offerings.row, self.offerings.first)
        return sum(column.nbytes for column in arrays + offerings) + len(self.names.early) + len(self.names.late)

    def replaced(self, fresh: "Rows", gone: Iterable[int]) -> "tuple[Rows, list[Run]]":
        """These rows without the laboratories gone, and with the fresh ones; and the runs they were made of.

        The names of the fresh rows must continue these names.
        """
        dropped = np.flatnonzero(np.isin(self.lab_ids, np.asarray(sorted(set(gone)), np.int64)))
        inserted = [self._place(*fresh._order_key(row)) for row in range(len(fresh.keys))]
        runs = merged_runs(dropped.tolist(), inserted, len(self.keys))
        old, new = self.offerings, fresh.offerings
        offering_runs = child_runs(runs, old.first, new.first)
        rows = Rows(
            keys=spliced(runs, self.keys, fresh.keys),
            positions=spliced(runs, self.positions, fresh.positions),
            lab_ids=spliced(runs, self.lab_ids, fresh.lab_ids),
            name_starts=spliced(runs, self.name_starts, fresh.name_starts),
            names=fresh.names,
            by_name=self._ranked(fresh, dropped, runs),
            offerings=OfferingColumns(
                facets=spliced(offering_runs, old.facets, new.facets),
                days=spliced(offering_runs, old.days, new.days),
                row=spliced(offering_runs, old.row, new.row, shifts=shifts(runs)),
                first=np.append(
                    spliced(runs, old.first[:-1], new.first[:-1], shifts=shifts(offering_runs)),
                    np.int32(sum(run.end - run.start for run in offering_runs)),
                ),
            ),
        )
        return rows, runs

    def _ranked(self, fresh: "Rows", dropped: Positions, runs: list[Run]) -> NameOrder:
        """The order of names after the dropped rows have gone and the fresh ones have come."""
        row = self.by_name.row
        # Before which of the old ranks each fresh laboratory stands, by name.
        places = [
            bisect_left(range(len(row)), fresh._name_of(number), key=lambda rank: self._name_of(int(row[rank])))
            for number in fresh.by_name.row.tolist()
        ]
        steps = np.zeros(len(row) + 1, np.int32)
        np.add.at(steps, np.array(places, np.int64), 1)
        gone = np.zeros(len(row) + 1, np.int32)
        gone[self.by_name.rank[dropped] + 1] = 1
        fewer = gone.cumsum(dtype=np.int32)
        old = self.by_name.rank + (steps.cumsum(dtype=np.int32) - fewer)[self.by_name.rank]
        new = np.array(places, np.int32) - fewer[places] + np.arange(len(places), dtype=np.int32)
        rank = spliced(runs, old, new[fresh.by_name.rank])
        by_rank = np.empty(len(rank), np.int32)
        by_rank[rank] = np.arange(len(rank), dtype=np.int32)
        return NameOrder(rank, by_rank)

    def _name_of(self, row: int) -> tuple[bytes, int]:
        return self.names.at(int(self.name_starts[row])), int(self.lab_ids[row])

    def _order_key(self, row: int) -> tuple[np.uint32, tuple[float, float, float, bytes, int]]:
        """By what rows are sorted: the key, then the position, the name and the id."""
        x, y, z = self.positions[:, row].tolist()
        return self.keys[row], (x, y, z, *self._name_of(row))

    def _place(self, key: np.uint32, rest: tuple[float, float, float, bytes, int]) -> int:
        """The row before which a laboratory of that order belongs."""
        start, end = int(self.keys.searchsorted(key)), int(self.keys.searchsorted(key, side="right"))
        return bisect_left(range(len(self.keys)), rest, start, end, key=lambda row: self._order_key(row)[1])


def _order_by_name_at_one_point(order: Positions, positions: Floats, name_keys: Sequence[str]) -> None:
    """Of row numbers in order of position and id, put those that share a position in order of name and id."""
    moves = np.flatnonzero((positions[:, 1:] != positions[:, :-1]).any(axis=0)) + 1
    starts, ends = np.concatenate(([0], moves)), np.concatenate((moves, [len(order)]))
    shared = ends - starts > 1
    for start, end in zip(starts[shared].tolist(), ends[shared].tolist(), strict=True):
        order[start:end] = sorted(order[start:end].tolist(), key=name_keys.__getitem__)


def _rows_of(lab_ids: NDArray[np.int64], owners: NDArray[np.int64]) -> Positions:
    """The row of each owner."""
    by_id = np.argsort(lab_ids, kind="stable")
    ordered = lab_ids[by_id]
    if np.any(ordered[1:] == ordered[:-1]):
        raise ValueError("a laboratory is given twice")
    place = np.searchsorted(ordered, owners)
    if len(owners) and (not len(ordered) or np.any(ordered[np.minimum(place, len(ordered) - 1)] != owners)):
        raise ValueError("an offering belongs to none of the laboratories")
    rows: Positions = by_id[place]
    return rows


def _words(facets: ArrayLike) -> NDArray[np.int64]:
    """Facets as the index holds them: (2, m); of one dimension, they are the lower words."""
    words = np.asarray(facets, np.int64)
    return words if words.ndim == 2 else np.stack((words, np.zeros_like(words)))
