"""One spelling for the many ways in which people write the name and the street of a laboratory."""

import re
import unicodedata
from dataclasses import dataclass

MOST_WORDS = 20
"""Words of a name or a street that are looked at; the rest says nothing more."""

_LONGEST = 300
_APOSTROPHES = re.compile("['’‘`´ʼ]")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])-(?=[0-9])")
_WORD = re.compile(r"[^\W_]+")

LINKING = frozenset({
    "a", "an", "and", "at", "by", "for", "in", "of", "on", "the",
})  # fmt: skip
"""Words that an abbreviation of a name leaves out."""

LEGAL = frozenset({
    "co", "company", "corp", "corporation", "inc", "incorporated", "llc", "llp", "lp", "ltd", "pa", "pc",
    "pllc", "plc", "dba",
})  # fmt: skip
"""What an owner is by law; one and the same laboratory stands with it and without."""

GENERAL = frozenset({
    "laboratory", "pathology", "department", "division", "section", "hospital", "medical", "medicine", "center",
    "clinic", "clinical", "health", "healthcare", "diagnostics", "diagnostic", "services", "service", "group",
    "associates", "anatomic", "molecular", "physicians",
})  # fmt: skip
"""What many laboratories are called; it tells two of them apart less than the other words."""

_NAME_WORDS = {
    "assoc": "associates", "associate": "associates", "centre": "center", "ctr": "center", "cntr": "center",
    "dept": "department", "diag": "diagnostics", "div": "division", "ft": "fort", "gen": "general", "grp": "group",
    "hlth": "health", "hosp": "hospital", "hospitals": "hospital", "inst": "institute", "intl": "international",
    "lab": "laboratory", "labs": "laboratory", "laboratories": "laboratory", "laboratorio": "laboratory",
    "med": "medical", "mem": "memorial", "mt": "mount", "natl": "national", "path": "pathology",
    "reg": "regional", "regl": "regional", "st": "saint", "ste": "sainte", "svc": "service", "svcs": "services",
    "univ": "university",
}  # fmt: skip

_SUFFIXES = {
    "alley": "aly", "avenue": "ave", "av": "ave", "boulevard": "blvd", "circle": "cir", "court": "ct", "drive": "dr",
    "expressway": "expy", "freeway": "fwy", "highway": "hwy", "lane": "ln", "parkway": "pkwy", "place": "pl",
    "plaza": "plz", "road": "rd", "square": "sq", "street": "st", "str": "st", "terrace": "ter", "trail": "trl",
    "turnpike": "tpke", "way": "way",
}  # fmt: skip
_SHORT_SUFFIXES = frozenset(_SUFFIXES.values())
_DIRECTIONS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se",
    "southwest": "sw",
}  # fmt: skip
_SHORT_DIRECTIONS = frozenset(_DIRECTIONS.values())
_ORDINALS = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
}  # fmt: skip
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10",
}  # fmt: skip
# A part of a building, with what numbers it; whoever writes it and whoever does not mean one site.
_INSIDE = frozenset({
    "apartment", "apt", "bldg", "building", "dept", "department", "fl", "floor", "mailstop", "rm", "room",
    "ste", "suite", "unit", "wing",
})  # fmt: skip
_ORDINAL = re.compile(r"[0-9]+(?:st|nd|rd|th)")
_NUMBER = re.compile(r"[0-9]+[a-z]?")


def words(text: str) -> list[str]:
    """The words of *text* in lower case without accents and punctuation; at most ``MOST_WORDS``."""
    letters = unicodedata.normalize("NFKD", text[:_LONGEST].casefold().replace("&", " and ").replace("#", " unit "))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _WORD.findall(_BETWEEN_DIGITS.sub("", _APOSTROPHES.sub("", plain)))[:MOST_WORDS]


def name_words(text: str) -> list[str]:
    """The words of a laboratory's name that are not mere joints."""
    return [word for word in words(text) if word not in LINKING]


def spelled_out(found: list[str]) -> list[str]:
    """Words of a name with their common abbreviations spelled out, without what its owner is by law.

    When nothing else is left of the name, that stays.
    """
    full = [_NAME_WORDS.get(word, word) for word in found]
    return [word for word in full if word not in LEGAL] or full


@dataclass(frozen=True, slots=True)
class Street:
    """A first address line: house number, words of the street, what kind of street it is, and its directions."""

    number: str
    words: tuple[str, ...]
    suffixes: frozenset[str]
    directions: frozenset[str]


def street(line: str) -> Street:
    """*line* taken apart; suites, floors and rooms are left out."""
    found = _without_insides(words(line))
    number = ""
    if found and _NUMBERS.get(found[0], found[0])[:1].isdigit() and not _ORDINAL.fullmatch(found[0]):
        number = _NUMBERS.get(found[0], found[0])
        found = found[1:]
    found = [_ORDINALS.get(word, _DIRECTIONS.get(word, _SUFFIXES.get(word, word))) for word in found]
    kinds = frozenset(found) & _SHORT_SUFFIXES
    directions = frozenset(found) & _SHORT_DIRECTIONS
    own = [word for word in found if word not in kinds | directions]
    # North Street, Avenue E: there the kind and the direction are the name.
    return Street(number, tuple(own or found), kinds, directions)


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
