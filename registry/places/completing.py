"""What somebody may be typing: ZIP codes and towns that begin so, the likeliest first."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from registry.places.folding import fold
from registry.places.nicknames import NICKNAMES
from registry.places.parsing import MAX_LENGTH, cleaned, readings, state_code
from registry.places.states import LONGEST_STATE_NAME, MILITARY_REGIONS, STATE_CODES

if TYPE_CHECKING:
    from registry.places.gazetteer import Gazetteer, Town

MOST = 8

_DIGITS = re.compile(r"[0-9]{1,5}")
_WITH_ZIP = re.compile(r"([0-9]{5})(?:[-, ].*)?")
_ENDS_IN_DIGITS = re.compile(r"([^0-9]+?)[ ,]+([0-9]{3,5})")
_JOINTS = re.compile(r"[-/.]+")
_STAND_IN = "zzzz"
_LAST = "\U0010ffff"
_SHORTEST_STATE_NAME = 4
_SPARE = 4

_ABBREVIATION = 2
"""The number of the kind "postal_alias"."""
_STANDARD = 0
"""The number of the kind of ZIP codes that are neither PO boxes nor of one organisation nor military."""
_WELL_KNOWN = 100_000

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Completion:
    """A ZIP code or town that somebody may be typing. `kind` is "zip" or "city"; the label can be located."""

    label: str
    kind: str
    state: str
    lat: float
    lon: float


class PrefixIndex:
    """The names in alphabetical order with the weight of what each names, and the ZIP codes in theirs."""

    def __init__(
        self,
        *,
        keys: Sequence[str],
        entries_end: "array[int]",
        entry: "array[int]",
        place_population: "array[int]",
        place_kind: "array[int]",
        place_state: "array[int]",
        zip_code: "array[int]",
        zip_kind: "array[int]",
    ) -> None:
        """`entries_end` is where the entries of each key end; an entry is twice its place's row, plus one for
        another name of the place. Kinds and states are numbers.
        """
        self._keys, self._entries_end = keys, entries_end
        entries = np.frombuffer(entry, dtype=np.intc)
        self._row = entries >> 1
        own = (entries & 1 == 0).astype(np.int64)
        self._population = np.frombuffer(place_population, dtype=np.intc)
        self._place_state = np.frombuffer(place_state, dtype=np.intc)
        population = self._population[self._row].astype(np.int64)
        kind = np.frombuffer(place_kind, dtype=np.intc)[self._row]
        # A name of the place's own before another name of it, then the larger, then towns before post offices.
        self._weight = own << 40 | population << 4 | (3 - kind)
        self._state = self._place_state[self._row].astype(np.int16)
        # The post office's abbreviations (New York Mls) are found when typed in full.
        self._whole = kind < _ABBREVIATION
        self._well_known = (entries & 1 == 0) | (population >= _WELL_KNOWN)
        self._codes = zip_code
        self._usual = np.frombuffer(zip_kind, dtype=np.intc) == _STANDARD

    def places(self, prefixes: Iterable[str], limit: int, states: Sequence[int] | None = None) -> list[int]:
        """Rows of places with a name that begins so, the weightiest first, in the states of those numbers."""
        ranges = [self._range(prefix, prefix + _LAST) for prefix in prefixes]
        return self._weightiest(ranges, limit, states, self._whole)

    def places_called(self, keys: Iterable[str], limit: int, states: Sequence[int] | None = None) -> list[int]:
        """Rows of places of exactly that name; other names of small places come too late for this."""
        return self._weightiest([self._range(key, key + "\0") for key in keys], limit, states, self._well_known)

    def largest(self, state: int, limit: int) -> list[int]:
        """Rows of the most populous places of the state of that number."""
        rows = np.flatnonzero(self._place_state == state)
        return [int(row) for row in rows[np.argsort(-self._population[rows], kind="stable")[:limit]]]

    def zips(self, digits: str, limit: int) -> list[int]:
        """Rows of the ZIP codes that begin with these one to five digits: the usual kind first, then by number."""
        width = 10 ** (5 - len(digits))
        first = int(digits) * width
        start, end = bisect_left(self._codes, first), bisect_left(self._codes, first + width)
        usual = self._usual[start:end]
        rows = np.concatenate([np.flatnonzero(usual)[:limit], np.flatnonzero(~usual)[:limit]])
        return [start + int(row) for row in rows]

    def _range(self, first: str, last: str) -> tuple[int, int]:
        low, high = bisect_left(self._keys, first), bisect_left(self._keys, last)
        ends = self._entries_end
        return (ends[low - 1] if low else 0), (ends[high - 1] if high else 0)

    def _weightiest(
        self, ranges: list[tuple[int, int]], limit: int, states: Sequence[int] | None, fit: Flags
    ) -> list[int]:
        if not ranges:
            return []
        entries = np.concatenate([start + np.flatnonzero(fit[start:end]) for start, end in ranges])
        if states is not None:
            entries = entries[np.isin(self._state[entries], states)]
        weights = self._weight[entries]
        if len(entries) > 2 * limit:
            best = np.argpartition(-weights, limit)[:limit]
            entries, weights = entries[best], weights[best]
        order = np.lexsort((self._row[entries], -weights))
        return [int(row) for row in self._row[entries[order]]]


def completions(places: "Gazetteer", text: str, limit: int) -> list[Completion]:
    """Up to `limit` places that somebody may be typing, likeliest first. Bounded work for any text."""
    clean = cleaned(text[:MAX_LENGTH])
    if not clean or limit < 1:
        return []
    clean = clean.lstrip(" ,")
    found = _zips(places, clean) if clean[:1].isdigit() else _cities(places, clean)
    return list(islice(found, min(limit, MOST)))


def _zips(places: "Gazetteer", text: str) -> Iterator[Completion]:
    whole = _WITH_ZIP.fullmatch(text)
    if whole is None and not _DIGITS.fullmatch(text):
        return
    yield from _of_codes(places, places.zips_from(whole[1] if whole else text, MOST * _SPARE))


def _of_codes(places: "Gazetteer", codes: Iterable[str]) -> Iterator[Completion]:
    for code in codes:
        entry = places.zip(code)
        if entry is not None and entry.lat is not None and entry.lon is not None:
            yield Completion(entry.label, "zip", entry.state, entry.lat, entry.lon)


def _cities(places: "Gazetteer", text: str) -> Iterator[Completion]:
    if match := _ENDS_IN_DIGITS.fullmatch(text):
        yield from _zips_of_city(places, match[1].rstrip(", "), match[2])
        return
    seen: set[str] = set()
    for town in _towns(places, text):
        # The label means the preferred place of that name, so that is what is offered.
        own = places.preferred_town(fold(town.name), town.state) or town
        if own.state not in MILITARY_REGIONS and own.label not in seen:
            seen.add(own.label)
            yield Completion(own.label, "city", own.state, own.lat, own.lon)


def _zips_of_city(places: "Gazetteer", rest: str, digits: str) -> Iterator[Completion]:
    """ZIP codes that begin so, of the city or state before them."""
    wanted = [(None, state)] if (state := state_code(rest)) else list(readings(rest))
    for code in places.zips_from(digits, 100):
        entry = places.zip(code)
        if entry and any(
            entry.state == (state or entry.state)
            and (city is None or city in {fold(name) for name in (entry.city, *entry.other_cities)})
            for city, state in wanted
        ):
            yield from _of_codes(places, [code])


def _towns(places: "Gazetteer", text: str) -> "Iterator[Town]":
    city, comma, state_text = text.partition(",")
    if comma:
        states = _states_from(state_text.strip())
        keys = _keys_from(city.strip())
        yield from _nicknamed(places, keys, states)
        yield from places.towns_called(keys, MOST, states)
        yield from places.towns_from(keys, MOST * _SPARE, states)
        return
    keys = _keys_from(text)
    yield from _nicknamed(places, keys, None)
    yield from places.towns_called(keys, MOST, None)
    yield from places.towns_from(keys, MOST * _SPARE, None)
    words = text.split()
    for count in range(1, min(LONGEST_STATE_NAME, len(words) - 1) + 1):
        if states := _states_from(" ".join(words[-count:])):
            keys = [fold(" ".join(words[:-count]))]
            yield from _nicknamed(places, keys, states)
            yield from places.towns_called(keys, MOST, states)
    if len(text) >= _SHORTEST_STATE_NAME:
        for state in _states_from(text):
            yield from places.largest_towns(state, MOST)


def _nicknamed(places: "Gazetteer", keys: Iterable[str], states: Sequence[str] | None) -> "Iterator[Town]":
    for key in keys:
        for city, state in NICKNAMES.get(key, ()):
            if (states is None or state in states) and (town := places.preferred_town(city, state)):
                yield town


def _keys_from(text: str) -> list[str]:
    """The folded beginnings that the text may be: its last word whole, or still being typed ("fort w")."""
    head, _, last = _JOINTS.sub(" ", text).rpartition(" ")
    begun = fold(f"{head} {_STAND_IN}")[: -len(_STAND_IN)] + fold(last)
    whole = fold(text)
    expanded = fold(f"{text} {_STAND_IN}")[: -len(_STAND_IN)]
    keys = [begun, whole]
    if not expanded.startswith((begun, whole)):
        keys.append(expanded)
    return [key for key in dict.fromkeys(keys) if key]


def _states_from(text: str) -> tuple[str, ...]:
    """The codes of the states whose code or name begins so; all when nothing was typed yet."""
    key = fold(text)
    return tuple(dict.fromkeys(code for name, code in STATE_CODES.items() if name.startswith(key)))
