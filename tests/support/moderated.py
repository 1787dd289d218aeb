"""What moderators decide on beside new entries: a change of a listing, sent again, and a claim of it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import AuditEvent
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish


def set_moderated(own: Session, *, moment: datetime) -> dict[str, str]:
    """Write them. The names for addresses: the submissions ``edit`` and ``claimed``."""
    fish = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none")
    lab = publish(own, a_profile(name="Invented Laboratory that Changes", offerings=(an_offering(), fish)))
    sender = a_contact(own, lab).email
    before = replace(lab.profile, website="https://old.example/")
    asked = a_submission(
        own,
        replace(lab.profile, phone="(404) 555-0101"),
        kind="edit",
        state="superseded",
        lab_id=lab.id,
        email=sender,
        base=before.to_dict(),
        message="Which number is it?",
        remarks={"phone": "This is a fax.", "offerings.1.assay": "Which probe?"},
    )
    panel = an_offering(
        name="Tissue panel", method="ngs_tissue", assay="other", assay_name="Invented 500", tat_min=None
    )
    edit = a_submission(
        own,
        replace(lab.profile, phone="(404) 555-0102", offerings=(replace(fish, tat_max=9), panel)),
        kind="edit",
        lab_id=lab.id,
        email=sender,
        base=before.to_dict(),
        revises_id=asked.id,
        note="The number is that of the new building.",
        flags=["too_fast"],
    )
    claimed = a_submission(own, LabProfile(), kind="claim", lab_id=lab.id, contact_phone="(404) 555-0123")
    own.add(
        AuditEvent(
            at=moment,
            actor_kind="staff",
            actor="moderator@example.org",
            action="add_contact",
            subject_type="lab",
            subject_id=lab.id,
            after={"contact": sender},
        )
    )
    own.commit()
    return {"edit": str(edit.id), "claimed": str(claimed.id)}
