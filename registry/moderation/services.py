"""The decisions: each moves the submission, writes the audit and asks for the mail; the caller commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import mail
from registry.domain.profile import LabProfile
from registry.domain.text import slugify
from registry.domain.vocabulary import N_, Term, Vocabulary
from registry.domain.workflow import Action
from registry.links import Purpose
from registry.models import AuditEvent, Lab, Submission, User
from registry.places.gazetteer import Place
from registry.places.geocoding import locate
from registry.transitions import Conflict, apply

MESSAGE_MAX = 4000
SLUG_ATTEMPTS = 50

REJECTION_REASON = Vocabulary(
    "rejection_reason",
    Term("not_her2_colorectal", N_("The laboratory does not test HER2 in colorectal cancer")),
    Term("not_a_laboratory", N_("This is not a laboratory")),
    Term("not_authorized", N_("The sender may not speak for the laboratory")),
    Term("already_listed", N_("The laboratory is listed already")),
    Term("wrong_facts", N_("Important facts are wrong or could not be confirmed")),
    Term("other", N_("Another reason, given in the message")),
)
"""Why a submission is turned down; the laboratory reads the label."""


class AlreadyListed(Exception):
    """Another listing has the submission's CLIA number: ``lab``. Nothing may be committed."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(f"CLIA number {lab.clia_number} is listed as {lab.slug}")
        self.lab = lab


class NotPublishable(Exception):
    """The submission is of a kind, or lacks a proof, with which it cannot become a listing."""


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
    demonstration: bool = False,
) -> Lab:
    """Publish exactly the profile whose fingerprint is *digest*, and write the laboratory that it is listed.

    Raises Conflict when the submission has moved on or is not what was shown, AlreadyListed when its CLIA
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
    profile = submission.profile
    if submission.kind not in {"new", "edit"} or (submission.kind == "edit") != (submission.lab_id is not None):
        raise NotPublishable(f"a submission of kind {submission.kind} is not published")
    if submission.email_verified_at is None:
        raise NotPublishable("the sender's mailbox was never proved")
    place = locate(profile.zip)
    listed = session.get(Lab, submission.lab_id) if submission.lab_id is not None else None
    before = {"profile": listed.profile.digest} if listed is not None else None
    _refuse_second_listing(session, profile, own=listed)
    facts: dict[str, Any] = {
        "verification": "email_verified",
        "email_verified_at": submission.email_verified_at,
        "approved_at": now,
        # The laboratory's own word, not ours: the day on which it confirmed by mail.
        "last_confirmed": submission.email_verified_at.date(),
    }
    if listed is None:
        lab = _list_anew(session, profile, place, facts, now=now, demonstration=demonstration)
    else:
        lab = _list_again(session, listed, profile, place, facts, now=now)
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
            after={"profile": profile.digest, "slug": lab.slug, "submission": submission.id},
        )
    )
    _write(session, submission, "approved", {"slug": lab.slug}, now=now)
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
) -> Submission:
    """Send the submission back with *message* and a link to revise it. Raises Conflict."""
    submission = _decide(
        session,
        submission_id,
        Action.REQUEST_CHANGES,
        reviewer=reviewer,
        expect_revision=expect_revision,
        digest=digest,
        now=now,
        message=message,
    )
    _write(session, submission, "changes_requested", {"message": message}, now=now, link_purpose=Purpose.REVISE)
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
    _write(session, submission, "rejected", {"reason": label, "message": message}, now=now)
    return submission


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
            "decision_reason": reason,
        },
    )
    # Under the row's lock: what is decided on is what was on the moderator's screen.
    if submission.profile.digest != digest:
        raise Conflict(submission, action)
    return submission


def _refuse_second_listing(session: Session, profile: LabProfile, *, own: Lab | None) -> None:
    if not profile.clia_number:
        return
    other = session.scalar(
        select(Lab)
        .where(
            Lab.clia_number == profile.clia_number,
            Lab.state.not_in(("withdrawn", "merged")),
            Lab.id != (own.id if own is not None else 0),
        )
        .limit(1)
    )
    if other is not None:
        raise AlreadyListed(other)


def _list_anew(
    session: Session,
    profile: LabProfile,
    place: Place,
    facts: dict[str, Any],
    *,
    now: datetime,
    demonstration: bool,
) -> Lab:
    base = slugify(f"{profile.name} {profile.city}")
    for attempt in range(1, SLUG_ATTEMPTS + 1):
        slug = base if attempt == 1 else f"{base}-{attempt}"
        if session.scalar(select(Lab.id).where(Lab.slug == slug)) is not None:
            continue
        lab = Lab(slug=slug, demonstration=demonstration, **facts)
        try:
            return _publish(session, lab, profile, place, {}, now=now)
        except IntegrityError:
            # Somebody else's commit came between: they took the slug, or listed the number.
            _refuse_second_listing(session, profile, own=None)
    raise NotPublishable(f"no free address like {base}")


def _list_again(
    session: Session, lab: Lab, profile: LabProfile, place: Place, facts: dict[str, Any], *, now: datetime
) -> Lab:
    try:
        return _publish(session, lab, profile, place, facts, now=now)
    except IntegrityError:
        _refuse_second_listing(session, profile, own=lab)
        raise


def _publish(
    session: Session, lab: Lab, profile: LabProfile, place: Place, facts: dict[str, Any], *, now: datetime
) -> Lab:
    with session.begin_nested():
        for name, value in facts.items():
            setattr(lab, name, value)
        session.add(lab)
        with session.no_autoflush:
            lab.publish(session, profile, lat=place.lat, lon=place.lon, precision=place.precision.value, now=now)
        session.flush()
    return lab


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
        context={"name": submission.profile.name, **context},
        now=now,
        link_purpose=link_purpose,
        submission_id=submission.id,
        once_key=f"{kind}:{submission.id}",
    )
