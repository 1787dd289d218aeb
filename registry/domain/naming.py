"""How alike the names of two laboratories are."""

from collections.abc import Callable
from dataclasses import dataclass

from registry.domain.spelling import APART, GENERAL, SPECIALTIES, name_words, names_in, spelled_out

SAME_WORD = 0.8
"""How much of a word must agree for it to be the same with a slip of the pen."""

_SHORTEST_SLIP = 5
_ACRONYM = range(3, 7)
_GENERAL_WEIGHT = 0.25
_APART_WEIGHT = 2.0
_TOWN_WEIGHT = 0.3
# What one name has and the other has not says less against them than what each has of its own.
_ADDED = 0.6
_OTHER_SITE = 0.3
_OTHER_SPECIALTY = 0.2


@dataclass(frozen=True, slots=True)
class Naming:
    """Two names compared: how alike from 0 to 1, and whether they name two parts of one house, by site or specialty.

    ``part``: only one of them names a specialty, so it may be a part of the other, or the same in more words.
    """

    likeness: float
    apart: bool = False
    part: bool = False

    def as_parts(self) -> "Naming":
        """The same two names, when something else says that the one is a part of the other."""
        return Naming(self.likeness * _OTHER_SPECIALTY, apart=True) if self.part else self


def name_likeness(one: str, other: str) -> float | None:
    """How alike two names are, from 0 to 1; None when one has no letters.

    Case, accents, punctuation, the order of words, legal forms and common abbreviations make no difference; general
    words such as "hospital" make little; initials stand for what they begin.
    """
    naming = compare_names(split_names(one), split_names(other))
    return None if naming is None else naming.likeness


def split_names(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of each name that *text* gives; empty when it has no letters."""
    return tuple(found for name in names_in(text) if (found := _without_initials(name_words(name))))


def compare_names(
    one: tuple[tuple[str, ...], ...], other: tuple[tuple[str, ...], ...], *, towns: frozenset[str] = frozenset()
) -> Naming | None:
    """Two names, or several of which one may be meant, as :func:`split_names` gives them; None when one is empty.

    *towns* are words of the places where the two are: a name with its town and without is one.
    """
    if not one or not other:
        return None
    pairs = [_compare(list(first), list(second), towns) for first in one for second in other]
    return max(pairs, key=lambda naming: (naming.likeness, not naming.apart))


def _compare(first: list[str], second: list[str], towns: frozenset[str]) -> Naming:
    here, there = spelled_out(aligned(first, second)), spelled_out(aligned(second, first))
    shared, left, right = matched(here, there, _weight)
    if not left and not right:
        return Naming(1.0)
    mine, others = (sum(_lone_weight(word, towns) for word in rest) for rest in (left, right))
    fewer, more = min(mine, others), max(mine, others)
    likeness = shared / (shared + 2 * fewer + _ADDED * (more - fewer))
    if _own_words(here) == _own_words(left) and _own_words(there) == _own_words(right):
        # Nothing but general words in common: no house of which the two could be parts.
        return Naming(likeness)
    if _other_site(left, right):
        return Naming(likeness * _OTHER_SITE, apart=True)
    if _other_specialty(left, right):
        return Naming(likeness * _OTHER_SPECIALTY, apart=True)
    return Naming(likeness, part=any(word in SPECIALTIES and word not in GENERAL for word in left + right))


def _own_words(found: list[str]) -> int:
    return sum(word not in GENERAL for word in found)


def _other_site(left: list[str], right: list[str]) -> bool:
    marks = [{word for word in rest if word in APART or word.isdigit()} for rest in (left, right)]
    return marks[0] != marks[1]


def _other_specialty(left: list[str], right: list[str]) -> bool:
    return all(any(word in SPECIALTIES for word in rest) for rest in (left, right))


def _weight(word: str) -> float:
    return _GENERAL_WEIGHT if word in GENERAL else 1.0


def _lone_weight(word: str, towns: frozenset[str]) -> float:
    if word in APART or word.isdigit():
        return _APART_WEIGHT
    return min(_weight(word), _TOWN_WEIGHT) if word in towns else _weight(word)


def _without_initials(found: list[str]) -> tuple[str, ...]:
    """A name without what repeats the rest by its initials, as in "APS - Advanced Pathology Solutions"."""
    kept = [
        word
        for place, word in enumerate(found)
        if len(word) not in _ACRONYM or word not in initials(found[:place]) | initials(found[place + 1 :])
    ]
    return tuple(kept)


def initials(run: list[str]) -> set[str]:
    """The initials of each three to six words that follow each other in *run*."""
    return {
        "".join(word[0] for word in run[place : place + length])
        for length in _ACRONYM
        for place in range(len(run) - length + 1)
    }


def aligned(own: list[str], others: list[str]) -> list[str]:
    """*own* with runs of words put as *others* writes them: in one word, or by their initials."""
    known = set(others) - set(own)
    if not known:
        return own
    kept: list[str] = []
    place = 0
    while place < len(own):
        length = next((length for length in range(max(_ACRONYM), 1, -1) if _short(own, place, length) & known), 1)
        kept += sorted(_short(own, place, length) & known) if length > 1 else [own[place]]
        place += length
    return kept


def _short(own: list[str], place: int, length: int) -> set[str]:
    run = own[place : place + length]
    if len(run) < length:
        return set()
    return {"".join(run), *(("".join(word[0] for word in run),) if length in _ACRONYM else ())}


def overlap(one: list[str], other: list[str]) -> float:
    """Twice what both have, by all that they have: 1 for the same words in any order."""
    shared, left, right = matched(one, other, lambda word: 1.0)
    return shared / (shared + len(left) + len(right))


def matched(one: list[str], other: list[str], weight: Callable[[str], float]) -> tuple[float, list[str], list[str]]:
    """What both have by its weight, twice, and what each has alone; a word with a slip of the pen is the same word."""
    left, right = list(one), list(other)
    shared = 0.0
    for word in one:
        if word in right:
            left.remove(word)
            right.remove(word)
            shared += 2 * weight(word)
    slips = sorted(
        (-likeness, min(mine, theirs), max(mine, theirs), mine, theirs)
        for mine in left
        for theirs in right
        if (likeness := _slip(mine, theirs)) >= SAME_WORD
    )
    for negative, _first, _second, mine, theirs in slips:
        if mine in left and theirs in right:
            left.remove(mine)
            right.remove(theirs)
            shared += -negative * (weight(mine) + weight(theirs))
    return shared, left, right


def _slip(one: str, other: str) -> float:
    """How much of two words agrees when one may be the other with a slip of the pen; 0 when it cannot be."""
    longest = max(len(one), len(other))
    most = int((1 - SAME_WORD) * longest + 1e-9)
    if min(len(one), len(other)) < _SHORTEST_SLIP or abs(len(one) - len(other)) > most:
        return 0.0
    if any(letter.isdigit() for letter in one + other):
        return 0.0
    first, second = _without_ends(one, other)
    if one_slip(first, second):
        return 1 - 1 / longest
    return 1 - edits(first, second) / longest if most > 1 else 0.0


def one_slip(one: str, other: str) -> bool:
    """Whether one letter put in, left out or changed, or two neighbors swapped, lead from *one* to *other*."""
    first, second = _without_ends(one, other)
    if max(len(first), len(second)) == 1:
        return True
    return len(first) == len(second) == 2 and first == second[::-1]


def _without_ends(one: str, other: str) -> tuple[str, str]:
    """*one* and *other* without what they have in common at their beginning and end."""
    begin, end, most = 0, 0, min(len(one), len(other))
    while begin < most and one[begin] == other[begin]:
        begin += 1
    most -= begin
    while end < most and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[begin : len(one) - end], other[begin : len(other) - end]


def edits(one: str, other: str) -> int:
    """Letters put in, left out, changed or swapped with their neighbor that lead from *one* to *other*."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, opposite in enumerate(other, start=1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != opposite))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == opposite:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
