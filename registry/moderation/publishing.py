"""Putting a profile on the list: one listing a CLIA number, one address a laboratory. The caller commits."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.domain.hiding import UNDONE
from registry.domain.profile import LabProfile
from registry.domain.text import slugify
from registry.domain.vocabulary import N_
from registry.domain.workflow import Action
from registry.models import Lab, LabVersion, Submission
from registry.models.lab import PUBLISHED
from registry.places.gazetteer import Place
from registry.registration import contacts, queries
from registry.registration.editing import GONE
from registry.transitions import Conflict

SLUG_ATTEMPTS = 50


class AlreadyListed(Exception):
    """Another listing has the submission's CLIA number: ``lab``. Nothing may be committed."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(f"CLIA number {lab.clia_number} is listed as {lab.slug}")
        self.lab = lab


class NotPublishable(Exception):
    """The submission is of a kind, or lacks a proof, with which it cannot become a listing; ``why`` is for people.

    It is English source text, translated where shown.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ListingMoved(Conflict):
    """The listing is not the one that stood beside the submission on the moderator's screen."""


def listing_to_change(session: Session, submission: Submission, listing_digest: str | None) -> Lab | None:
    """The listing that an edit changes, as it is now and kept from other writers; None for a new one.

    Raises NotPublishable where it may not be changed, and ListingMoved when it is not the one of *listing_digest*.
    """
    if submission.lab_id is None:
        return None
    listed = session.scalars(
        select(Lab).where(Lab.id == submission.lab_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if listed.state in GONE:
        raise NotPublishable(N_("The laboratory has left the list, so its changes cannot be published."))
    contact = contacts.standing(session, lab_id=listed.id, email=submission.contact_email)
    if contact is None or not contact.speaks:
        raise NotPublishable(N_("The sender does not speak for the laboratory any more, so this cannot be published."))
    if listing_digest not in (None, listed.profile.digest):
        raise ListingMoved(submission, Action.APPROVE)
    return listed


def refuse_second_listing(session: Session, profile: LabProfile, *, own: Lab | None) -> None:
    """Raise AlreadyListed when a listing other than *own* has the profile's CLIA number."""
    other = queries.listing_with_number(session, profile.clia_number, own_lab_id=own.id if own is not None else None)
    if other is not None:
        raise AlreadyListed(other)


def list_anew(
    session: Session,
    profile: LabProfile,
    place: Place,
    facts: dict[str, Any],
    *,
    attested: date,
    days: Mapping[str, date],
    now: datetime,
    demonstration: bool,
) -> Lab:
    """A new listing of *profile* at *place* with *facts* as its columns, under an address that nobody has.

    Raises AlreadyListed and NotPublishable.
    """
    base = slugify(f"{profile.name} {profile.city}")
    for attempt in range(1, SLUG_ATTEMPTS + 1):
        slug = base if attempt == 1 else f"{base}-{attempt}"
        if session.scalar(select(Lab.id).where(Lab.slug == slug)) is not None:
            continue
        lab = Lab(slug=slug, demonstration=demonstration, last_confirmed=attested, **facts)
        try:
            return _publish(session, lab, profile, place, {}, attested=attested, days=days, now=now)
        except IntegrityError:
            # Somebody else's commit came between: they took the slug, or listed the number.
            refuse_second_listing(session, profile, own=None)
    raise NotPublishable(N_("Too many laboratories have this name and city already."))


def list_again(
    session: Session,
    lab: Lab,
    profile: LabProfile,
    place: Place,
    facts: dict[str, Any],
    *,
    attested: date,
    days: Mapping[str, date],
    now: datetime,
) -> Lab:
    """*profile* in place of what *lab* shows; its address stays. Raises AlreadyListed."""
    try:
        return _publish(session, lab, profile, place, facts, attested=attested, days=days, now=now)
    except IntegrityError:
        refuse_second_listing(session, profile, own=lab)
        raise


def list_back(
    session: Session,
    lab: Lab,
    profile: LabProfile,
    place: Place,
    facts: dict[str, Any],
    *,
    attested: date,
    days: Mapping[str, date],
    now: datetime,
) -> Lab:
    """*profile* under the address of *lab*, whose approval was taken back before. Raises AlreadyListed."""
    again = {"state": PUBLISHED, "hidden_reason": "", **facts}
    return list_again(session, lab, profile, place, again, attested=attested, days=days, now=now)


def taken_back(session: Session, submission: Submission) -> Lab | None:
    """The entry that *submission*, or one that it revises, became for the minutes until that was taken back."""
    numbers = [version.id for version in queries.versions_back(session, submission)]
    shown = select(LabVersion.lab_id).where(LabVersion.submission_id.in_(numbers))
    return session.scalar(
        select(Lab)
        .where(Lab.id.in_(shown), Lab.state == "withdrawn", Lab.hidden_reason == UNDONE)
        .order_by(Lab.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _publish(
    session: Session,
    lab: Lab,
    profile: LabProfile,
    place: Place,
    facts: dict[str, Any],
    *,
    attested: date,
    days: Mapping[str, date],
    now: datetime,
) -> Lab:
    with session.begin_nested():
        for name, value in facts.items():
            setattr(lab, name, value)
        session.add(lab)
        with session.no_autoflush:
            lab.publish(
                session,
                profile,
                lat=place.lat,
                lon=place.lon,
                precision=place.precision.value,
                attested=attested,
                days=days,
                now=now,
            )
        session.flush()
    return lab
