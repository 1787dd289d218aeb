"""What the checks are made of: the facts they rest on, and how each of them turned out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from registry.domain.geometry import Point
from registry.domain.matching import Likeness
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
class Spots:
    """Where the entry is said to be: the points of its ZIP code, of its town, of the listing as it stands, and of the
    ZIP code in the CMS file. None for what is not known.
    """

    zip: Point | None = None
    town: Point | None = None
    live: Point | None = None
    filed: Point | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """A listing that may be the same laboratory: what it says, where it stands, and how alike the two are.

    ``dismissed`` says that a moderator found it to be another one.
    """

    id: int
    slug: str
    state: str
    profile: LabProfile
    point: Point
    likeness: Likeness
    same_number: bool
    dismissed: bool = False

    @property
    def shown(self) -> bool:
        """Whether the public sees it now."""
        return self.state in {"published", "stale"}


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another submission of the same mailbox, and what became of it. ``name`` is empty for a claim."""

    id: int
    kind: str
    name: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Sender:
    """What the same sender sent beside this: the newest first, how many in all, and how many were turned down.

    ``of_domain`` counts what other mailboxes of the same domain sent; None where anybody can open a mailbox there.
    """

    earlier: tuple[Earlier, ...] = ()
    count: int = 0
    rejected: int = 0
    of_domain: int | None = None


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
    spots: Spots = Spots()
    near: tuple[Near, ...] = ()
    sender: Sender = Sender()


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: its name, how it turned out, why, and the raw facts as (label, value) pairs."""

    name: str
    outcome: Outcome
    reason: str
    facts: tuple[tuple[str, str], ...] = ()
    entries: tuple[SameNumber, ...] = ()
