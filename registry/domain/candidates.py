"""Which laboratories of many are worth comparing: those that share something that few share.

Comparing each of 50,000 with each would be over a thousand million comparisons. Each laboratory has a handful of keys
instead, and only two that share one are compared.
"""

import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from registry.domain.matching import Likeness, Read, Site, compare, compare_read, may_be_alike, read
from registry.domain.naming import initials
from registry.domain.spelling import GENERAL, spelled_out

MOST_OF_A_KEY = 60
"""How many laboratories may share a key and still be compared each with each."""

NEIGHBORS = 12
"""With how many that follow in the order of names a laboratory is compared where more share a key."""

_READ_KEPT = 20_000
_PLACE_BITS = 24
_MOST = 1 << _PLACE_BITS
_BEGINNING = 4
_SEPARATOR = "\x1f"


def keys(read_site: Read) -> set[str]:
    """What *read_site* shares with whoever may be the same laboratory; two without a common key are not compared."""
    site, found = read_site, set()
    area = site.zip[:3] or site.site.state
    town = f"{site.site.state} {' '.join(site.city)}"
    if site.clia:
        found.add(f"clia {site.clia}")
    if site.cap:
        found.add(f"cap {site.cap.partition('-')[0]}")
    if site.phone:
        # A network's one number is shared by thousands; its sites in one area are few.
        found |= {f"phone {site.phone}", f"phone {site.phone} {area}"}
    if site.npi:
        found.add(f"npi {site.npi} {area}")
    if site.host:
        found |= {f"web {site.host} {site.zip}", f"web {site.host} {town}"}
    if site.street.number:
        found.add(f"house {site.street.number} {area}")
        # Of a house in which much is shared, the tenants of one room.
        found |= {f"door {site.street.number} {area} {beginning}" for beginning in _beginnings(site)}
    for beginning in _beginnings(site):
        found |= {f"name {beginning} {site.zip or town}", f"name {beginning} {town}"}
    for words in site.names:
        own = sorted(set(_own(words)))
        # The same name in the same state: it may have moved to the next town.
        found.add(f"whole {' '.join(own)} {site.site.state}")
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """Two that are alike, by the numbers that the caller gave them, the smaller first."""

    first: int
    second: int
    first_site: Site
    second_site: Site
    likeness: Likeness


@dataclass
class Scan:
    """Finds all that are alike among many: first :meth:`add` each, in the order of their names, then :meth:`pairs`.

    Of each laboratory only its words are kept, packed, and its keys as numbers: some hundred bytes.
    """

    compared: int = 0
    proposed: int = 0
    _numbers: "array[int]" = field(default_factory=lambda: array("q"))
    _sites: list[str] = field(default_factory=list)
    _entries: "array[int]" = field(default_factory=lambda: array("Q"))

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, number: int, site: Site) -> None:
        """Take in the laboratory *number*."""
        place = len(self._numbers)
        if place >= _MOST:
            raise OverflowError(f"more than {_MOST} laboratories")
        self._numbers.append(number)
        self._sites.append(packed(site))
        self._entries.extend(_hashed(key) << _PLACE_BITS | place for key in keys(read(site)))

    def pairs(self, progress: Callable[[int], object] | None = None) -> Iterator[Found]:
        """All that are alike, each pair once. *progress* is told now and then how many were looked at."""
        entries = array("Q", sorted(self._entries))
        self._entries = array("Q")
        known: OrderedDict[int, Read] = OrderedDict()
        for place in range(len(self._numbers)):
            mine = self._read(place, known)
            others: set[int] = set()
            for key in keys(mine):
                others.update(_others(entries, _hashed(key) << _PLACE_BITS, place))
            self.proposed += len(others)
            for other in others:
                theirs = self._read(other, known)
                if not may_be_alike(mine, theirs):
                    continue
                self.compared += 1
                likeness = compare_read(mine, theirs)
                if likeness.alike:
                    yield self._found(place, other)
            if progress is not None and place % 1000 == 999:
                progress(place + 1)

    def _found(self, place: int, other: int) -> Found:
        first, second = sorted((place, other), key=lambda each: self._numbers[each])
        one, another = unpacked(self._sites[first]), unpacked(self._sites[second])
        # Compared again in the order in which the two are shown.
        return Found(self._numbers[first], self._numbers[second], one, another, compare(one, another))

    def _read(self, place: int, known: OrderedDict[int, Read]) -> Read:
        if place in known:
            known.move_to_end(place)
            return known[place]
        fresh = known[place] = read(unpacked(self._sites[place]))
        if len(known) > _READ_KEPT:
            known.popitem(last=False)
        return fresh


def proposed(sites: Iterable[tuple[Site, Site]]) -> list[bool]:
    """Of each of these pairs, whether its two would be compared when there are no others."""
    return [not keys(read(one)).isdisjoint(keys(read(other))) for one, other in sites]


def packed(site: Site) -> str:
    """*site* as one string."""
    values = (
        site.name, site.address, site.city, site.state, site.zip, site.phone, site.web, site.address2, site.clia,
        site.npi, site.cap,
    )  # fmt: skip
    return _SEPARATOR.join(value.replace(_SEPARATOR, " ") for value in values)


def unpacked(text: str) -> Site:
    """The site of :func:`packed`."""
    return Site(*text.split(_SEPARATOR))


def _others(entries: Sequence[int], key: int, place: int) -> Iterable[int]:
    """Who shares *key* with the laboratory at *place* and stands behind it; of many only the next by name."""
    start = bisect_right(entries, key | place)
    if start == len(entries) or entries[start] >> _PLACE_BITS != key >> _PLACE_BITS:
        return ()
    end = bisect_left(entries, key + _MOST, start)
    if end - bisect_left(entries, key) > MOST_OF_A_KEY:
        end = min(end, start + NEIGHBORS)
    return (entry & _MOST - 1 for entry in entries[start:end])


def _hashed(key: str) -> int:
    """40 bits; two keys that fall together cost a needless comparison and nothing else."""
    encoded = key.encode()
    return zlib.crc32(encoded) << 8 | zlib.adler32(encoded) & 0xFF


def _own(words: tuple[str, ...]) -> list[str]:
    full = spelled_out(list(words))
    return [word for word in full if word not in GENERAL] or full


def _beginnings(site: Read) -> set[str]:
    """How the words of the names begin, as slips of the pen are rare there, and their initials."""
    found = set()
    for words in site.names:
        found |= {word[:_BEGINNING] for word in _own(words)}
        found |= {run[:_BEGINNING] for run in initials(list(words))}
    return found
