"""The laboratories' names as one run of bytes: they only ever decide ties, so they need no objects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_END = b"\0"


@dataclass(frozen=True, slots=True)
class Names:
    """Name keys in UTF-8, each closed by a zero byte, addressed by where they begin.

    Bytes of UTF-8 compare like the code points they stand for. Later names go into a second, short run, so
    that adding one does not copy a million; what a changed laboratory was called before stays behind until
    the index is built anew.
    """

    early: bytes
    late: bytes = b""

    @classmethod
    def of(cls, keys: Iterable[str]) -> tuple["Names", NDArray[np.uint32]]:
        encoded, starts = _encode(keys, 0)
        return cls(encoded), starts

    def with_more(self, keys: Iterable[str]) -> tuple["Names", NDArray[np.uint32]]:
        encoded, starts = _encode(keys, len(self.early) + len(self.late))
        return Names(self.early, self.late + encoded), starts

    def at(self, start: int) -> bytes:
        text = self.early
        if start >= len(text):
            start -= len(text)
            text = self.late
        return text[start : text.index(_END, start)]


@dataclass(frozen=True, slots=True)
class NameOrder:
    """The laboratories by name and id: ``rank`` of each row, and ``row`` of each rank; int32 (n,) both."""

    rank: NDArray[np.int32]
    row: NDArray[np.int32]

    @classmethod
    def of(cls, keys: Sequence[str], lab_ids: NDArray[np.int64]) -> "NameOrder":
        """Of rows that stand as the keys and ids do."""
        by_id = np.argsort(lab_ids, kind="stable").tolist()
        by_id.sort(key=keys.__getitem__)
        return cls.of_rows(np.array(by_id, np.int32))

    @classmethod
    def of_rows(cls, row: NDArray[np.int32]) -> "NameOrder":
        """Of the row numbers in order of names."""
        rank = np.empty(len(row), np.int32)
        rank[row] = np.arange(len(row), dtype=np.int32)
        return cls(rank, row)


def _encode(keys: Iterable[str], offset: int) -> tuple[bytes, NDArray[np.uint32]]:
    pieces = [key.replace("\0", "").encode("utf-8", "surrogatepass") for key in keys]
    lengths = np.fromiter((len(piece) + 1 for piece in pieces), np.int64, len(pieces))
    starts = (offset + np.cumsum(lengths) - lengths).astype(np.uint32)
    return b"".join(piece + _END for piece in pieces), starts
