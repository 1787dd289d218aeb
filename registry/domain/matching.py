"""How alike two laboratories are: a score, and the parts from which it comes.

Nothing here decides. Whoever looks is asked "is this you?", and a moderator sees the parts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from registry.domain.mail_services import is_free
from registry.domain.profile import LabProfile
from registry.domain.spelling import GENERAL, Street, name_words, spelled_out, street, words
from registry.domain.text import digits
from registry.domain.vocabulary import N_

ALIKE = 0.67
"""From this score on two entries may well be the same laboratory."""

SAME_WORD = 0.8
"""How much of a word must agree for it to be the same with a slip of the pen."""

_SHORTEST_SLIP = 5
_GENERAL_WEIGHT = 0.25
_ACRONYM = range(3, 7)


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a laboratory; whatever is not stays empty. ``web`` is a host or the address of a page."""

    name: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    web: str = ""

    @classmethod
    def of(cls, profile: LabProfile) -> "Site":
        """The site of a profile."""
        return cls(
            profile.name,
            profile.address_line1,
            profile.city,
            profile.state,
            profile.zip,
            profile.phone,
            profile.website or profile.public_email,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One thing compared: its name (English source text), how alike the two are in it from 0 to 1, and what it counts.

    ``first`` and ``second`` are as they were written.
    """

    name: str
    likeness: float
    weight: float
    first: str
    second: str

    @property
    def verdict(self) -> str:
        """The likeness in words: English source text, translated where shown."""
        if self.likeness > 0.99:
            return N_("the same")
        return N_("alike") if self.likeness >= 0.5 else N_("different")


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` from 0 to 1, the mean of the parts that both state by their weights; 0 when there is none."""

    parts: tuple[Part, ...]

    @property
    def score(self) -> float:
        weight = sum(part.weight for part in self.parts)
        return sum(part.likeness * part.weight for part in self.parts) / weight if weight else 0.0

    @property
    def alike(self) -> bool:
        """Whether the two may well be the same laboratory."""
        return self.score >= ALIKE


def compare(one: Site, other: Site) -> Likeness:
    """How alike *one* and *other* are; the same both ways round, and 1 for a site with itself."""
    place = _place(one, other)
    address = _address(street(one.address), street(other.address))
    if address is not None and place == 0:
        # The same street and number in another town is another house.
        address = 0.0
    found = (
        (N_("Name"), name_likeness(one.name, other.name), _always(4), one.name, other.name),
        (N_("Address"), address, _always(4), one.address, other.address),
        (N_("City and ZIP code"), place, _always(2.5), _shown_place(one), _shown_place(other)),
        # One laboratory has many numbers and a health system one web site: agreeing says more than differing.
        (N_("Phone"), _phone(digits(one.phone), digits(other.phone)), _if_alike(2), one.phone, other.phone),
        (N_("Web site"), _web(_own_host(one.web), _own_host(other.web)), _if_alike(1), one.web, other.web),
    )
    return Likeness(
        tuple(
            Part(name, likeness, weigh(likeness), first, second)
            for name, likeness, weigh, first, second in found
            if likeness is not None
        )
    )


def name_likeness(one: str, other: str) -> float | None:
    """How alike two names are, from 0 to 1; None when one has no letters.

    Case, accents, punctuation, the order of words, legal forms and common abbreviations make no difference; general
    words such as "hospital" make little; initials stand for what they begin.
    """
    first, second = name_words(one), name_words(other)
    if not first or not second:
        return None
    return _overlap(
        spelled_out(_aligned(first, second)),
        spelled_out(_aligned(second, first)),
        weight=lambda word: _GENERAL_WEIGHT if word in GENERAL else 1.0,
    )


def host_of(web: str) -> str:
    """The host of a web or mail address, without ``www.``; an empty string when there is none."""
    address = web.strip().lower()
    # The first: an address in the query is another's.
    rest = (address.partition("://")[2] or address).partition("/")[0].partition("?")[0]
    return rest.rpartition("@")[2].partition(":")[0].removeprefix("www.").strip(".")


def related_hosts(one: str, other: str) -> bool:
    """Whether two hosts are the same, or one lies within the other."""
    return bool(one and other) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))


def _always(weight: float) -> Callable[[float], float]:
    return lambda likeness: weight


def _if_alike(weight: float) -> Callable[[float], float]:
    return lambda likeness: 0.5 + (weight - 0.5) * likeness


def _address(one: Street, other: Street) -> float | None:
    if not one.words or not other.words:
        return None
    likeness = _overlap(
        _aligned(list(one.words), list(other.words)), _aligned(list(other.words), list(one.words)), weight=lambda _: 1.0
    )
    if one.number != other.number:
        likeness *= 0.0 if one.number and other.number else 0.7
    if one.directions and other.directions and one.directions != other.directions:
        likeness *= 0.3
    if one.suffixes and other.suffixes and not one.suffixes & other.suffixes:
        likeness *= 0.5
    return likeness


def _place(one: Site, other: Site) -> float | None:
    zips = one.zip[:5], other.zip[:5]
    cities = [spelled_out(words(site.city)) for site in (one, other)]
    if all(zips) and zips[0] == zips[1]:
        return 1.0
    if all(cities):
        same_state = not (one.state and other.state) or one.state == other.state
        if cities[0] == cities[1] and same_state:
            return 0.9 if all(zips) else 1.0
    elif not all(zips):
        return None
    # The first three digits are those of one sorting center.
    return 0.5 if all(zips) and zips[0][:3] == zips[1][:3] else 0.0


def _phone(one: str, other: str) -> float | None:
    if not one or not other:
        return None
    if one == other:
        return 1.0
    # A hospital's extensions share all but the last four digits.
    return 0.5 if len(one) == len(other) == 10 and one[:6] == other[:6] else 0.0


def _own_host(web: str) -> str:
    host = host_of(web)
    return "" if is_free(host) else host


def _web(one: str, other: str) -> float | None:
    if not one or not other:
        return None
    return 1.0 if related_hosts(one, other) else 0.0


def _shown_place(site: Site) -> str:
    return " ".join(part for part in (site.city, site.state, site.zip) if part)


def _aligned(own: list[str], others: list[str]) -> list[str]:
    """*own* with runs of words put as *others* writes them: in one word, or by their initials."""
    known = set(others) - set(own)
    kept: list[str] = []
    place = 0
    while place < len(own):
        length = next((length for length in range(max(_ACRONYM), 1, -1) if _short(own, place, length) & known), 1)
        kept += _short(own, place, length) & known if length > 1 else [own[place]]
        place += length
    return kept


def _short(own: list[str], place: int, length: int) -> set[str]:
    run = own[place : place + length]
    if len(run) < length:
        return set()
    return {"".join(run), *(("".join(word[0] for word in run),) if length in _ACRONYM else ())}


def _overlap(one: list[str], other: list[str], *, weight: Callable[[str], float]) -> float:
    """Twice what both have, by all that they have: 1 for the same words in any order."""
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
    return shared / (sum(map(weight, one)) + sum(map(weight, other)))


def _slip(one: str, other: str) -> float:
    """How much of two words agrees when one may be the other with a slip of the pen; 0 when it cannot be."""
    longest = max(len(one), len(other))
    if min(len(one), len(other)) < _SHORTEST_SLIP or any(letter.isdigit() for letter in one + other):
        return 0.0
    if abs(len(one) - len(other)) > (1 - SAME_WORD) * longest:
        return 0.0
    return 1 - _edits(one, other) / longest


def _edits(one: str, other: str) -> int:
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
