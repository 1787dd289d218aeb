"""What there is of a laboratory before anybody fills in the form: its entry on the list, its record in the CMS file.

Bounded work whatever the size of the list: candidates come from indexes, and only they are compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from registry.clia import comparing
from registry.clia import queries as cms_file
from registry.directory.gone import MERGED, successor_of
from registry.directory.listing_queries import Named
from registry.domain.hiding import UNCONFIRMED, UNDONE
from registry.domain.leaving import may_come_back
from registry.domain.matching import ALIKE, Likeness, Site, compare, compare_read, may_be_alike, read
from registry.domain.profile import LabProfile
from registry.domain.text import digits, order_key
from registry.models import CliaQuarter, CliaRecord, Lab, LabIdentifier
from registry.models.lab import HIDDEN
from registry.places.gazetteer import gazetteer

SHOWN = 5
"""How many entries, and how many records, a page shows at most."""

IN_A_ZIP = 300
"""How many laboratories of one ZIP code are compared whatever their names; the file has fewer under any."""

_IN_A_LISTED_ZIP = 4_000
_COMPARED_OF_MANY = 100
_BEGINNING = 4
_ELSEWHERE = 50
_LAST_CHARACTER = "\U0010ffff"
_LEFT = frozenset({"withdrawn", "merged"})
_SHOWN_STATES = frozenset({"published", "stale"})


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody typed to find a laboratory: its CLIA number, or its name and ZIP code."""

    clia_number: str = ""
    name: str = ""
    zip: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry that may be meant. ``successor`` is the one that took its place, where there is one to be seen.

    ``numbers`` are those asked for that are its own, or those of an entry that became a part of it.
    """

    lab: Lab
    numbers: frozenset[str]
    likeness: Likeness
    successor: Named | None = None

    @property
    def same_number(self) -> bool:
        return bool(self.numbers)

    @property
    def shown(self) -> bool:
        """Whether the public sees the entry now."""
        return self.lab.state in _SHOWN_STATES

    @property
    def unconfirmed(self) -> bool:
        """Whether it is kept from the public because nobody confirmed it: then its laboratory brings it back."""
        return self.lab.state == HIDDEN and self.lab.hidden_reason == UNCONFIRMED

    @property
    def stands(self) -> bool:
        """Whether the laboratory has an entry to go on with, so that it needs no other."""
        return self.shown or self.unconfirmed

    def may_come_back(self, now: datetime) -> bool:
        """Whether it left so lately that it may come back with the same entry."""
        return self.lab.state == "withdrawn" and may_come_back(self.lab.left_at, now)

    @property
    def left(self) -> bool:
        """Whether it was on the list and is not any more."""
        return self.lab.state in _LEFT


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: entries on the list, records of the CMS file that are none of them, and which quarter's file it is.

    The likeliest first. ``quarter`` is None where no file was imported.
    """

    listed: tuple[Listed, ...]
    records: tuple[CliaRecord, ...]
    quarter: CliaQuarter | None


def look_up(session: Session, question: Question) -> Found:
    """Everything that *question* may mean."""
    records = _records(session, question)
    numbers = {record.clia_number for record in records} | ({question.clia_number} - {""})
    sites = [_site_of(record) for record in records] if question.clia_number else []
    listed = _listed(session, numbers, sites or [Site(name=question.name, zip=question.zip)])
    taken = {number for found in listed if found.stands for number in found.numbers}
    return Found(
        listed=listed,
        records=tuple(record for record in records if record.clia_number not in taken),
        quarter=cms_file.quarter(session),
    )


def alike(session: Session, profile: LabProfile, *, own_lab_id: int | None = None) -> tuple[Listed, ...]:
    """The entries that may be the same laboratory as *profile*, the likeliest first, but for its own."""
    found = _listed(session, {profile.clia_number} - {""}, [Site.of(profile)])
    return tuple(one for one in found if one.lab.id != own_lab_id)


def _records(session: Session, question: Question) -> list[CliaRecord]:
    if question.clia_number:
        record = cms_file.record(session, question.clia_number)
        return [record] if record is not None else []
    place = gazetteer().zip(question.zip[:5])
    wanted = Site(name=question.name, zip=question.zip)
    candidates = cms_file.candidates(
        session, name=question.name, zip=question.zip, state=place.state if place else "", limit=IN_A_ZIP
    )
    scores = {record.clia_number: compare(wanted, _site_of(record)).score for record in candidates}
    likely = [record for record in candidates if scores[record.clia_number] >= ALIKE]
    likely.sort(key=lambda record: (not record.active, -scores[record.clia_number], record.name_key))
    return likely[:SHOWN]


def _site_of(record: CliaRecord) -> Site:
    known = comparing.prefilled(record)
    return Site(
        name=known["name"],
        address=known["address_line1"],
        city=known["city"],
        state=known["state"],
        zip=known["zip"],
        phone=known["phone"],
    )


def _listed(session: Session, numbers: set[str], sites: list[Site]) -> tuple[Listed, ...]:
    former = _former_numbers(session, numbers)
    likely: dict[int, tuple[Likeness, frozenset[str]]] = {}
    wanted = [read(site) for site in sites]
    for row in _candidates(session, numbers, list(former), sites):
        own = read(Site.of(LabProfile.from_dict({**row.profile_data, "offerings": ()})))
        same = frozenset(numbers & ({row.clia_number} | former.get(row.id, set())))
        if same or any(may_be_alike(site, own) for site in wanted):
            likeness = max((compare_read(site, own) for site in wanted), key=lambda one: one.score)
            if same or likeness.alike:
                likely[row.id] = likeness, same
    labs = session.scalars(select(Lab).where(Lab.id.in_(likely)))
    found = [Listed(lab, likely[lab.id][1], likely[lab.id][0], successor_of(session, lab)) for lab in labs]
    shown = {one.lab.slug for one in found if one.shown}
    # An entry that became a part of another is that other one.
    found = [
        one for one in found if one.lab.state != MERGED or one.successor is None or one.successor.slug not in shown
    ]
    found.sort(key=lambda one: (not one.same_number, not one.stands, -one.likeness.score, one.lab.id))
    return tuple(found[:SHOWN])


def _former_numbers(session: Session, numbers: set[str]) -> dict[int, set[str]]:
    """Which of *numbers* were those of entries that became a part of a laboratory, by that one's row number."""
    known: dict[int, set[str]] = {}
    for lab_id, number in session.execute(
        select(LabIdentifier.lab_id, LabIdentifier.value)
        .where(LabIdentifier.kind == "clia", LabIdentifier.value.in_(numbers))
        .limit(_ELSEWHERE)
    ):
        known.setdefault(lab_id, set()).add(number)
    return known


def _candidates(
    session: Session, numbers: set[str], former: list[int], sites: list[Site]
) -> Iterable[Row[int, str, dict[str, Any]]]:
    """Laboratories that share a number, a ZIP code or a phone with any of *sites*, or whose name begins like theirs.

    Of each its ``id``, its ``clia_number`` and its ``profile_data``.
    """
    asked: list[tuple[ColumnElement[bool], int]] = []
    if numbers:
        asked += [(Lab.clia_number.in_(numbers), _ELSEWHERE), (Lab.id.in_(former), _ELSEWHERE)]
    for site in sites:
        if phone := digits(site.phone):
            asked.append((Lab.phone_digits == phone, _ELSEWHERE))
        if key := order_key(site.name):
            asked.append(((Lab.name_key >= key) & (Lab.name_key < key + _LAST_CHARACTER), _ELSEWHERE))
    # Each by its own index; one condition with OR would read the whole table.
    rows = (session.scalars(select(Lab.id).where(which).order_by(Lab.name_key).limit(limit)) for which, limit in asked)
    seen = set(chain.from_iterable(rows)).union(*(_of_zip(session, site) for site in sites if site.zip))
    return session.execute(
        select(Lab.id, Lab.clia_number, Lab.profile_data).where(
            Lab.id.in_(seen),
            or_(Lab.state != HIDDEN, Lab.hidden_reason == UNCONFIRMED),
            Lab.hidden_reason != UNDONE,
        )
    )


def _of_zip(session: Session, site: Site) -> list[int]:
    """The laboratories of the ZIP code; of very many those whose names have most words in common with *site*'s."""
    rows = session.execute(select(Lab.id, Lab.name_key).where(Lab.zip == site.zip[:5]).limit(_IN_A_LISTED_ZIP)).all()
    if len(rows) <= IN_A_ZIP:
        return [row.id for row in rows]
    own = {word[:_BEGINNING] for word in order_key(site.name).split()}
    shared = {row.id: sum(word[:_BEGINNING] in own for word in row.name_key.split()) for row in rows}
    return nlargest(_COMPARED_OF_MANY, shared, key=lambda lab_id: (shared[lab_id], -lab_id))
