"""An entry as plain JSON, from before a merger, and the same entry again after it was undone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import DirectoryVersion, Lab
from registry.registration import contacts

_PLAIN = ("state", "hidden_reason", "leaving_reason", "successor_id", "verification")
_MOMENTS = ("hidden_at", "disputed_at", "dispute_answered_at", "left_at", "email_verified_at", "approved_at")


def snapshot(lab: Lab) -> dict[str, Any]:
    """How *lab* stands, for :func:`show_again` and :func:`stand_again`."""
    moments = {name: getattr(lab, name) for name in _MOMENTS}
    return {
        "slug": lab.slug,
        "profile": lab.profile_data,
        "days": days_of(lab),
        "lat": lab.lat,
        "lon": lab.lon,
        "precision": lab.location_precision,
        "leaving_on": lab.leaving_on.isoformat() if lab.leaving_on is not None else None,
        **{name: getattr(lab, name) for name in _PLAIN},
        **{name: moment.isoformat() if moment is not None else None for name, moment in moments.items()},
    }


def profile_of(told: Mapping[str, Any]) -> LabProfile:
    """What the entry of the snapshot said."""
    return LabProfile.from_dict(told["profile"])


def show_again(
    session: Session, lab: Lab, told: Mapping[str, Any], *, since: Mapping[str, str], version: int, now: datetime
) -> None:
    """Publish what *lab* said when it was *told*. A test that was confirmed later, by the days *since*, keeps that."""
    days = {test: max(day, since.get(test, day)) for test, day in told["days"].items()}
    lab.publish(
        session,
        profile_of(told),
        lat=told["lat"],
        lon=told["lon"],
        precision=told["precision"],
        days={test: date.fromisoformat(day) for test, day in days.items()},
        version=version,
        now=now,
    )


def stand_again(lab: Lab, told: Mapping[str, Any]) -> None:
    """Put *lab* where it stood: on the list or hidden, leaving or not. :func:`show_again` comes after it."""
    for name in _PLAIN:
        setattr(lab, name, told[name])
    for name in _MOMENTS:
        setattr(lab, name, datetime.fromisoformat(told[name]) if told[name] is not None else None)
    lab.leaving_on = date.fromisoformat(told["leaving_on"]) if told["leaving_on"] is not None else None


def days_of(lab: Lab) -> dict[str, str]:
    """The day on which each test of *lab* was confirmed, by its fingerprint."""
    return {test.digest: lab.confirmed_on(test).isoformat() for test in lab.profile.offerings}


def told_of(session: Session, lab: Lab) -> dict[str, Any]:
    """How *lab* stands, as the audit tells it: see :mod:`registry.moderation.replay`."""
    return {
        "state": lab.state,
        "profile": lab.profile.digest,
        "days": dict(lab.attestations),
        "contacts": sorted(contact.email for contact in contacts.speaking(session, lab.id)),
        "leaving_on": lab.leaving_on.isoformat() if lab.leaving_on is not None else "",
        "reason": lab.leaving_reason,
        "successor_id": lab.successor_id,
        "disputed": lab.disputed_at is not None,
    }


def next_version(session: Session, *labs: Lab) -> int:
    """One number of the directory for what happens to all of *labs* in this commit."""
    version = DirectoryVersion.advance(session)
    for lab in labs:
        lab.version = version
    return version
