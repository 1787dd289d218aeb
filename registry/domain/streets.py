"""The first line of an address taken apart, so that two ways to write one house can be compared."""

import re
from dataclasses import dataclass

from registry.domain.spelling import words

_STREET_WORDS = {
    "alley": "aly", "av": "ave", "avenida": "ave", "avenue": "ave", "boulevard": "blvd", "bulevar": "blvd",
    "calle": "st", "carretera": "rd", "circle": "cir", "court": "ct", "cove": "cv", "drive": "dr",
    "expressway": "expy", "freeway": "fwy", "highway": "hwy", "lane": "ln", "loop": "lp", "parkway": "pkwy",
    "place": "pl", "plaza": "plz", "road": "rd", "route": "hwy", "rte": "hwy", "square": "sq", "sr": "hwy",
    "str": "st", "street": "st", "terrace": "ter", "trail": "trl", "turnpike": "tpke", "wy": "way",
    "center": "ctr", "centre": "ctr", "estate": "est", "fort": "ft", "governor": "gov", "heights": "hts",
    "mount": "mt", "saint": "st", "springs": "spgs",
}  # fmt: skip
"""As USPS shortens them (Publication 28, appendices B and C), and the Spanish ones of Puerto Rico."""

_SUFFIXES = frozenset({
    "aly", "ave", "blvd", "cir", "ct", "cv", "dr", "expy", "fwy", "hwy", "ln", "lp", "pkwy", "pl", "plz", "rd", "sq",
    "st", "ter", "tpke", "trl", "way",
})  # fmt: skip
_DIRECTIONS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se",
    "southwest": "sw",
}  # fmt: skip
_SHORT_DIRECTIONS = frozenset(_DIRECTIONS.values())
_ORDINALS = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th", "eleventh": "11th", "twelfth": "12th",
}  # fmt: skip
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10",
}  # fmt: skip
# A part of a building, with what numbers it; whoever writes it and whoever does not mean one site.
_INSIDE = frozenset({
    "apartment", "apt", "bldg", "building", "dept", "department", "fl", "floor", "mailstop", "rm", "room",
    "ste", "stes", "suite", "suites", "tower", "unit", "wing",
})  # fmt: skip
_SUITES = frozenset({"rm", "room", "ste", "stes", "suite", "suites", "unit"})
_BOX = re.compile(r"^(?:p ?o |post office )?(?:box|drawer) [0-9]+|(?<= )(?:p ?o |post office )(?:box|drawer) [0-9]+")
_ORDINAL = re.compile(r"[0-9]+(?:st|nd|rd|th)")
_NUMBER = re.compile(r"[0-9]+[a-z]?")
_WITH_DIRECTION = re.compile(r"([0-9]+)([nsew])")
_ROAD_OWNERS = frozenset({"us", "state"})


@dataclass(frozen=True, slots=True)
class Street:
    """A first address line: house number, words of the street, what kind of street it is, and its directions.

    ``suite`` is what numbers the rooms, and ``box`` whether the line says only where the mail is fetched.
    """

    number: str
    words: tuple[str, ...]
    suffixes: frozenset[str]
    directions: frozenset[str]
    suite: str = ""
    box: bool = False


def street(line: str, more: str = "") -> Street:
    """*line* taken apart; suites, floors and rooms, there or in *more*, are left out but for their number."""
    found = words(_with_the_house(line))
    suite = _suite(words(line)) or _suite(words(more))
    plain = " ".join(found)
    without_box = _BOX.sub("", plain).split()
    if not without_box and plain:
        return Street("", tuple(found), frozenset(), frozenset(), box=True)
    found = _without_insides(without_box) or without_box
    number, found = _house(found)
    if not number and (sign := re.search(r"#\s*([0-9]+)\s*$", line)):
        # In Puerto Rico the house may come last: "Calle Marina #12".
        number, suite = sign[1], ""
    found = [short for word in found for short in _short(word)]
    kinds = frozenset(found) & _SUFFIXES
    directions = frozenset(found) & _SHORT_DIRECTIONS
    if kinds & {"hwy", "rd"} and set(found) & _ROAD_OWNERS:
        # "U.S. Highway 31", "Hwy 31", "State Road 84", "SR 84".
        found = [word for word in found if word not in _ROAD_OWNERS | {"rd"}]
        kinds = (kinds - {"rd"}) | {"hwy"}
    # North Street, Avenue E: there the kind and the direction are the name.
    own = [word for word in found if word not in kinds | directions]
    return Street(number, tuple(own or found), kinds, directions, suite)


def _with_the_house(line: str) -> str:
    """The part of *line* between commas that has the house's number and street, or all of it."""
    parts = line.split(",")
    for part in parts if len(parts) > 1 else ():
        number, rest = _house(_without_insides(words(part)))
        if number and rest:
            return part
    return line


def _house(found: list[str]) -> tuple[str, list[str]]:
    if found and _NUMBERS.get(found[0], found[0])[:1].isdigit() and not _ORDINAL.fullmatch(found[0]):
        return _NUMBERS.get(found[0], found[0]), found[1:]
    return "", found


def _short(word: str) -> list[str]:
    if word in _ORDINALS:
        return [_ORDINALS[word]]
    if parts := _WITH_DIRECTION.fullmatch(word):
        return [parts[1], parts[2]]
    return [_DIRECTIONS.get(word, _STREET_WORDS.get(word, word))]


def _suite(found: list[str]) -> str:
    for place, word in enumerate(found[:-1]):
        if word in _SUITES:
            return "".join(found[place + 1 : place + 3]) if len(found[place + 1]) == 1 else found[place + 1]
    return ""


def _without_insides(found: list[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for place, word in enumerate(found):
        if skip:
            skip = False
        elif word in _INSIDE:
            if kept and _ORDINAL.fullmatch(kept[-1]) and len(kept) > 1:
                kept.pop()
            else:
                after = found[place + 1] if place + 1 < len(found) else ""
                skip = len(after) == 1 or _NUMBER.fullmatch(after) is not None
        else:
            kept.append(word)
    return kept
