"""Every profile that an entry has shown, kept so that each can be shown again. The caller commits."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Lab, LabVersion
from registry.transitions import ActorKind

UNKNOWN = ""
"""The act by which an entry came to stand as it does, where nothing was kept at the time."""


def keep(
    session: Session,
    lab: Lab,
    *,
    action: str,
    actor_kind: ActorKind,
    actor: str,
    now: datetime,
    submission_id: int | None = None,
) -> LabVersion:
    """Keep how *lab* stands now, after the act *action* of the audit.

    When the latest version says the same, that one only takes over the days on which its tests were confirmed.
    """
    session.flush()
    latest = _latest(session, lab.id)
    if latest is not None and _shows(lab, latest):
        latest.attestations = _days(lab)
        return latest
    version = LabVersion(
        lab_id=lab.id,
        at=now,
        actor_kind=actor_kind,
        actor=actor,
        action=action,
        submission_id=submission_id,
        profile_data=lab.profile_data,
        attestations=_days(lab),
        lat=lab.lat,
        lon=lab.lon,
        location_precision=lab.location_precision,
    )
    session.add(version)
    session.flush()
    return version


def keep_standing(session: Session, lab: Lab) -> LabVersion:
    """Keep how *lab* stands before it is overwritten: an entry from before versions were kept has none."""
    return keep(session, lab, action=UNKNOWN, actor_kind="system", actor="", now=lab.updated_at)


def show(session: Session, lab: Lab, version: LabVersion, *, now: datetime) -> None:
    """Make *version* what *lab* shows: where it was placed, and with the days on which its tests were confirmed.

    ``IntegrityError`` at the next flush when another listing has its CLIA number.
    """
    days = {digest: date.fromisoformat(day) for digest, day in version.attestations.items()}
    lab.publish(
        session,
        version.profile,
        lat=version.lat,
        lon=version.lon,
        precision=version.location_precision,
        now=now,
        # For what no day was kept of: not later than it stood so.
        attested=min(version.at.date(), lab.last_confirmed),
        days=days,
    )


def of(session: Session, lab_id: int) -> list[LabVersion]:
    """The versions of a laboratory's entry, the latest first."""
    return list(
        session.scalars(select(LabVersion).where(LabVersion.lab_id == lab_id).order_by(LabVersion.id.desc())).all()
    )


def _latest(session: Session, lab_id: int) -> LabVersion | None:
    return session.scalar(select(LabVersion).where(LabVersion.lab_id == lab_id).order_by(LabVersion.id.desc()).limit(1))


def _shows(lab: Lab, version: LabVersion) -> bool:
    return lab.profile.digest == version.profile.digest and (lab.lat, lab.lon, lab.location_precision) == (
        version.lat,
        version.lon,
        version.location_precision,
    )


def _days(lab: Lab) -> dict[str, str]:
    """The day of each test, also where the row leaves it to follow from the oldest."""
    return {offering.digest: lab.confirmed_on(offering).isoformat() for offering in lab.profile.offerings}
