"""Two sorted tables become one by copying long runs: as quick as memory is, where sorting a million rows anew
is not.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Run(NamedTuple):
    """Neighbouring rows [start, end) of the old table, or of the fresh one."""

    fresh: bool
    start: int
    end: int


def merged_runs(dropped: Sequence[int], inserted: Sequence[int], length: int) -> list[Run]:
    """The runs of a table of that length without the dropped rows, fresh row i standing before old row
    inserted[i].

    Both are ascending.
    """
    events = sorted([(place, 0, row) for row, place in enumerate(inserted)] + [(row, 1, row) for row in dropped])
    runs: list[Run] = []
    reached = 0
    for place, drops, row in events:
        if reached < place:
            runs.append(Run(False, reached, place))
            reached = place
        if drops:
            reached = place + 1
        else:
            runs.append(Run(True, row, row + 1))
    if reached < length:
        runs.append(Run(False, reached, length))
    return runs


def child_runs(runs: Sequence[Run], old_first: NDArray[np.int32], fresh_first: NDArray[np.int32]) -> list[Run]:
    """The runs of a second table in which row r of the first owns the rows first[r] to first[r + 1]."""
    result: list[Run] = []
    for run in runs:
        first = fresh_first if run.fresh else old_first
        result.append(Run(run.fresh, int(first[run.start]), int(first[run.end])))
    return result


def member_runs(runs: Sequence[Run], old: NDArray[np.int32], fresh: NDArray[np.int32]) -> list[Run]:
    """The runs of a table that holds row numbers of the first, ascending."""
    result: list[Run] = []
    for run in runs:
        members = fresh if run.fresh else old
        start, end = members.searchsorted(np.array((run.start, run.end), np.int32)).tolist()
        result.append(Run(run.fresh, start, end))
    return result


def shifts(runs: Sequence[Run]) -> list[int]:
    """By how much the row numbers of each run grow in the new table."""
    result: list[int] = []
    reached = 0
    for run in runs:
        result.append(reached - run.start)
        reached += run.end - run.start
    return result


def spliced(
    runs: Sequence[Run], old: NDArray[Any], fresh: NDArray[Any], *, shifts: Sequence[int] | None = None
) -> NDArray[Any]:
    """One column of the new table, or several that run along the last axis.

    Where shifts are given, each run's values are raised by its own.
    """
    pieces = [(fresh if run.fresh else old)[..., run.start : run.end] for run in runs]
    length = sum(run.end - run.start for run in runs)
    result: NDArray[Any] = np.empty((*old.shape[:-1], length), old.dtype)
    reached = 0
    for number, piece in enumerate(pieces):
        target = result[..., reached : reached + piece.shape[-1]]
        if shifts is None:
            target[...] = piece
        else:
            np.add(piece, shifts[number], out=target)
        reached += piece.shape[-1]
    return result
