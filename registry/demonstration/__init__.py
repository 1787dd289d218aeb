"""Loads the invented laboratories of ``seed_data/``, waiting registrations, and an account to decide on them.

For demonstrations only: the caller makes sure of that before loading.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import ROOT
from registry import transitions
from registry.clia.importing import load_first
from registry.clia.lines import LayoutError
from registry.demonstration.account import ACCOUNT_FILE, STAFF_EMAIL, staff_account
from registry.demonstration.errors import DemonstrationError
from registry.demonstration.moderating import give_work
from registry.domain.profile import LabProfile
from registry.domain.text import slugify
from registry.domain.workflow import Action, State
from registry.models import AuditEvent, DirectoryVersion, Lab, LabContact, Submission, User
from registry.models.lab import PUBLISHED
from registry.places.geocoding import PlaceNotFound, locate
from registry.registration.link_mail import mail_link

LABS_FILE = ROOT / "seed_data" / "demo_labs.json"
SUBMISSIONS_FILE = ROOT / "seed_data" / "demo_submissions.json"
CLIA_FILE = ROOT / "seed_data" / "demo_clia.DATA.Q3_2026.csv"
CLIA_QUARTER = "2026-Q3"
COMMAND = "demo load"

__all__ = ["ACCOUNT_FILE", "STAFF_EMAIL", "DemonstrationError", "Loaded", "load"]

_TO_FILL_IN = timedelta(minutes=25)
_TO_CONFIRM = timedelta(minutes=11)
_TO_DECIDE = timedelta(days=1)
_IS_DEMONSTRATION = Submission.draft_key_hash.like("demonstration-%")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many invented laboratories and registrations the database now holds, and who may sign in to decide.

    ``created`` is False when all of it was there before.
    """

    labs: int
    submissions: int
    staff_email: str
    created: bool


def load(session: Session, *, now: datetime, instance: Path) -> Loaded:
    """Bring in what is missing of the demonstration; a second call changes nothing. The caller commits.

    The staff account's password is made at the first call and kept in ``staff_account.json`` of the folder
    *instance*. What people did since (decisions, edits) stays. Needs an application context. Raises
    :class:`DemonstrationError` when a file of ``seed_data/`` cannot be used or the folder not be written.
    """
    reviewer, account_made = staff_account(session, now=now, instance=instance)
    labs = _publish_labs(session, _entries(LABS_FILE, "labs"), now=now)
    speakers = _name_contacts(session, now=now)
    submissions = _file_submissions(session, _entries(SUBMISSIONS_FILE, "submissions"), reviewer=reviewer, now=now)
    records = _file_away(session, now=now)
    session.flush()
    work = give_work(session, now=now)
    return Loaded(
        labs=session.scalar(select(func.count()).select_from(Lab).where(Lab.demonstration)) or 0,
        submissions=session.scalar(select(func.count()).select_from(Submission).where(_IS_DEMONSTRATION)) or 0,
        staff_email=STAFF_EMAIL,
        created=bool(account_made or labs or speakers or submissions or records or work),
    )


def _entries(path: Path, key: str) -> list[dict[str, Any]]:
    try:
        entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[key]
    except (OSError, ValueError, KeyError) as error:
        raise DemonstrationError(
            f"{path.name} cannot be read; make it again with `python -m seed_data.make_demo` ({error})"
        ) from error
    return entries


def _file_away(session: Session, *, now: datetime) -> int:
    """Load the invented CMS file, unless one was imported before. Returns how many records are new."""
    try:
        return load_first(session, CLIA_FILE, quarter=CLIA_QUARTER, now=now)
    except (OSError, LayoutError) as error:
        raise DemonstrationError(
            f"{CLIA_FILE.name} cannot be read; make it again with `python -m seed_data.make_demo` ({error})"
        ) from error


def _publish_labs(session: Session, entries: list[dict[str, Any]], *, now: datetime) -> int:
    listed = session.execute(select(Lab.slug, Lab.clia_number)).all()
    slugs = {row.slug for row in listed}
    numbers = {row.clia_number for row in listed}
    missing = []
    for entry in entries:
        profile = LabProfile.from_dict(entry["profile"])
        slug = slugify(profile.name)
        if slug not in slugs and not (profile.clia_number and profile.clia_number in numbers):
            missing.append((entry, profile, slug))
    if not missing:
        return 0
    version = DirectoryVersion.advance(session)
    made = [
        (_published(session, entry, profile, slug, version=version, now=now), profile)
        for entry, profile, slug in missing
    ]
    session.add_all(lab for lab, _ in made)
    session.flush()
    session.add_all(
        AuditEvent(
            at=lab.published_at,
            actor_kind="system",
            actor=COMMAND,
            action="publish",
            subject_type="lab",
            subject_id=lab.id,
            after={"profile": profile.digest, "slug": lab.slug},
        )
        for lab, profile in made
    )
    return len(made)


def _published(
    session: Session, entry: dict[str, Any], profile: LabProfile, slug: str, *, version: int, now: datetime
) -> Lab:
    since = now - timedelta(days=entry["listed_days_ago"])
    checked = entry["verification"] == "email_verified"
    lab = Lab(
        slug=slug,
        state=PUBLISHED,
        verification=entry["verification"],
        demonstration=True,
        email_verified_at=since if checked else None,
        approved_at=since if checked else None,
        last_confirmed=(now - timedelta(days=entry["confirmed_days_ago"])).date(),
    )
    try:
        place = locate(profile.zip)
    except PlaceNotFound as error:
        raise DemonstrationError(f"{LABS_FILE.name} names the ZIP code {profile.zip}, which is not known") from error
    lab.publish(
        session,
        profile,
        lat=place.lat,
        lon=place.lon,
        precision=place.precision.value,
        now=since,
        version=version,
    )
    return lab


def _name_contacts(session: Session, *, now: datetime) -> int:
    """Let each invented laboratory's public mailbox speak for it where nobody ever did, so that ``/manage`` can be
    tried. Returns how many are new.
    """
    ever = select(LabContact.id).where(LabContact.lab_id == Lab.id).exists()
    silent = session.scalars(select(Lab).where(Lab.demonstration, ~ever).order_by(Lab.id)).all()
    named = [(lab, lab.profile) for lab in silent if lab.profile.public_email]
    for lab, profile in named:
        contact = LabContact(
            lab_id=lab.id,
            email=profile.public_email.lower(),
            name=profile.contact_role,
            role=profile.contact_role,
            created_at=now,
            verified_at=now,
        )
        act = AuditEvent(
            at=now,
            actor_kind="system",
            actor=COMMAND,
            action="add_contact",
            subject_type="lab",
            subject_id=lab.id,
            after={"contact": contact.email},
        )
        session.add_all((contact, act))
    return len(named)


def _file_submissions(session: Session, entries: list[dict[str, Any]], *, reviewer: User, now: datetime) -> int:
    filed = set(session.scalars(select(Submission.draft_key_hash).where(_IS_DEMONSTRATION)))
    missing = [entry for entry in entries if entry["key"] not in filed]
    for entry in missing:
        _file(session, entry, reviewer=reviewer, now=now)
    return len(missing)


def _file(session: Session, entry: dict[str, Any], *, reviewer: User, now: datetime) -> None:
    """Take a registration through the transitions of a real one, at the times at which it would have gone."""
    sent = now - timedelta(hours=entry["sent_hours_ago"])
    confirmed = sent + _TO_CONFIRM
    submission = Submission(
        # What stands here is the hash of a browser's key; this is none, so that no key opens the draft.
        draft_key_hash=entry["key"],
        contact_name=entry["contact_name"],
        contact_email=entry["contact_email"],
        contact_role=entry["contact_role"],
        language=entry["language"],
        proposed=LabProfile.from_dict(entry["profile"]).to_dict(),
        created_at=sent - _TO_FILL_IN,
        updated_at=sent,
    )
    session.add(submission)
    session.flush()

    def step(action: Action, at: datetime, **changes: object) -> None:
        staff = action in {Action.START_REVIEW, Action.REQUEST_CHANGES}
        transitions.apply(
            session,
            submission.id,
            action,
            actor_kind="staff" if staff else "laboratory",
            actor=reviewer.email if staff else submission.contact_email,
            now=at,
            note=str(changes.get("message", "")),
            changes={**changes, "reviewer_id": reviewer.id} if staff else changes,
        )

    step(Action.SEND, sent, consented_at=sent)
    step(Action.CONFIRM_EMAIL, confirmed, email_verified_at=confirmed, submitted_at=confirmed)
    if entry["state"] in {State.IN_REVIEW, State.CHANGES_REQUESTED}:
        step(Action.START_REVIEW, confirmed + _TO_DECIDE)
    if entry["state"] == State.CHANGES_REQUESTED:
        decided = confirmed + 2 * _TO_DECIDE
        step(Action.REQUEST_CHANGES, decided, message=entry["message"], decided_at=decided)
        # Its mail leaves now, so that the walk through the link in it can be tried.
        mail_link(session, submission=submission, now=now, limit=None)
