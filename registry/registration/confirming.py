"""Confirming that tests on the list are still right: it changes no word of the entry. The caller commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import AuditEvent, Lab
from registry.registration import lapsing

CONFIRMABLE = frozenset({"published", "stale"})
"""States of a laboratory whose entry stands on the list, to be confirmed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody had before their eyes, as fingerprints: the whole entry, and its tests in their order."""

    entry: str
    tests: tuple[str, ...]

    @classmethod
    def of(cls, profile: LabProfile) -> "Shown":
        """The entry as it is."""
        return cls(profile.digest, tuple(offering.digest for offering in profile.offerings))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What an act confirmed: the tests' fingerprints; ``changed`` when the entry was no longer what was shown, ``back``
    when the public sees it again by this.
    """

    tests: tuple[str, ...]
    changed: bool
    back: bool = False


def may_be_confirmed(lab: Lab) -> bool:
    """Whether the entry stands on the list, or would if it were confirmed; not one that moderators hid."""
    return lab.state in CONFIRMABLE or lapsing.is_hidden_for_age(lab)


def confirm(
    session: Session, *, lab: Lab, actor: str, shown: Shown, right: Collection[str], now: datetime, note: str = ""
) -> Confirmed:
    """Note that the mailbox *actor* found the tests of the fingerprints *right* to be right.

    Only what was *shown* and is on the list as it was shown counts. An entry that was hidden for its age is shown again
    once none of its tests is overdue. The caller holds the laboratory's lock.
    """
    published = [offering.digest for offering in lab.profile.offerings]
    tests = tuple(digest for digest in dict.fromkeys(published) if digest in right and digest in shown.tests)
    back = False
    if tests:
        before = lab.last_confirmed
        lab.confirm(session, tests, day=now.date(), now=now)
        session.add(
            AuditEvent(
                at=now,
                actor_kind="laboratory",
                actor=actor,
                action="confirm",
                subject_type="lab",
                subject_id=lab.id,
                before={"last_confirmed": before.isoformat()},
                after={
                    "last_confirmed": lab.last_confirmed.isoformat(),
                    "tests": list(tests),
                    "profile": lab.profile.digest,
                },
                note=note,
            )
        )
        back = lapsing.confirmed(session, lab=lab, actor_kind="laboratory", actor=actor, now=now)
    return Confirmed(tests, shown.entry != lab.profile.digest, back)
