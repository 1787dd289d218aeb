"""What somebody may have meant who typed something that cannot be located."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from string import ascii_lowercase
from typing import TYPE_CHECKING

from registry.places.folding import fold
from registry.places.parsing import (
    MAX_LENGTH,
    ZIP_CODE,
    cleaned,
    readings,
    state_code,
    without_country,
)
from registry.places.points import MalformedCoordinates, coordinates, point_label
from registry.places.rewriting import is_county
from registry.places.states import MILITARY_REGIONS

if TYPE_CHECKING:
    from registry.places.gazetteer import Gazetteer, Town

_LETTERS = ascii_lowercase + " "
_LONGEST_NAME = 40
_SHORTEST_NAME = 3
_BLOCK = 400
"""Names compared letter by letter at most: about 5 ms."""
_LIKENESS = 0.8
_LARGEST = 12
_LONGEST_TAIL = 6
"""Words at the end of a text that may be the town and state in it."""

_DIGITS = re.compile(r"[0-9]+")
_TWO_NUMBERS = re.compile(r"([+-]?[0-9.]+)[ ,;/]+([+-]?[0-9.]+)")


def suggestions(places: "Gazetteer", text: str, limit: int) -> list[str]:
    """Up to `limit` strings, likeliest first, each of which can be located. Bounded work for any text."""
    clean = cleaned(text[:MAX_LENGTH])
    if not clean or limit < 1:
        return []
    # Full-width and other digits are not accepted as a ZIP code, but what they stand for is offered.
    plain = unicodedata.normalize("NFKC", clean)[:MAX_LENGTH]
    ways: tuple[Callable[[Gazetteer, str], Iterable[str]], ...] = (_zip_codes, _cities)
    if _TWO_NUMBERS.fullmatch(plain) or _is_malformed_point(plain):
        ways = (_points, _zip_codes)
    offered = (offer for way in ways for offer in way(places, plain))
    return list(islice(dict.fromkeys(offered), limit))


def _points(_: "Gazetteer", text: str) -> Iterator[str]:
    """Latitude and longitude with another separator, or in the other order where only that is possible."""
    match = _TWO_NUMBERS.fullmatch(text)
    if not match or not {".", ","} & set(text):
        return
    for pair in (f"{match[1]},{match[2]}", f"{match[2]},{match[1]}"):
        if not _is_malformed_point(pair) and (point := coordinates(pair)):
            yield point_label(*point)
            return


def _is_malformed_point(text: str) -> bool:
    try:
        coordinates(text)
    except MalformedCoordinates:
        return True
    return False


def _zip_codes(places: "Gazetteer", text: str) -> Iterator[str]:
    digits = text.replace("-", "").replace(" ", "")
    if not _DIGITS.fullmatch(digits):
        codes = (run for run in _DIGITS.findall(text) if len(run) == 5)
        yield from (code for code in codes if _is_civilian(places, code))
        return
    if 3 <= len(digits) <= 4:
        if _is_civilian(places, digits.zfill(5)):
            yield digits.zfill(5)
        first = int(digits.ljust(5, "0"))
        following = (f"{code:05d}" for code in range(first, first + 10 ** (5 - len(digits))))
        yield from (code for code in following if _is_civilian(places, code))
    elif len(digits) >= 5:
        code = digits[:5]
        if _is_civilian(places, code):
            yield code
        elif ZIP_CODE.fullmatch(code):
            yield from places.zips_near(code, 5)


def _is_civilian(places: "Gazetteer", code: str) -> bool:
    entry = places.zip(code)
    return entry is not None and entry.lat is not None


def _cities(places: "Gazetteer", text: str) -> Iterator[str]:
    text = without_country(text)
    if state := state_code(text):
        yield from islice(_labels(places.towns(text)), 2)
        yield from _labels(places.largest_towns(state, _LARGEST))
        return
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 2:
        # The end of an address.
        parts[-1] = _DIGITS.sub("", parts[-1]).strip(" -")
        parts = [part for part in parts if part][-2:]
    for city, state in readings(", ".join(parts)):
        if state not in MILITARY_REGIONS:
            yield from _like(places, city, state)
    state = state_code(parts[1]) if len(parts) == 2 else None
    if state and is_county(parts[0]):
        yield from places.cities_of_county(parts[0], state, _LARGEST)
    elif len(parts) == 2 and not state:
        for part in parts:
            for city, _ in readings(part):
                yield from _like(places, city, None)
    yield from _at_the_end(places, text)


def _at_the_end(places: "Gazetteer", text: str) -> Iterator[str]:
    """The town and state that the last words name, whatever stands before them."""
    words = text.split()
    for start in range(max(1, len(words) - _LONGEST_TAIL), len(words) - 1):
        for city, state in readings(" ".join(words[start:])):
            if city and state and (town := places.preferred_town(city, state)):
                yield town.label


def _like(places: "Gazetteer", city: str, state: str | None) -> Iterator[str]:
    """The city itself, in the state near spellings, elsewhere the same name or near spellings."""
    if not city:
        return
    if state:
        yield from _labels(places.towns_of_key(city, state))
        yield from _labels(_similar(places, city, state))
    yield from _labels(places.towns_of_key(city))
    if not state:
        yield from _labels(_similar(places, city, None))


def _similar(places: "Gazetteer", city: str, state: str | None) -> "list[Town]":
    """Places whose name is one letter off or begins so, the largest first; else those that are alike."""
    if not _SHORTEST_NAME <= len(city) <= _LONGEST_NAME:
        return []
    keys = {*_one_edit_away(city), *places.keys_from(city, _BLOCK)}
    named = ((key, town) for key in sorted(keys) for town in places.towns_of_key(key, state))
    # An exact old name or nickname counts, one that is merely similar does not.
    towns = [town for key, town in named if fold(town.name) == key]
    if towns:
        return sorted(towns, key=lambda town: (-town.population, town.label))
    alike = get_close_matches(city, places.keys_from(city[:3], _BLOCK), n=5, cutoff=_LIKENESS)
    return [town for key in alike for town in places.towns_of_key(key, state)]


def _one_edit_away(word: str) -> set[str]:
    """The words with one letter left out, added, changed, or changed for its neighbour."""
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    near = {a + b[1:] for a, b in splits if b}
    near |= {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    near |= {a + c + b[1:] for a, b in splits if b for c in _LETTERS}
    near |= {a + c + b for a, b in splits for c in _LETTERS}
    return near - {word}


def _labels(towns: "Iterable[Town]") -> Iterator[str]:
    return (town.label for town in towns)
