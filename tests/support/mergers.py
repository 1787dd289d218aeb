"""Two entries of one laboratory, and the merger of them as a moderator does it who changes nothing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.uniting import Side, presets, unite
from registry.models import AuditEvent, Lab, LabMerge
from registry.moderation import merging, unmerging
from registry.moderation.merging_snapshot import told_of
from registry.moderation.unmerging import Keep
from registry.web import now
from tests.support.factories import a_contact, a_profile, an_offering, publish

MODERATOR = "moderator@example.org"
ROBIN, KIM, ALEX = "robin@kite.example", "kim@heron.example", "alex@both.example"
IHC = an_offering(name="IHC")
SLOWER = replace(IHC, tat_max=9)
FISH = an_offering(name="FISH", method="fish", assay="pathvysion", reflex_policy="none", order_code="F")
PANEL = an_offering(name="Panel", method="ngs_tissue", assay="other", assay_name="P", tat_max=14, specimen_notes="")


def two_entries(session: Session) -> tuple[Lab, Lab]:
    """Kite, for which Robin speaks, and Heron, for which Kim does; Alex speaks for both. The audit tells of both."""
    kite = publish(session, a_profile(name="Kite Laboratory", npi="1234567893", offerings=(IHC, FISH)))
    heron = publish(session, a_profile(name="Heron Laboratory", cap_number="7654321", offerings=(SLOWER, PANEL)))
    for lab, emails in ((kite, (ROBIN, ALEX)), (heron, (KIM, ALEX))):
        for email in emails:
            a_contact(session, lab, email=email)
    tell_how_they_stand(session, kite, heron)
    return kite, heron


def tell_how_they_stand(session: Session, *labs: Lab) -> None:
    """Begin the audit of laboratories that a factory made: what is replayed begins here. Commits."""
    for lab in labs:
        told: dict[str, Any] = told_of(session, lab)
        session.add(
            AuditEvent(
                at=now(),
                actor_kind="system",
                actor="the test",
                action="merge",
                subject_type="lab",
                subject_id=lab.id,
                before=None,
                after=told,
            )
        )
    session.commit()


def merge(
    session: Session, kept: Lab, gone: Lab, *, at: datetime | None = None, commit: bool = True, **taken: Any
) -> LabMerge:
    """Merge *gone* into *kept* as the page proposes, but for what is *taken* otherwise. Commits."""
    # A transaction that only read must not be older than what others wrote.
    session.rollback()
    first, second = kept.profile, gone.profile
    days = {
        side: {test.digest: lab.confirmed_on(test) for test in lab.profile.offerings}
        for side, lab in ((Side.FIRST, kept), (Side.SECOND, gone))
    }
    chosen = presets(first, second, stays=Side.FIRST, days=days) | taken
    merger = merging.merge(
        session,
        kept_id=kept.id,
        gone_id=gone.id,
        profile=unite(first, second, stays=Side.FIRST, taken=chosen),
        placed_as=gone.id if chosen.get("address") == "second" else kept.id,
        shown={kept.id: first.digest, gone.id: second.digest},
        actor=MODERATOR,
        now=at or now(),
    )
    if commit:
        session.commit()
    return merger


def unmerge(session: Session, merger: LabMerge, *, keep: Keep = Keep.BEFORE) -> LabMerge:
    """Undo the merger. Commits."""
    # A transaction that only read must not be older than what others wrote.
    session.rollback()
    kept = session.get_one(Lab, merger.kept_id)
    done = unmerging.unmerge(
        session, merge_id=merger.id, keep=keep, shown=kept.profile.digest, actor=MODERATOR, now=now()
    )
    session.commit()
    return done


def set_merged(own: Session) -> dict[str, str]:
    """Two entries that can be merged, ``kite`` and ``heron``, and two that were, ``merger``. Commits."""
    kite, heron = two_entries(own)
    merger = merge(own, publish(own, a_profile(name="Invented Owl Laboratory")), heron_like(own))
    kept = own.get_one(Lab, merger.kept_id)
    changed = replace(kept.profile, phone="(404) 555-0177")
    kept.publish(own, changed, lat=kept.lat, lon=kept.lon, precision="zip", now=now())
    own.commit()
    return {"kite": str(kite.id), "heron": str(heron.id), "merger": str(merger.id)}


def heron_like(session: Session) -> Lab:
    """Another laboratory with other tests and accreditations. Commits."""
    return publish(session, a_profile(name="Invented Stork Laboratory", accreditations=("cap",), offerings=(PANEL,)))
