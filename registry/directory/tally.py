"""How many laboratories each option of a search would leave: counts of single bits."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from registry.directory.filters import FACET_BITS, WORD_BITS, WORDS, Filter, OfferingColumns, meets
from registry.directory.ranking import RowNumbers

# Up to so many words it is quicker to look at each bit.
_FEW = 2_500
_WIDTH = 64
# Fields of 1 bit become fields of 2, of those 4, 8 and 16: how many words can be added before a field runs over.
_STEPS = (
    (1, 0x5555555555555555, 3),
    (2, 0x3333333333333333, 5),
    (4, 0x0F0F0F0F0F0F0F0F, 17),
    (8, 0x00FF00FF00FF00FF, 257),
)
_SIXTEENTHS = np.arange(0, _WIDTH, 16, dtype=np.uint64)[:, np.newaxis, np.newaxis]
# Where each bit's count stands after the steps: sixteen rows by the steps' halves, in each of four fields.
_PLACES = np.argsort(
    [
        sum(width for step, (width, _, _) in enumerate(_STEPS) if row >> step & 1) + 16 * field
        for field in range(4)
        for row in range(16)
    ]
)
_FIRST = np.zeros(1, np.int64)


@dataclass(frozen=True, slots=True)
class Tally:
    """Laboratories by option: how many have a test that has the option's bit and satisfies the other filters."""

    counts: tuple[int, ...]

    def of(self, bit: int) -> int:
        """The count of an option, given as its one bit."""
        return self.counts[bit.bit_length() - 1]


def tally(offerings: OfferingColumns, rows: RowNumbers | None, wanted: Sequence[tuple[Filter, int]]) -> Tally:
    """Of these rows (None: of all), under each filter the counts of the options in its mask."""
    facets, days = offerings.facets, offerings.days
    owners: NDArray[np.integer] = offerings.row
    if rows is not None:
        at, owners = offerings.of_rows(rows)
        facets, days = facets.take(at, axis=1), days.take(at)
    counts = np.zeros(FACET_BITS, np.int64)
    for filter_, mask in wanted:
        if filter_.takes_all:
            chosen, owner = facets, owners
        else:
            met = meets(filter_, facets, days).nonzero()[0]
            chosen, owner = facets.take(met, axis=1), owners.take(met)
        starts = np.concatenate((_FIRST, (owner[1:] != owner[:-1]).nonzero()[0] + 1)) if len(owner) else _FIRST[:0]
        for word, options in _options(mask):
            # One word for each laboratory: what any of its tests has; they are neighbours.
            joined = chosen[word] if len(starts) == len(owner) else np.bitwise_or.reduceat(chosen[word], starts)
            counts[options + word * WORD_BITS] = count_bits(joined)[options]
    return Tally(tuple(counts.tolist()))


@lru_cache(maxsize=256)
def _options(mask: int) -> tuple[tuple[int, NDArray[np.int64]], ...]:
    """Of each word that the mask touches, the numbers of its bits."""
    places = [place for place in range(FACET_BITS) if mask >> place & 1]
    words = ((word, [place % WORD_BITS for place in places if place // WORD_BITS == word]) for word in range(WORDS))
    return tuple((word, np.array(bits, np.int64)) for word, bits in words if bits)


def count_bits(words: NDArray[np.int64]) -> NDArray[np.integer]:
    """How many of the words have each bit set; int64 (n,) to (64,)."""
    if len(words) <= _FEW:
        bits = np.unpackbits(np.ascontiguousarray(words).view(np.uint8), bitorder="little")
        few: NDArray[np.integer] = np.add.reduce(bits.reshape(-1, _WIDTH), axis=0, dtype=np.uint16)
        return few
    # Adding up bit by bit would read the words 64 times: the bits of a word are added in fields, all at once.
    fields = words.view(np.uint64).reshape(1, -1)
    for width, mask, most in _STEPS:
        low, high = fields & np.uint64(mask), (fields >> np.uint64(width)) & np.uint64(mask)
        fields = np.concatenate((_added(low, most), _added(high, most)))
    sums = ((fields >> _SIXTEENTHS) & np.uint64(0xFFFF)).sum(axis=2)
    many: NDArray[np.integer] = sums.reshape(_WIDTH)[_PLACES]
    return many


def _added(fields: NDArray[np.uint64], most: int) -> NDArray[np.uint64]:
    """Sums of so many words, each field by itself; those added stand far apart, so that it runs along the memory."""
    whole = fields.shape[1] // most * most
    sums = fields[:, :whole].reshape(fields.shape[0], most, -1).sum(axis=1, dtype=np.uint64)
    rest = fields[:, whole:].sum(axis=1, keepdims=True, dtype=np.uint64)
    return np.concatenate((sums, rest), axis=1)
