"""ZIP codes and towns of the United States and its territories, offline, read once per process.

The data and their sources are described in `seed_data/SOURCES.md`.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from threading import Lock

from registry.places.completing import Completion, PrefixIndex, completions
from registry.places.folding import fold
from registry.places.packed import Packed, read_packed
from registry.places.records import MilitaryZip, Place, Precision, Town, ZipEntry, ZipKind
from registry.places.suggesting import suggestions

__all__ = [
    "PLACES_FILE",
    "Gazetteer",
    "MilitaryZip",
    "Place",
    "Precision",
    "Town",
    "ZipEntry",
    "ZipKind",
    "gazetteer",
]

PLACES_FILE = Path(__file__).resolve().parents[2] / "seed_data" / "places.gz"
ZIP_KINDS = ("standard", "po_box", "unique", "military")
PRECISIONS = ("", "zip", "city", "county", "zip3")
PLACE_KINDS = ("town", "post_office", "postal_alias")
_SCALE = 10_000
_ZIP_LIMIT = 100_000


class Gazetteer:
    """Read-only and safe to share between threads once built."""

    def __init__(self, packed: Packed) -> None:
        numbers, texts = packed.numbers, packed.texts
        self._codes = numbers["zip_code"]
        self._zip_kind = numbers["zip_kind"]
        self._zip_state = numbers["zip_state"]
        self._zip_county = numbers["zip_county"]
        self._zip_city = numbers["zip_city"]
        self._zip_precision = numbers["zip_precision"]
        self._zip_lat = numbers["zip_lat"]
        self._zip_lon = numbers["zip_lon"]
        self._others_end = array("i", accumulate(numbers["zip_others"]))
        self._other_city = numbers["other_city"]
        self._place_name = numbers["place_name"]
        self._place_state = numbers["place_state"]
        self._place_kind = numbers["place_kind"]
        self._place_lat = numbers["place_lat"]
        self._place_lon = numbers["place_lon"]
        self._place_population = numbers["place_population"]
        self._entries_end = array("i", accumulate(numbers["key_entries"]))
        self._entry = numbers["entry"]
        self._names = texts["names"]
        self._states = texts["states"]
        self._counties = texts["counties"]
        self._keys = texts["keys"]
        self._kinds = tuple(ZipKind(kind) for kind in ZIP_KINDS)
        self._precisions = (None, *(Precision(precision) for precision in PRECISIONS[1:]))
        self._number_of_state = {state: number for number, state in enumerate(self._states)}
        self._prefixes = PrefixIndex(
            keys=self._keys,
            entries_end=self._entries_end,
            entry=self._entry,
            place_population=self._place_population,
            place_kind=self._place_kind,
            place_state=self._place_state,
            zip_code=self._codes,
            zip_kind=self._zip_kind,
        )
        # A table of all possible codes answers in one step and takes 200 kB; 0 stands for "no such code".
        self._row_of_code = array("H", bytes(2 * _ZIP_LIMIT))
        for row, code in enumerate(self._codes, start=1):
            self._row_of_code[code] = row

    def zip(self, code: str) -> ZipEntry | None:
        """The ZIP code of exactly five ASCII digits, or None."""
        if len(code) != 5 or not (code.isascii() and code.isdigit()):
            return None
        row = self._row_of_code[int(code)] - 1
        return self._zip_entry(code, row) if row >= 0 else None

    def zips(self) -> Iterator[str]:
        """All ZIP codes, ascending."""
        return (f"{code:05d}" for code in self._codes)

    def counts(self) -> dict[str, int]:
        """How many ZIP codes, places and names of places there are."""
        return {
            "ZIP codes": len(self._codes),
            "places": len(self._place_name),
            "names of places": len(self._keys),
        }

    def zips_near(self, code: str, limit: int) -> list[str]:
        """Known civilian ZIP codes with the same first three digits, the nearest numbers first."""
        number = int(code)
        low, high = number - number % 100, number - number % 100 + 100
        rows = range(bisect_left(self._codes, low), bisect_left(self._codes, high))
        military = ZIP_KINDS.index("military")
        codes = [self._codes[row] for row in rows if self._zip_kind[row] != military]
        return [f"{near:05d}" for near in sorted(codes, key=lambda near: (abs(near - number), near))[:limit]]

    def towns(self, name: str, state: str | None = None) -> list[Town]:
        """The places of that name, in the state of that two-letter code if given.

        Within a state the preferred one comes first (the one with the post office, then the larger); states
        come by the population of theirs. Other names of a town count where no place of the state bears the
        name itself.
        """
        return self.towns_of_key(fold(name), state)

    def towns_of_key(self, key: str, state: str | None = None) -> list[Town]:
        """As `towns`, of a name already folded."""
        entries = self._entries(key)
        if state is not None:
            states, state_of = self._states, self._place_state
            return [self._town(entry >> 1) for entry in entries if states[state_of[entry >> 1]] == state]
        own = [entry for entry in entries if not entry & 1]
        return [self._town(entry >> 1) for entry in own or entries]

    def preferred_town(self, key: str, state: str) -> Town | None:
        """The first of `towns_of_key`, or None."""
        for entry in self._entries(key):
            if self._states[self._place_state[entry >> 1]] == state:
                return self._town(entry >> 1)
        return None

    def keys_from(self, prefix: str, limit: int) -> list[str]:
        """Up to `limit` folded names that begin with the prefix, in alphabetical order."""
        start = bisect_left(self._keys, prefix)
        found = []
        for key in self._keys[start : start + limit]:
            if not key.startswith(prefix):
                break
            found.append(key)
        return found

    def towns_from(self, prefixes: Iterable[str], limit: int, states: Sequence[str] | None) -> Iterator[Town]:
        """Places with a name that begins with one of the folded prefixes: own names first, then the larger."""
        return (self._town(row) for row in self._prefixes.places(prefixes, limit, self._numbers(states)))

    def towns_called(self, keys: Iterable[str], limit: int, states: Sequence[str] | None) -> Iterator[Town]:
        """Places of exactly one of the folded names, in the same order."""
        return (self._town(row) for row in self._prefixes.places_called(keys, limit, self._numbers(states)))

    def zips_from(self, digits: str, limit: int) -> list[str]:
        """ZIP codes that begin with one to five digits, those with delivery to streets first."""
        return [f"{self._codes[row]:05d}" for row in self._prefixes.zips(digits, limit)]

    def all_towns(self) -> Iterator[Town]:
        """All places, in the order of the file."""
        return (self._town(row) for row in range(len(self._place_name)))

    def largest_towns(self, state: str, limit: int) -> list[Town]:
        """The most populous places of a state."""
        number = self._number_of_state.get(state)
        return [] if number is None else [self._town(row) for row in self._prefixes.largest(number, limit)]

    def cities_of_county(self, county: str, state: str, limit: int) -> list[str]:
        """Labels of the cities with most ZIP codes in the county of that full name ("Cook County")."""
        key, number = fold(county), self._number_of_state.get(state)
        counties = {row for row, name in enumerate(self._counties) if fold(name) == key}
        names: Counter[str] = Counter()
        if counties:
            rows = zip(self._zip_county, self._zip_state, self._zip_city, strict=True)
            names.update(self._names[city] for of, within, city in rows if of in counties and within == number)
        return [f"{name}, {state}" for name, _ in names.most_common(limit)]

    def zip_agrees(self, code: str, city: str, state: str) -> bool | None:
        """Whether a ZIP code belongs to the city and state; None when the ZIP code is not known.

        `state` is a two-letter code. City names that USPS accepts for the ZIP code agree, and so do other
        names of the same town.
        """
        entry = self.zip(code)
        if entry is None:
            return None
        if entry.state != state:
            return False
        own = {fold(name) for name in (entry.city, *entry.other_cities)}
        return fold(city) in own or any(fold(town.name) in own for town in self.towns(city, state))

    def suggest(self, text: str, limit: int = 5) -> list[str]:
        """What somebody may have meant who typed something unknown, likeliest first; each can be located."""
        return suggestions(self, text, limit)

    def complete(self, text: str, limit: int = 8) -> list[Completion]:
        """What somebody may be typing, likeliest first, at most eight; the label of each can be located."""
        return completions(self, text, limit)

    def _numbers(self, states: Sequence[str] | None) -> list[int] | None:
        if states is None:
            return None
        return [self._number_of_state[state] for state in states if state in self._number_of_state]

    def _entries(self, key: str) -> "array[int]":
        """Places of a folded name: twice the row, plus one for another name of the place."""
        row = bisect_left(self._keys, key)
        if row == len(self._keys) or self._keys[row] != key:
            return array("i")
        return self._entry[self._entries_end[row - 1] if row else 0 : self._entries_end[row]]

    def _zip_entry(self, code: str, row: int) -> ZipEntry:
        names = self._names
        start, end = (self._others_end[row - 1] if row else 0), self._others_end[row]
        precision = self._precisions[self._zip_precision[row]]
        return ZipEntry(
            code,
            names[self._zip_city[row]],
            self._states[self._zip_state[row]],
            self._counties[self._zip_county[row]],
            self._kinds[self._zip_kind[row]],
            tuple([names[number] for number in self._other_city[start:end]]) if end > start else (),
            self._zip_lat[row] / _SCALE if precision else None,
            self._zip_lon[row] / _SCALE if precision else None,
            precision,
        )

    def _town(self, row: int) -> Town:
        return Town(
            self._names[self._place_name[row]],
            self._states[self._place_state[row]],
            self._place_lat[row] / _SCALE,
            self._place_lon[row] / _SCALE,
            self._place_population[row],
            PLACE_KINDS[self._place_kind[row]],
        )


_lock = Lock()
_loaded: list[Gazetteer] = []


def gazetteer() -> Gazetteer:
    """The gazetteer of this process, read at the first call."""
    if not _loaded:
        with _lock:
            if not _loaded:
                _loaded.append(Gazetteer(read_packed(PLACES_FILE)))
    return _loaded[0]
