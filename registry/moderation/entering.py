"""What an approval writes: the entry, its audit row, and the version that is kept. The caller commits."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.merging import pairs
from registry.domain.partly import corrected
from registry.domain.profile import LabProfile
from registry.models import AuditEvent, Lab, Submission
from registry.moderation import versions
from registry.moderation.deciding import By
from registry.moderation.publishing import list_again, list_anew, list_back, refuse_second_listing, taken_back
from registry.places.geocoding import locate
from registry.registration import lapsing


def enter(
    session: Session,
    submission: Submission,
    listed: Lab | None,
    profile: LabProfile,
    *,
    by: By,
    now: datetime,
    demonstration: bool,
    facts: dict[str, Any],
) -> Lab:
    """Put *profile* on the list, in place of what *listed* shows, and note it, with *facts*, in the audit.

    Raises AlreadyListed, PlaceNotFound and NotPublishable.
    """
    place = locate(profile.zip)
    former = listed if listed is not None else taken_back(session, submission)
    refuse_second_listing(session, profile, own=former)
    before = _stood(former) if former is not None else None
    columns: dict[str, Any] = {
        "verification": "email_verified",
        "email_verified_at": submission.email_verified_at,
        "approved_at": now,
    }
    # The laboratory's own word, not ours: the day on which it sent this.
    attested = (submission.submitted_at or submission.email_verified_at or now).date()
    days = _days(profile, submission, former, attested)
    if former is not None:
        versions.keep_standing(session, former)
    if former is None:
        lab = list_anew(
            session, profile, place, columns, attested=attested, days=days, now=now, demonstration=demonstration
        )
    elif listed is None:
        lab = list_back(session, former, profile, place, columns, attested=attested, days=days, now=now)
    else:
        lab = list_again(session, listed, profile, place, columns, attested=attested, days=days, now=now)
        # The act below says in which state it stands by this.
        lapsing.confirmed(session, lab=lab, actor_kind=by.kind, actor=by.actor, now=now, noted=False)
    submission.lab_id = lab.id
    corrections = {"corrections": submission.corrections} if submission.corrections else {}
    session.add(
        AuditEvent(
            at=now,
            actor_kind=by.kind,
            actor=by.actor,
            action="publish",
            subject_type="lab",
            subject_id=lab.id,
            before=before,
            after={
                "profile": profile.digest,
                "state": lab.state,
                "slug": lab.slug,
                "submission": submission.id,
                "tests": [offering.digest for offering in profile.offerings],
                "day": attested.isoformat(),
                "days": dict(lab.attestations),
                **corrections,
                **facts,
            },
        )
    )
    versions.keep(
        session,
        lab,
        action="publish",
        actor_kind=by.kind,
        actor=by.actor,
        now=now,
        submission_id=submission.id,
    )
    return lab


def _stood(lab: Lab) -> dict[str, Any]:
    """How an entry stood that is overwritten, as far as no version of it says so."""
    proved, approved = lab.email_verified_at, lab.approved_at
    return {
        "profile": lab.profile.digest,
        "state": lab.state,
        "hidden_reason": lab.hidden_reason,
        "verification": lab.verification,
        "email_verified_at": proved.isoformat() if proved is not None else None,
        "approved_at": approved.isoformat() if approved is not None else None,
    }


def _days(profile: LabProfile, submission: Submission, former: Lab | None, attested: date) -> dict[str, date]:
    """Since when each test of *profile* is confirmed, by its fingerprint.

    What a moderator put right, and a mixture of what was and what was asked for, is confirmed for no longer than what
    the laboratory itself said.
    """
    standing = {test.digest: former.confirmed_on(test) for test in former.profile.offerings} if former else {}
    before = former.profile.offerings if former is not None else ()
    came_from = {new: before[old] for old, new in pairs(before, profile.offerings).items()}
    sent = submission.profile.offerings
    put_right = corrected(submission.profile, submission.corrections).offerings
    days = {}
    for place, test in enumerate(profile.offerings):
        own = next((sent[at] for at, one in enumerate(put_right) if one == test), None)
        if test.digest in standing:
            days[test.digest] = standing[test.digest]
        elif own is not None:
            days[test.digest] = standing.get(own.digest, attested)
        elif place in came_from:
            days[test.digest] = min(standing[came_from[place].digest], attested)
        else:
            days[test.digest] = attested
    return days
