"""Small changes by a confirmed contact, published at once where the operator wants that, and looked at by samples."""

import random
import re
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import tasks
from registry.domain.changes import changes, told
from registry.domain.profile import LabProfile
from registry.domain.workflow import State
from registry.extensions import begin_writing
from registry.models import Lab, Submission
from registry.models.lab import PUBLISHED
from registry.moderation import approving, leases
from registry.moderation.checks import all_checks, warnings
from registry.moderation.evidence import facts_of
from registry.moderation.publishing import AlreadyListed, NotPublishable
from registry.places.geocoding import PlaceNotFound
from registry.registration import contacts
from registry.transitions import Conflict

SMALL = re.compile(r"phone|offerings\.[0-9]+\.catalogue_url")
"""The fields of low risk, by their paths: who follows a wrong one is told so, and no specimen goes astray."""

WITHIN = timedelta(hours=1)
"""How long after it was sent a change may be published by itself; what waits longer waits for a person."""

AT_ONCE = 200
SAMPLE = "sample"

log = structlog.get_logger()


def is_small(before: LabProfile, after: LabProfile) -> bool:
    """Whether something differs between two profiles, and only in fields of low risk."""
    paths = [change.path for change in changes(before, after)]
    return bool(paths) and all(SMALL.fullmatch(path) for path in paths)


def publish_waiting(
    session: Session,
    *,
    enabled: bool,
    sampled: float,
    now: datetime,
    chance: random.Random,
    demonstration: bool,
) -> int:
    """Publish the small changes that wait and whose checks are all green; returns how many.

    Commits each by itself, so that several workers may run: one publishes it, the others find it done. Of the share
    *sampled*, from 0 to 1, a task asks staff to look at it afterwards.
    """
    if not enabled:
        return 0
    waiting = session.scalars(
        select(Submission.id)
        .where(
            Submission.kind == "edit",
            Submission.state == State.SUBMITTED.value,
            Submission.submitted_at >= now - WITHIN,
            Submission.held_until.is_(None),
            Submission.note == "",
        )
        .order_by(Submission.id)
        .limit(AT_ONCE)
    ).all()
    likely = [number for number in waiting if _may_go(session, session.get_one(Submission, number))]
    session.rollback()
    return sum(
        _publish(session, number, sampled=sampled, now=now, chance=chance, demonstration=demonstration)
        for number in likely
    )


def _publish(
    session: Session, number: int, *, sampled: float, now: datetime, chance: random.Random, demonstration: bool
) -> bool:
    begin_writing(session)
    try:
        done = _approve(session, number, sampled=sampled, now=now, chance=chance, demonstration=demonstration)
        session.commit()
    except (Conflict, AlreadyListed, NotPublishable, PlaceNotFound, IntegrityError) as error:
        session.rollback()
        log.info("small change left to people", submission=number, why=type(error).__name__)
        return False
    return done


def _approve(
    session: Session, number: int, *, sampled: float, now: datetime, chance: random.Random, demonstration: bool
) -> bool:
    submission = session.get_one(Submission, number, populate_existing=True)
    if submission.status is not State.SUBMITTED or not _may_go(session, submission):
        return False
    if leases.of(session, number, now) is not None:
        # A person looks at it now.
        return False
    if warnings(all_checks(facts_of(session, [submission], demonstration=demonstration)[number])):
        return False
    live = session.get_one(Lab, submission.lab_id).profile
    lab = approving.approve_small(
        session,
        submission_id=number,
        expect_revision=submission.revision,
        digest=submission.profile.digest,
        listing_digest=live.digest,
        now=now,
    )
    if chance.random() < sampled:
        facts = {"submission": number, "changes": told(live, lab.profile)}
        tasks.open_task(session, kind=SAMPLE, lab_id=lab.id, facts=facts, now=now, submission_id=number)
    return True


def _may_go(session: Session, submission: Submission) -> bool:
    """Whether the change is small, of the entry as it is, and by who speaks for it."""
    lab = session.get(Lab, submission.lab_id) if submission.lab_id is not None else None
    if lab is None or lab.state != PUBLISHED or lab.disputed_at is not None or submission.flags:
        return False
    base, live = submission.started_from, lab.profile
    if base is None or base.digest != live.digest or not is_small(live, submission.profile):
        return False
    contact = contacts.standing(session, lab_id=lab.id, email=submission.contact_email)
    return contact is not None and contact.speaks
