"""Work for the moderators of the demonstration: changes, a claim, reports, doubts and a likely duplicate.

It is given once, to a list of which nobody has changed anything yet.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import transitions
from registry.domain.profile import LabProfile
from registry.domain.text import slugify
from registry.domain.workflow import Action
from registry.links import hash_of
from registry.models import AuditEvent, Lab, LabContact, Report, Submission
from registry.models.lab import PUBLISHED

COMMAND = "demo load"
_KEY = "demonstration-work-"
_TO_FILL_IN = timedelta(minutes=12)


def give_work(session: Session, *, now: datetime) -> int:
    """Put the work into the queue unless it was put there before; returns how many things there are to do."""
    if session.scalar(select(Submission.id).where(Submission.draft_key_hash.startswith(_KEY)).limit(1)) is not None:
        return 0
    labs = session.scalars(
        select(Lab)
        .where(
            Lab.demonstration,
            Lab.state == PUBLISHED,
            select(LabContact.id).where(LabContact.lab_id == Lab.id, LabContact.verified_at.is_not(None)).exists(),
        )
        .order_by(Lab.id)
        .limit(200)
    ).all()
    if len(labs) < 9:
        return 0
    # Those with several tests have more to change.
    rich = [lab for lab in labs if len(lab.profile.offerings) > 1]
    changed, (small, claimed, closed, wrong, twin) = rich[0], [lab for lab in labs if lab is not rich[0]][3:8]
    numbers = count(1)
    _ask(session, changed, _much_changed(changed.profile), next(numbers), hours=30, now=now, note="We moved floors.")
    _ask(session, small, replace(small.profile, phone="(404) 555-0199"), next(numbers), hours=2, now=now)
    _claim(session, claimed, next(numbers), hours=49, now=now)
    for lab, kind, message, hours in (
        (closed, "closed", "The number rings, and nobody has answered for two weeks.", 70),
        (wrong, "wrong_contact", "That is the number of the billing office.", 5),
    ):
        session.add(
            Report(
                lab_id=lab.id,
                kind=kind,
                message=message,
                once_key_hash=hash_of(f"{_KEY}{lab.id}"),
                created_at=now - timedelta(hours=hours),
            )
        )
    _list_twice(session, twin, now=now)
    session.flush()
    return 6


def _much_changed(profile: LabProfile) -> LabProfile:
    first, *others = profile.offerings
    notes = first.specimen_notes or "One block, or five slides."
    tested = replace(
        first,
        name=f"{first.name}, revised",
        specimen_notes=f"{notes.replace('block', 'paraffin block', 1)} Please send the pathology report along.",
        tat_min=2,
        tat_max=4,
        tat_unit="business_days",
        tat_clock_start="specimen_receipt",
        order_code="DEMO-NEW-1",
        path_report_required="yes",
        slides_min=6,
    )
    return replace(
        profile,
        name=f"{profile.name} and Molecular Pathology",
        address_line2="Floor 3, Suite 310",
        phone="(404) 555-0177",
        public_email=f"her2-desk@{profile.public_email.partition('@')[2]}",
        contact_role="HER2 testing desk",
        offerings=(tested, *others),
    )


def _ask(
    session: Session, lab: Lab, profile: LabProfile, number: int, *, hours: int, now: datetime, note: str = ""
) -> None:
    """A change of *lab*, asked for by its contact *hours* ago."""
    contact = session.scalars(
        select(LabContact).where(LabContact.lab_id == lab.id, LabContact.verified_at.is_not(None)).limit(1)
    ).one()
    sent = now - timedelta(hours=hours)
    submission = _begun(
        session,
        number,
        sent,
        kind="edit",
        lab_id=lab.id,
        base=lab.profile.to_dict(),
        proposed=profile.to_dict(),
        contact_name="Ada Invented",
        contact_email=contact.email,
        contact_role=contact.role,
        note=note,
    )
    _step(session, submission, Action.SEND_VERIFIED, sent, consented_at=sent, email_verified_at=sent, submitted_at=sent)


def _claim(session: Session, lab: Lab, number: int, *, hours: int, now: datetime) -> None:
    """Somebody with a mailbox elsewhere wants to speak for *lab*."""
    sent = now - timedelta(hours=hours)
    submission = _begun(
        session,
        number,
        sent,
        kind="claim",
        lab_id=lab.id,
        proposed=LabProfile().to_dict(),
        contact_name="Grace Imagined",
        contact_email="grace@elsewhere.example",
        contact_role="Laboratory manager",
        contact_phone="(404) 555-0142",
        flags=["too_fast"],
    )
    _step(session, submission, Action.SEND, sent, consented_at=sent)
    _step(session, submission, Action.CONFIRM_EMAIL, sent, email_verified_at=sent, submitted_at=sent)


def _begun(session: Session, number: int, sent: datetime, **values: Any) -> Submission:
    submission = Submission(
        draft_key_hash=f"{_KEY}{number}",
        created_at=sent - _TO_FILL_IN,
        updated_at=sent,
        **values,
    )
    session.add(submission)
    session.flush()
    return submission


def _step(session: Session, submission: Submission, action: Action, at: datetime, **changes: object) -> None:
    transitions.apply(
        session,
        submission.id,
        action,
        actor_kind="laboratory",
        actor=submission.contact_email,
        now=at,
        changes=changes,
    )


def _list_twice(session: Session, lab: Lab, *, now: datetime) -> None:
    """The same laboratory once more, under a name that is written in another way and without a CLIA number."""
    profile = replace(
        lab.profile,
        name=lab.profile.name.replace("Laboratory", "Lab.").replace("Center", "Ctr."),
        clia_number="",
        clia_absence_reason="pending",
        public_email="",
    )
    again = Lab(slug=slugify(profile.name), demonstration=True, last_confirmed=(now - timedelta(days=90)).date())
    again.publish(
        session, profile, lat=lab.lat, lon=lab.lon, precision=lab.location_precision, now=now - timedelta(days=90)
    )
    session.add(again)
    session.flush()
    session.add(
        AuditEvent(
            at=again.published_at,
            actor_kind="system",
            actor=COMMAND,
            action="publish",
            subject_type="lab",
            subject_id=again.id,
            after={"profile": profile.digest, "slug": again.slug},
        )
    )
