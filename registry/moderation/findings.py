"""What the checks are made of: the facts they rest on, and how each of them turned out."""

from dataclasses import dataclass
from enum import StrEnum

from registry.domain.profile import LabProfile
from registry.models import CliaRecord


class Outcome(StrEnum):
    """How a check turned out; ``LOOK`` is for the moderator's eyes, ``PROBLEM`` is a contradiction."""

    OK = "ok"
    LOOK = "look"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class SameNumber:
    """Another entry with the same CLIA number: a listing, or a waiting submission (``slug`` is empty)."""

    id: int
    name: str
    state: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class CliaFacts:
    """What the imported CMS file says: its quarter, as in 2026-Q2, and its record of the stated number, if any."""

    quarter: str
    record: CliaRecord | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the checks rest on. ``zip_label`` is None for an unknown ZIP, ``zip_agrees`` then too.

    ``clia`` is None as long as no CMS file was imported.
    ``speaks`` says whether the sender is a contact of the listing that is to change; ``flags`` are slugs of suspicion.
    """

    profile: LabProfile
    contact_email: str
    demonstration: bool
    zip_label: str | None
    zip_agrees: bool | None
    zip_located: bool
    same_number: tuple[SameNumber, ...] = ()
    clia: CliaFacts | None = None
    kind: str = "new"
    speaks: bool = False
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: its name, how it turned out, why, and the raw facts as (label, value) pairs."""

    name: str
    outcome: Outcome
    reason: str
    facts: tuple[tuple[str, str], ...] = ()
    entries: tuple[SameNumber, ...] = ()
