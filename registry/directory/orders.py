"""Orders other than by distance: by name, and by turnaround."""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from registry.directory.cursor import REMEMBERED, Cursor
from registry.directory.entries import Found, Hit, Sort
from registry.directory.filters import Filter
from registry.directory.ranking import Candidates, Ranking, RowNumbers
from registry.directory.rows import Rows


def by_name(rows: Rows, found: RowNumbers, ranking: Ranking | None, offset: int, limit: int) -> Found:
    """The found rows by name and id; distances are those from the ranking's point."""
    ranks = rows.by_name.rank.take(found)
    page = rows.by_name.row.take(_slice_of_smallest(ranks, offset, offset + limit))
    return _found(rows, len(found), page, ranking)


def by_name_of_all(rows: Rows, ranking: Ranking | None, offset: int, limit: int) -> Found:
    """As :func:`by_name` of every row."""
    return _found(rows, len(rows.lab_ids), rows.by_name.row[offset : offset + limit], ranking)


def by_turnaround(
    rows: Rows, found: Candidates, wanted: Filter, ranking: Ranking | None, offset: int, limit: int
) -> Found:
    """By the quickest matching test, the unknown last; then by distance from the ranking's point, else by name."""
    total = len(found.rows)
    last = min(offset + limit, total)
    if offset >= last:
        return Found(total, ())
    days = rows.offerings.quickest(wanted, found.rows)
    ordered_days = np.partition(days, (offset, last - 1))
    hits: list[Hit] = []
    before = int(np.count_nonzero(days < ordered_days[offset]))
    # One length of time after the other; each is ordered by itself.
    for value in np.unique(days[(days >= ordered_days[offset]) & (days <= ordered_days[last - 1])]):
        same = found.where(days == value)
        count = len(same.rows)
        start, end = max(offset - before, 0), min(last - before, count)
        if ranking is None:
            hits += by_name(rows, same.rows, None, start, end - start).hits
        else:
            hits += map(Hit._make, ranking.page(same, start, end))
        before += count
    return Found(total, tuple(hits))


def cursor_behind(rows: Rows, hits: Sequence[Hit], wanted: Filter, sort: Sort) -> Cursor:
    """What tells the end of a page that holds these laboratories, one at least."""
    last = hits[: -REMEMBERED - 1 : -1]
    if sort is Sort.DISTANCE:
        return Cursor.behind([hit.lab_id for hit in hits], last[0].distance_m)
    marks = tuple(_mark(rows, hit.lab_id, None if sort is Sort.NAME else hit, wanted) for hit in last)
    return Cursor(tuple(hit.lab_id for hit in last), marks=marks)


def place_by_name(rows: Rows, found: RowNumbers, cursor: Cursor) -> int | None:
    """How many of the found rows stand before or at the first of the cursor's laboratories that is called as it was."""
    for lab_id, mark in zip(cursor.lab_ids, cursor.marks, strict=False):
        if _mark(rows, lab_id, None, Filter()) == mark:
            return int(np.count_nonzero(rows.by_name.rank.take(found) <= rows.by_name.rank[_row(rows, lab_id)]))
    return None


def place_by_turnaround(
    rows: Rows, found: Candidates, wanted: Filter, ranking: Ranking | None, cursor: Cursor
) -> int | None:
    """As :func:`place_by_name`, of those in order of turnaround that are as quick and as far as they were."""
    hits = by_turnaround(rows, found, wanted, ranking, 0, len(found.rows)).hits
    places = {hit.lab_id: place for place, hit in enumerate(hits, start=1)}
    for lab_id, mark in zip(cursor.lab_ids, cursor.marks, strict=False):
        place = places.get(lab_id)
        if place is not None and _mark(rows, lab_id, hits[place - 1], wanted) == mark:
            return place
    return None


def _mark(rows: Rows, lab_id: int, hit: Hit | None, wanted: Filter) -> int:
    """32 bits of what a laboratory stands by, -1 when it is gone: its name; as a *hit*, its turnaround and distance."""
    row = _row(rows, lab_id)
    if not len(row):
        return -1
    name = rows.names.at(int(rows.name_starts[row[0]]))
    if hit is None:
        return zlib.crc32(name)
    return zlib.crc32(b"%d %f %b" % (rows.offerings.quickest(wanted, row)[0], hit.distance_m, name))


def _row(rows: Rows, lab_id: int) -> NDArray[np.integer]:
    """The row of a laboratory: one, or none."""
    return np.flatnonzero(rows.lab_ids == lab_id)


def _found(rows: Rows, total: int, page: RowNumbers, ranking: Ranking | None) -> Found:
    metres = [float("nan")] * len(page) if ranking is None else ranking.metres(page).tolist()
    return Found(total, tuple(map(Hit, rows.lab_ids[page].tolist(), metres)))


def _slice_of_smallest(values: NDArray[np.int32], start: int, end: int) -> NDArray[np.int32]:
    """The values of ranks start to end (excluded), ascending."""
    end = min(end, len(values))
    if start >= end:
        return values[:0]
    if end < len(values):
        values = np.partition(values, end - 1)[:end]
    return np.sort(values)[start:end]
