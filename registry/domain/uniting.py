"""Two entries that are one laboratory: what the one entry says, chosen part by part and test by test.

The entries are called first and second. Which of them stays, with its address, is a choice of its own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from registry.domain.merging import pairs
from registry.domain.profile import MAX_OFFERINGS, LabProfile, Offering


class Side(StrEnum):
    """One of the two entries."""

    FIRST = "first"
    SECOND = "second"

    @property
    def other(self) -> "Side":
        return Side.SECOND if self is Side.FIRST else Side.FIRST


class Take(StrEnum):
    """What the one entry takes of a part or a test: that of one side, of both, or of none."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Part:
    """Fields of the laboratory that only make sense together; ``joins``: a list, of which both can be taken."""

    name: str
    fields: tuple[str, ...]
    joins: bool = False

    @property
    def options(self) -> tuple[Take, ...]:
        return (Take.FIRST, Take.SECOND, Take.BOTH) if self.joins else (Take.FIRST, Take.SECOND)


CLIA = Part("clia", ("clia_number", "clia_absence_reason", "certificate_type"))
ADDRESS = Part("address", ("address_line1", "address_line2", "city", "state", "zip"))

PARTS = (
    Part("name", ("name",)),
    Part("lab_kind", ("lab_kind",)),
    CLIA,
    Part("npi", ("npi",)),
    Part("cap_number", ("cap_number",)),
    Part("accreditations", ("accreditations",), joins=True),
    Part("state_permits", ("state_permits",), joins=True),
    ADDRESS,
    Part("phone", ("phone",)),
    Part("public_email", ("public_email",)),
    Part("contact_role", ("contact_role",)),
    Part("website", ("website",)),
)
"""All fields of a profile but its tests. A ZIP code of one entry in the street of the other would be nowhere."""


@dataclass(frozen=True, slots=True)
class Couple:
    """A test of one entry and the one of the other that is the same test, or None where there is none.

    ``key`` names it by what the tests say: it stays while they do, whatever else changes in the entries.
    """

    key: str
    first: Offering | None
    second: Offering | None
    places: tuple[int | None, int | None]

    @property
    def same(self) -> bool:
        """Whether both entries say exactly this; then there is nothing to choose."""
        return self.first == self.second

    @property
    def options(self) -> tuple[Take, ...]:
        if self.same:
            return ()
        if self.first is not None and self.second is not None:
            return (Take.FIRST, Take.SECOND, Take.BOTH)
        return (Take.FIRST, Take.NEITHER) if self.second is None else (Take.SECOND, Take.NEITHER)


def differing(first: LabProfile, second: LabProfile) -> tuple[Part, ...]:
    """The parts that the entries do not say alike, in their order."""
    return tuple(part for part in PARTS if _said(first, part) != _said(second, part))


def couples(first: LabProfile, second: LabProfile) -> tuple[Couple, ...]:
    """The tests of both: those of *first* in their order, then those that *second* alone has."""
    # What two laboratories do by different methods may read alike all the same, and is no one test.
    partners = {
        place: other
        for place, other in pairs(first.offerings, second.offerings).items()
        if first.offerings[place].method == second.offerings[other].method
    }
    alone = [place for place in range(len(second.offerings)) if place not in partners.values()]
    rows: list[tuple[int | None, int | None]] = [(place, partners.get(place)) for place in range(len(first.offerings))]
    rows += [(None, place) for place in alone]
    found, seen = [], Counter[str]()
    for one, other in rows:
        tests = (
            first.offerings[one] if one is not None else None,
            second.offerings[other] if other is not None else None,
        )
        key = "-".join(test.digest[:10] if test is not None else "none" for test in tests)
        seen[key] += 1
        found.append(Couple(f"{key}-{seen[key]}", *tests, (one, other)))
    return tuple(found)


def choices(first: LabProfile, second: LabProfile) -> dict[str, tuple[Take, ...]]:
    """Everything that has to be chosen, by the name of the part or the key of the test, and what can be."""
    named = {part.name: part.options for part in differing(first, second)}
    return named | {couple.key: couple.options for couple in couples(first, second) if not couple.same}


def presets(
    first: LabProfile, second: LabProfile, *, stays: Side, days: Mapping[Side, Mapping[str, date]]
) -> dict[str, Take]:
    """What a careful person would take: of each part what the entry that *stays* says, else what is said at all; of
    two tests the one that was confirmed later; every test that only one has.

    *days* has the day on which each test of each side was confirmed, by its fingerprint.
    """
    profiles = {Side.FIRST: first, Side.SECOND: second}
    found: dict[str, Take] = {}
    for part in differing(first, second):
        said = any(_said(profiles[stays], part))
        found[part.name] = Take(stays if said else stays.other)
    for couple in couples(first, second):
        if couple.first is not None and couple.second is not None:
            confirmed = {
                Side.FIRST: days[Side.FIRST].get(couple.first.digest, date.min),
                Side.SECOND: days[Side.SECOND].get(couple.second.digest, date.min),
            }
            later = stays if confirmed[stays] >= confirmed[stays.other] else stays.other
            found[couple.key] = Take(later)
        else:
            found[couple.key] = couple.options[0]
    return {key: found[key] for key in choices(first, second)}


def unite(first: LabProfile, second: LabProfile, *, stays: Side, taken: Mapping[str, Take]) -> LabProfile:
    """The one entry. *taken* has one of the options for each of :func:`choices`; ``ValueError`` otherwise.

    The tests stand as in the entry that *stays*, those of the other behind them; when all that are taken are tests of
    one entry, they stand as there.
    """
    offered = choices(first, second)
    wrong = [key for key, options in offered.items() if taken.get(key) not in options]
    if wrong:
        raise ValueError(f"nothing that can be taken was chosen for {', '.join(wrong)}")
    values: dict[str, Any] = {}
    for part in differing(first, second):
        for name in part.fields:
            values[name] = _taken(getattr(first, name), getattr(second, name), taken[part.name])
    tests = tuple(_tests(couples(first, second), stays, taken))
    return replace(first, **values, offerings=tests)


def fault(united: LabProfile) -> str:
    """Why *united* cannot stand on the list: ``no_test``, ``too_many_tests``, or empty."""
    if not united.offerings:
        return "no_test"
    return "too_many_tests" if len(united.offerings) > MAX_OFFERINGS else ""


def also_known_by(united: LabProfile, *former: LabProfile) -> list[tuple[str, str]]:
    """The numbers and names of the *former* entries that the *united* one does not show, as (kind, value).

    Kinds are those of ``LabIdentifier``: clia, npi, cap and name.
    """
    shown = set(_identifiers(united))
    every = dict.fromkeys(pair for profile in former for pair in _identifiers(profile))
    return [pair for pair in every if pair not in shown]


@dataclass(frozen=True, slots=True)
class Standing:
    """What speaks for keeping an entry: whether the public sees it, how many mailboxes speak for it, how many fields
    say something, since when it is on the list.
    """

    shown: bool
    contacts: int
    stated: int
    since: datetime


class Reason(StrEnum):
    """Why an entry is the one to keep."""

    SHOWN = "shown"
    CONTACTS = "contacts"
    COMPLETE = "complete"
    OLDER = "older"


def suggested(first: Standing, second: Standing) -> tuple[Side, tuple[Reason, ...]]:
    """The entry that had better stay, and in what it is ahead: what weighs most comes first and decides."""
    ahead: dict[Reason, Side] = {}
    for reason, one, other in (
        (Reason.SHOWN, first.shown, second.shown),
        (Reason.CONTACTS, first.contacts > 0, second.contacts > 0),
        (Reason.COMPLETE, first.stated, second.stated),
        (Reason.OLDER, second.since, first.since),
    ):
        if one != other:
            ahead[reason] = Side.FIRST if one > other else Side.SECOND  # type: ignore[operator]
    side = next(iter(ahead.values()), Side.FIRST)
    return side, tuple(reason for reason, winner in ahead.items() if winner is side)


def stated(profile: LabProfile) -> int:
    """How many fields of the profile and of its tests say something."""
    data = profile.to_dict()
    tests = data.pop("offerings")
    return sum(value not in ("", None, []) for part in (data, *tests) for value in part.values())


def _said(profile: LabProfile, part: Part) -> tuple[Any, ...]:
    return tuple(getattr(profile, name) for name in part.fields)


def _taken(one: Any, other: Any, take: Take) -> Any:
    if take is Take.BOTH:
        return tuple(dict.fromkeys((*one, *other)))
    return one if take is Take.FIRST else other


def _tests(found: tuple[Couple, ...], stays: Side, taken: Mapping[str, Take]) -> Iterator[Offering]:
    rows = [(couple, Take(stays) if couple.same else taken[couple.key]) for couple in found]
    rows = [(couple, take) for couple, take in rows if take is not Take.NEITHER]
    of_one = [side for side in (stays, stays.other) if all(couple.same or take == side.value for couple, take in rows)]
    spine = of_one[0] if of_one else stays

    def place(row: tuple[Couple, Take]) -> tuple[bool, int]:
        places = dict(zip(Side, row[0].places, strict=True))
        own, its = places[spine], places[spine.other]
        return (own is None, own if own is not None else its or 0)

    for couple, take in sorted(rows, key=place):
        tests = {Side.FIRST: couple.first, Side.SECOND: couple.second}
        sides = (stays, stays.other) if take is Take.BOTH else (Side(take.value),)
        yield from (test for test in (tests[side] for side in sides) if test is not None)


def _identifiers(profile: LabProfile) -> list[tuple[str, str]]:
    named = (
        ("clia", profile.clia_number),
        ("npi", profile.npi),
        ("cap", profile.cap_number),
        ("name", profile.name),
    )
    return [(kind, value) for kind, value in named if value]
