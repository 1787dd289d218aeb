"""Approving a submission: whole, in part, or as a small change by itself. The caller commits."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.changes import told
from registry.domain.labels import paths_of, told_remarks
from registry.domain.partly import corrected, partial, unit_of, units
from registry.domain.profile import LabProfile
from registry.domain.vocabulary import N_
from registry.domain.workflow import Action
from registry.links import Purpose
from registry.models import Lab, Submission, User
from registry.moderation.deciding import AT_ONCE, By, Shown, decide, write
from registry.moderation.entering import enter
from registry.moderation.publishing import NotPublishable, listing_to_change
from registry.registration import claiming, contacts

SMALL_CHANGE = "small change"
"""Who acts in the audit when a small change is published by itself."""


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
    corrections: Mapping[str, Any] | None = None,
    undo_for: timedelta = AT_ONCE,
) -> Lab:
    """Publish exactly the profile whose fingerprint is *digest*, and write the laboratory that it is listed.

    *corrections* (path to value, each valid) are laid over it. The sender of a new entry speaks for the laboratory
    from then on. So does that of a claim, which publishes nothing. With *listing_digest* the listing that an edit
    changes must still be the one that stood beside it. For *undo_for* the decision can be taken back, and no mail of
    it leaves. Raises Conflict when the submission or the listing has moved on or is not what was shown, AlreadyListed
    when its CLIA number is another listing's, PlaceNotFound when its ZIP has no place, and NotPublishable. The caller
    then rolls back.
    """
    by = By.staff(reviewer)
    submission = decide(
        session,
        Shown(submission_id, expect_revision, digest),
        Action.APPROVE,
        by=by,
        now=now,
        undo_for=undo_for,
        corrections=corrections,
    )
    if submission.kind == "claim":
        return _grant(session, submission, by=by, now=now)
    listed = _listed(session, submission, listing_digest)
    profile = corrected(submission.profile, submission.corrections)
    return _whole(session, submission, listed, profile, by=by, now=now, demonstration=demonstration)


def approve_part(
    session: Session,
    *,
    submission_id: int,
    reviewer: User,
    expect_revision: int,
    digest: str,
    listing_digest: str,
    accepted: Collection[str],
    message: str,
    now: datetime,
    remarks: Mapping[str, str] | None = None,
    corrections: Mapping[str, Any] | None = None,
    undo_for: timedelta = AT_ONCE,
) -> Lab:
    """Publish those changes of an edit that are *accepted* (paths or units), and send the others back.

    Everything else is as in :func:`approve`, and the mail as in asking for changes: *message*, *remarks*, and a link
    to revise it. Whether the mixture is a valid profile the caller has looked at. ``ValueError`` for a remark at a
    field that the submission does not have, or when nothing is accepted or nothing left to send back.
    """
    by = By.staff(reviewer)
    submission = decide(
        session,
        Shown(submission_id, expect_revision, digest),
        Action.APPROVE_PART,
        by=by,
        now=now,
        undo_for=undo_for,
        message=message,
        remarks=remarks,
        corrections=corrections,
    )
    if not set(submission.remarks) <= paths_of(submission.profile):
        raise ValueError("a remark is at a field that the submission does not have")
    listed = _listed(session, submission, listing_digest)
    if listed is None:
        raise NotPublishable(N_("Only a change of a listing can be approved in part."))
    live = listed.profile
    asked = corrected(submission.profile, submission.corrections)
    profile = partial(live, asked, accepted)
    if profile in (live, asked):
        raise ValueError("it is not a part")
    sent_back = told(profile, asked)
    changed = told(live, profile)
    lab = enter(
        session,
        submission,
        listed,
        profile,
        by=by,
        now=now,
        demonstration=listed.demonstration,
        facts={"accepted": [unit for unit in units(live, asked) if unit in {unit_of(path) for path in accepted}]},
    )
    write(
        session,
        submission,
        "approved_in_part",
        {
            "slug": lab.slug,
            "changes": changed,
            "sent_back": sent_back,
            "corrections": _told_corrections(submission),
            "message": message,
            "remarks": told_remarks(submission.remarks),
        },
        now=now,
        link_purpose=Purpose.REVISE,
    )
    session.flush()
    return lab


def approve_small(
    session: Session, *, submission_id: int, expect_revision: int, digest: str, listing_digest: str, now: datetime
) -> Lab:
    """Publish a small change without a moderator; raises as :func:`approve`."""
    by = By("system", SMALL_CHANGE, None)
    shown = Shown(submission_id, expect_revision, digest)
    submission = decide(session, shown, Action.APPROVE, by=by, now=now, undo_for=AT_ONCE)
    listed = _listed(session, submission, listing_digest)
    if listed is None:
        raise NotPublishable(N_("A submission of this kind is not published."))
    return _whole(session, submission, listed, submission.profile, by=by, now=now, demonstration=listed.demonstration)


def _listed(session: Session, submission: Submission, listing_digest: str | None) -> Lab | None:
    if submission.kind not in {"new", "edit"} or (submission.kind == "edit") != (submission.lab_id is not None):
        raise NotPublishable(N_("A submission of this kind is not published."))
    if submission.email_verified_at is None:
        raise NotPublishable(N_("The sender’s mailbox was never proved."))
    return listing_to_change(session, submission, listing_digest)


def _whole(
    session: Session,
    submission: Submission,
    listed: Lab | None,
    profile: LabProfile,
    *,
    by: By,
    now: datetime,
    demonstration: bool,
) -> Lab:
    changed = told(listed.profile, profile) if listed is not None else []
    lab = enter(session, submission, listed, profile, by=by, now=now, demonstration=demonstration, facts={})
    if listed is None:
        contacts.speaks_from_now(
            session, lab=lab, submission=submission, action="add_contact", actor_kind=by.kind, actor=by.actor, now=now
        )
    write(
        session,
        submission,
        "approved",
        {
            "slug": lab.slug,
            "edit": listed is not None,
            "changes": changed,
            "corrections": _told_corrections(submission),
        },
        now=now,
    )
    session.flush()
    return lab


def _told_corrections(submission: Submission) -> list[list[Any]]:
    """What was put right, as ``domain.changes`` tells changes."""
    return told(submission.profile, corrected(submission.profile, submission.corrections))


def _grant(session: Session, submission: Submission, *, by: By, now: datetime) -> Lab:
    """Let the sender of a claim speak for the listing; all who speak for it are told."""
    listed = session.get(Lab, submission.lab_id) if submission.lab_id is not None else None
    if listed is None or not claiming.may_be_claimed(listed):
        raise NotPublishable(N_("The listing is not there any more, so nobody can speak for it."))
    if submission.email_verified_at is None:
        raise NotPublishable(N_("The sender’s mailbox was never proved."))
    return claiming.granted(session, submission=submission, actor_kind=by.kind, actor=by.actor, now=now)
