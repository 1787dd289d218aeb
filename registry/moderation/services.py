"""The decisions: each moves the submission, writes the audit and asks for the mail; the caller commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from registry import mail
from registry.domain.changes import told
from registry.domain.labels import paths_of, told_remarks
from registry.domain.vocabulary import N_
from registry.domain.workflow import Action
from registry.links import Purpose
from registry.models import AuditEvent, Lab, Submission, User
from registry.moderation.publishing import (
    NotPublishable,
    list_again,
    list_anew,
    listing_to_change,
    refuse_second_listing,
)
from registry.moderation.reasons import REJECTION_REASON
from registry.places.geocoding import locate
from registry.registration import claiming, contacts, link_mail
from registry.registration import queries as registration
from registry.transitions import Conflict, apply

MESSAGE_MAX = 4000
REMARK_MAX = 1000


def start_review(
    session: Session, *, submission_id: int, reviewer: User, expect_revision: int, now: datetime
) -> Submission:
    """Mark the submission as being reviewed by *reviewer*. Raises Conflict when it has moved on."""
    return apply(
        session,
        submission_id,
        Action.START_REVIEW,
        actor_kind="staff",
        actor=reviewer.email,
        now=now,
        expect_revision=expect_revision,
        changes={"reviewer_id": reviewer.id},
    )


def approve(
    session: Session,
    *,
    submission_id: int,
    reviewer: User,
    expect_revision: int,
    digest: str,
    now: datetime,
    listing_digest: str | None = None,
    demonstration: bool = False,
) -> Lab:
    """Publish exactly the profile whose fingerprint is *digest*, and write the laboratory that it is listed.

    The sender of a new entry speaks for the laboratory from then on. So does that of a claim, which publishes nothing.
    With *listing_digest* the listing that an edit changes must still be the one that stood beside it. Raises Conflict
    when the submission or the listing has moved on or is not what was shown, AlreadyListed when its CLIA
    number is another listing's, PlaceNotFound when its ZIP has no place, and NotPublishable. The caller then
    rolls back.
    """
    submission = _decide(
        session,
        submission_id,
        Action.APPROVE,
        reviewer=reviewer,
        expect_revision=expect_revision,
        digest=digest,
        now=now,
    )
    if submission.kind == "claim":
        return _grant(session, submission, reviewer=reviewer, now=now)
    profile = submission.profile
    if submission.kind not in {"new", "edit"} or (submission.kind == "edit") != (submission.lab_id is not None):
        raise NotPublishable(N_("A submission of this kind is not published."))
    if submission.email_verified_at is None:
        raise NotPublishable(N_("The sender’s mailbox was never proved."))
    listed = listing_to_change(session, submission, listing_digest)
    place = locate(profile.zip)
    refuse_second_listing(session, profile, own=listed)
    before = {"profile": listed.profile.digest} if listed is not None else None
    changed = told(listed.profile, profile) if listed is not None else []
    facts: dict[str, Any] = {
        "verification": "email_verified",
        "email_verified_at": submission.email_verified_at,
        "approved_at": now,
    }
    # The laboratory's own word, not ours: the day on which it sent this.
    attested = (submission.submitted_at or submission.email_verified_at).date()
    if listed is None:
        lab = list_anew(session, profile, place, facts, attested=attested, now=now, demonstration=demonstration)
    else:
        lab = list_again(session, listed, profile, place, facts, attested=attested, now=now)
    submission.lab_id = lab.id
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=reviewer.email,
            action="publish",
            subject_type="lab",
            subject_id=lab.id,
            before=before,
            after={
                "profile": profile.digest,
                "slug": lab.slug,
                "submission": submission.id,
                "tests": [offering.digest for offering in profile.offerings],
                "day": attested.isoformat(),
            },
        )
    )
    if listed is None:
        _speaks_from_now(session, submission, lab, reviewer=reviewer, now=now)
    _write(session, submission, "approved", {"slug": lab.slug, "edit": listed is not None, "changes": changed}, now=now)
    session.flush()
    return lab


def request_changes(
    session: Session,
    *,
    submission_id: int,
    reviewer: User,
    expect_revision: int,
    digest: str,
    message: str,
    now: datetime,
    remarks: Mapping[str, str] | None = None,
) -> Submission:
    """Send the submission back with *message*, *remarks* at fields (path to text) and a link to revise it.

    Raises Conflict, and ``ValueError`` for a remark at a field that the submission does not have.
    """
    submission = _decide(
        session,
        submission_id,
        Action.REQUEST_CHANGES,
        reviewer=reviewer,
        expect_revision=expect_revision,
        digest=digest,
        now=now,
        message=message,
        remarks=remarks,
    )
    if not set(submission.remarks) <= paths_of(submission.profile):
        raise ValueError("a remark is at a field that the submission does not have")
    _write(
        session,
        submission,
        "changes_requested",
        {"message": message, "remarks": told_remarks(submission.remarks)},
        now=now,
        link_purpose=Purpose.REVISE,
    )
    return submission


def reject(
    session: Session,
    *,
    submission_id: int,
    reviewer: User,
    expect_revision: int,
    digest: str,
    reason: str,
    message: str,
    now: datetime,
) -> Submission:
    """Turn the submission down for *reason*, a slug of ``REJECTION_REASON``. Raises Conflict."""
    label = REJECTION_REASON[reason].label
    submission = _decide(
        session,
        submission_id,
        Action.REJECT,
        reviewer=reviewer,
        expect_revision=expect_revision,
        digest=digest,
        now=now,
        message=message,
        reason=reason,
    )
    told = {"reason": label, "message": message, "kind": submission.kind}
    if submission.kind == "claim":
        link_mail.revoke_links(session, submission=submission, purpose=Purpose.ALLOW_CLAIM, now=now)
        told["slug"] = session.get_one(Lab, submission.lab_id).slug
    if reason == "already_listed":
        number = submission.profile.clia_number
        listed = registration.listing_with_number(session, number, own_lab_id=submission.lab_id)
        told["listed"] = listed.slug if listed is not None else ""
    _write(session, submission, "rejected", told, now=now)
    return submission


def _grant(session: Session, submission: Submission, *, reviewer: User, now: datetime) -> Lab:
    """Let the sender of a claim speak for the listing; all who speak for it are told."""
    listed = session.get(Lab, submission.lab_id) if submission.lab_id is not None else None
    if listed is None or listed.state not in claiming.CLAIMABLE:
        raise NotPublishable(N_("The listing is not there any more, so nobody can speak for it."))
    if submission.email_verified_at is None:
        raise NotPublishable(N_("The sender’s mailbox was never proved."))
    return claiming.granted(session, submission=submission, actor_kind="staff", actor=reviewer.email, now=now)


def _speaks_from_now(session: Session, submission: Submission, lab: Lab, *, reviewer: User, now: datetime) -> None:
    contact = contacts.ensure(
        session,
        lab=lab,
        email=submission.contact_email,
        name=submission.contact_name,
        role=submission.contact_role,
        language=submission.language,
        now=now,
    )
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=reviewer.email,
            action="add_contact",
            subject_type="lab",
            subject_id=lab.id,
            before=None,
            after={"contact": contact.email, "submission": submission.id},
        )
    )


def _decide(
    session: Session,
    submission_id: int,
    action: Action,
    *,
    reviewer: User,
    expect_revision: int,
    digest: str,
    now: datetime,
    message: str = "",
    remarks: Mapping[str, str] | None = None,
    reason: str = "",
) -> Submission:
    submission = apply(
        session,
        submission_id,
        action,
        actor_kind="staff",
        actor=reviewer.email,
        now=now,
        expect_revision=expect_revision,
        note=message,
        changes={
            "reviewer_id": reviewer.id,
            "decided_at": now,
            "message": message,
            "remarks": dict(remarks or {}),
            "decision_reason": reason,
        },
    )
    # Under the row's lock: what is decided on is what was on the moderator's screen.
    if submission.profile.digest != digest:
        raise Conflict(submission, action)
    return submission


def _write(
    session: Session,
    submission: Submission,
    kind: str,
    context: dict[str, Any],
    *,
    now: datetime,
    link_purpose: Purpose | None = None,
) -> None:
    mail.enqueue(
        session,
        kind=kind,
        recipient=submission.contact_email,
        language=submission.language,
        context={"name": _name(session, submission), **context},
        now=now,
        link_purpose=link_purpose,
        submission_id=submission.id,
        once_key=f"{kind}:{submission.id}",
    )


def _name(session: Session, submission: Submission) -> str:
    """What the laboratory is called: a claim proposes nothing, it is about a listing."""
    listed = session.get(Lab, submission.lab_id) if submission.kind == "claim" and submission.lab_id else None
    return listed.name if listed is not None else submission.profile.name
