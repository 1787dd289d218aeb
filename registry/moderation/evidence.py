"""The facts that the checks of submissions rest on, read from the database and the gazetteer."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.clia import queries as clia
from registry.domain.profile import LabProfile
from registry.domain.workflow import WAITING_FOR_DECISION
from registry.models import Lab, LabContact, Submission
from registry.moderation.findings import CliaFacts, Facts, Near, SameNumber, Sender
from registry.moderation.surroundings import near, sender, spots
from registry.places.gazetteer import gazetteer
from registry.registration.queries import listings_with_numbers

_WAITING = tuple(state.value for state in WAITING_FOR_DECISION)


def facts_of(session: Session, submissions: Sequence[Submission], *, demonstration: bool) -> dict[int, Facts]:
    """The facts that the checks of each of *submissions* rest on, by submission id.

    A claim proposes nothing: its profile is the one of the listing that it claims.
    """
    about = _listings(session, submissions)
    speaking = _speaking(session, about)
    profiles = {submission.id: _profile(submission, about) for submission in submissions}
    numbers = {profile.clia_number for profile in profiles.values()} - {""}
    listed = listings_with_numbers(session, numbers)
    waiting = [
        (other, other.profile)
        for other in session.scalars(
            select(Submission).where(
                Submission.state.in_(_WAITING),
                Submission.proposed["clia_number"].as_string().in_(numbers),
            )
        )
    ]
    filed, file = clia.records(session, numbers), clia.quarter(session)
    found: dict[int, Facts] = {}
    for submission in submissions:
        profile = profiles[submission.id]
        same = [
            SameNumber(lab.id, lab.name, lab.profile.state, lab.slug)
            for lab in listed.get(profile.clia_number, ())
            if lab.id != submission.lab_id
        ]
        same += [
            SameNumber(other.id, theirs.name, theirs.state)
            for other, theirs in waiting
            if theirs.clia_number == profile.clia_number and other.id != submission.id
        ]
        found[submission.id] = _facts(
            submission,
            profile,
            tuple(same),
            speaks=(submission.lab_id, submission.contact_email) in speaking,
            filed=CliaFacts(file.label, filed.get(profile.clia_number)) if file is not None else None,
            listing=about.get(submission.lab_id),
            near=near(session, submission, profile),
            sender=sender(session, submission),
            demonstration=demonstration,
        )
    return found


def _listings(session: Session, submissions: Sequence[Submission]) -> dict[int | None, Lab]:
    wanted = {submission.lab_id for submission in submissions} - {None}
    return {lab.id: lab for lab in session.scalars(select(Lab).where(Lab.id.in_(wanted)))} if wanted else {}


def _profile(submission: Submission, about: Mapping[int | None, Lab]) -> LabProfile:
    claimed = about.get(submission.lab_id) if submission.kind == "claim" else None
    return claimed.profile if claimed is not None else submission.profile


def _speaking(session: Session, about: Collection[int | None]) -> set[tuple[int | None, str]]:
    """The mailboxes that speak for the laboratories of *about*, as (laboratory, mailbox)."""
    if not about:
        return set()
    rows = session.execute(
        select(LabContact.lab_id, LabContact.email).where(
            LabContact.lab_id.in_(about), LabContact.verified_at.is_not(None), LabContact.revoked_at.is_(None)
        )
    )
    return {(row.lab_id, row.email) for row in rows}


def _facts(
    submission: Submission,
    profile: LabProfile,
    same: tuple[SameNumber, ...],
    *,
    speaks: bool,
    filed: CliaFacts | None,
    listing: Lab | None,
    near: tuple[Near, ...],
    sender: Sender,
    demonstration: bool,
) -> Facts:
    places = gazetteer()
    code = profile.zip[:5]
    entry = places.zip(code)
    return Facts(
        profile=profile,
        contact_email=submission.contact_email,
        demonstration=demonstration,
        zip_label=entry.label if entry is not None else None,
        zip_agrees=places.zip_agrees(code, profile.city, profile.state) if entry is not None else None,
        zip_located=entry is not None and entry.lat is not None,
        same_number=same,
        clia=filed,
        kind=submission.kind,
        speaks=speaks,
        flags=tuple(submission.flags),
        spots=spots(profile, listing, filed.record if filed is not None else None),
        near=near,
        sender=sender,
    )
