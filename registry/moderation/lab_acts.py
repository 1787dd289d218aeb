"""What moderators do to an entry without a submission: an earlier version again, a slip put right, hiding it.

The contacts are told what changed. The caller commits.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import mail
from registry.domain.changes import told
from registry.domain.hiding import BY_STAFF, HIDING_REASON, UNCONFIRMED
from registry.domain.partly import corrected, value_at
from registry.domain.profile import LabProfile
from registry.domain.vocabulary import N_
from registry.models import AuditEvent, Lab, LabVersion, User
from registry.models.lab import HIDDEN
from registry.moderation import versions
from registry.moderation.publishing import NotPublishable, refuse_second_listing
from registry.places.geocoding import locate
from registry.registration import contacts

GONE = ("withdrawn", "merged")

NOTE_MAX = 1000


class EntryMoved(Exception):
    """The entry is not what stood on the page any more. Nothing was written."""


def restore(
    session: Session, *, lab_id: int, version_id: int, digest: str, actor: User, now: datetime, note: str = ""
) -> Lab:
    """Show an earlier version of the entry again, with the days on which its tests were confirmed then.

    *digest* is the fingerprint of what it showed on the page. Raises EntryMoved, NotPublishable, and AlreadyListed
    when the version's CLIA number is another listing's by now; ``NoResultFound`` and ``LookupError`` without the
    laboratory or the version. The caller then rolls back.
    """
    lab = _standing(session, lab_id, digest)
    version = session.get(LabVersion, version_id)
    if version is None or version.lab_id != lab.id:
        raise LookupError(f"laboratory {lab_id} has no version {version_id}")
    refuse_second_listing(session, version.profile, own=lab)
    before, live = _stood(lab), lab.profile
    versions.keep_standing(session, lab)
    try:
        with session.begin_nested():
            versions.show(session, lab, version, now=now)
            session.flush()
    except IntegrityError:
        # Listed in this moment.
        refuse_second_listing(session, version.profile, own=lab)
        raise
    _note(session, lab, "restore", before=before, more={"version": version.id}, actor=actor, note=note, now=now)
    versions.keep(session, lab, action="restore", actor_kind="staff", actor=actor.email, now=now)
    _tell(session, lab, "changed_by_staff", _changed(live, lab, "restored"), note=note, now=now)
    return lab


def correct(
    session: Session,
    *,
    lab_id: int,
    digest: str,
    corrections: Mapping[str, Any],
    actor: User,
    now: datetime,
    note: str = "",
) -> Lab:
    """Put texts of the entry right: *corrections* is path to value, each valid. No test counts as confirmed by it.

    Raises as :func:`restore`, and PlaceNotFound when the ZIP code has no place.
    """
    lab = _standing(session, lab_id, digest)
    live = lab.profile
    profile = corrected(live, corrections)
    before = _stood(lab)
    versions.keep_standing(session, lab)
    days = _days(lab, profile)
    place = locate(profile.zip) if profile.zip != live.zip else None
    lab.publish(
        session,
        profile,
        lat=place.lat if place else lab.lat,
        lon=place.lon if place else lab.lon,
        precision=place.precision.value if place else lab.location_precision,
        days=days,
        now=now,
    )
    put_right = {path: [value_at(live, path), value] for path, value in corrections.items()}
    _note(session, lab, "correct", before=before, more={"corrections": put_right}, actor=actor, note=note, now=now)
    versions.keep(session, lab, action="correct", actor_kind="staff", actor=actor.email, now=now)
    _tell(session, lab, "changed_by_staff", _changed(live, lab, "corrected"), note=note, now=now)
    return lab


def hide(
    session: Session, *, lab_id: int, reason: str, actor: User, now: datetime, note: str = "", tell: bool = True
) -> Lab:
    """Keep the entry from the public for *reason*, one of ``domain.hiding.BY_STAFF``. Raises NotPublishable."""
    if reason not in BY_STAFF:
        raise ValueError(f"nobody may hide an entry because of {reason!r}")
    lab = contacts.locked(session, lab_id)
    if lab.state in (*GONE, HIDDEN):
        raise NotPublishable(N_("The entry is not shown already."))
    before = {"state": lab.state}
    lab.hide(session, reason=reason, now=now)
    _add(session, lab, "hide", before, {"state": lab.state, "reason": reason}, actor=actor, note=note, now=now)
    if tell:
        why = HIDING_REASON[reason].explanation
        _tell(session, lab, "hidden_by_staff", {"why": why}, note=note, now=now)
    return lab


def show(session: Session, *, lab_id: int, actor: User, now: datetime, note: str = "", tell: bool = True) -> Lab:
    """Let the public see a hidden entry again. Raises NotPublishable."""
    lab = contacts.locked(session, lab_id)
    if lab.state != HIDDEN:
        raise NotPublishable(N_("The entry is not hidden."))
    if lab.hidden_reason == UNCONFIRMED:
        # Its age would hide it again within the hour.
        raise NotPublishable(N_("It is shown again when the laboratory confirms it, and by nothing else."))
    before = {"state": lab.state, "reason": lab.hidden_reason}
    lab.show(session)
    _add(session, lab, "show", before, {"state": lab.state}, actor=actor, note=note, now=now)
    if tell:
        _tell(session, lab, "shown_by_staff", {}, note=note, now=now)
    return lab


def _standing(session: Session, lab_id: int, digest: str) -> Lab:
    lab = contacts.locked(session, lab_id)
    if lab.state in GONE:
        raise NotPublishable(N_("The laboratory has left the list, or is a part of another one."))
    if lab.profile.digest != digest:
        raise EntryMoved
    return lab


def _days(lab: Lab, profile: LabProfile) -> dict[str, date]:
    """What is put right stays confirmed since the day on which it was; the tests stand where they stood."""
    before = lab.profile.offerings
    return {test.digest: lab.confirmed_on(was) for was, test in zip(before, profile.offerings, strict=True)}


def _stood(lab: Lab) -> dict[str, Any]:
    return {"state": lab.state, "profile": lab.profile.digest}


def _note(
    session: Session,
    lab: Lab,
    action: str,
    *,
    before: dict[str, Any],
    more: dict[str, Any],
    actor: User,
    note: str,
    now: datetime,
) -> None:
    after = {**_stood(lab), "days": dict(lab.attestations), **more}
    _add(session, lab, action, before, after, actor=actor, note=note, now=now)


def _add(
    session: Session,
    lab: Lab,
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    actor: User,
    note: str,
    now: datetime,
) -> None:
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=actor.email,
            action=action,
            subject_type="lab",
            subject_id=lab.id,
            before=before,
            after=after,
            note=note,
        )
    )


def _changed(live: LabProfile, lab: Lab, how: str) -> dict[str, Any]:
    return {"changes": told(live, lab.profile), "how": how}


def _tell(session: Session, lab: Lab, kind: str, context: dict[str, Any], *, note: str, now: datetime) -> None:
    for one in contacts.speaking(session, lab.id):
        mail.enqueue(
            session,
            kind=kind,
            recipient=one.email,
            context={"name": one.name, "laboratory": lab.name, "slug": lab.slug, "note": note, **context},
            now=now,
            language=one.language,
            contact_id=one.id,
        )
