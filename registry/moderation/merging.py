"""Two entries of one laboratory become one entry; see ``docs/decisions/0024-mergers.md``. The caller commits."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import mail
from registry.domain.changes import told
from registry.domain.profile import LabProfile
from registry.domain.uniting import also_known_by, fault
from registry.domain.vocabulary import N_
from registry.models import AuditEvent, DuplicatePair, Lab, LabContact, LabIdentifier, LabMerge
from registry.models.lab import HIDDEN
from registry.moderation import merging_carrying as carrying
from registry.moderation import versions
from registry.moderation.merging_carrying import MERGED, Carried
from registry.moderation.merging_snapshot import days_of, next_version, profile_of, snapshot, told_of
from registry.registration import contacts
from registry.registration.leaving import ON_THE_LIST

ENTRIES_MERGED = "entries_merged"
NAME_MAX = 200


class NotMergeable(Exception):
    """The two cannot become one entry; ``why`` is for people: English source text, translated where shown."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class EntriesMoved(Exception):
    """The entries of ``lab_ids`` are not what was shown any more. Nothing was written."""

    def __init__(self, lab_ids: frozenset[int]) -> None:
        super().__init__(f"changed meanwhile: {sorted(lab_ids)}")
        self.lab_ids = lab_ids


def why_not(kept: Lab, gone: Lab) -> str:
    """Why *gone* cannot become a part of *kept*, as ``NotMergeable.why``; empty where it can."""
    if kept.id == gone.id:
        return N_("These are one and the same entry. Choose two.")
    if MERGED in (kept.state, gone.state):
        return N_("One of the two became a part of another entry already.")
    if kept.state not in ON_THE_LIST or gone.state not in ON_THE_LIST:
        return N_("One of the two has left the list. Only entries on the list can be merged.")
    if kept.state == HIDDEN and gone.state != HIDDEN:
        return N_("The entry that stays is hidden from the public. Keep the other one, or show this one first.")
    return ""


def merge(
    session: Session,
    *,
    kept_id: int,
    gone_id: int,
    profile: LabProfile,
    placed_as: int,
    shown: Mapping[int, str],
    actor: str,
    now: datetime,
) -> LabMerge:
    """Publish *profile* as what the laboratory *kept_id* says, and make *gone_id* a part of it.

    *shown* has the fingerprint of each entry as it stood on the page; *placed_as* is the laboratory of the two whose
    address *profile* has, and *actor* the e-mail of the member of staff. All contacts are told. Raises
    :class:`NotMergeable` and :class:`EntriesMoved`.
    """
    kept, gone = _both(session, kept_id, gone_id)
    why = why_not(kept, gone)
    if why:
        raise NotMergeable(why)
    moved = frozenset(lab.id for lab in (kept, gone) if shown.get(lab.id) != lab.profile.digest)
    if moved:
        raise EntriesMoved(moved)
    if fault(profile):
        raise NotMergeable(N_("An entry needs at least one test, and has room for 20."))
    before = {"kept": snapshot(kept), "gone": snapshot(gone)}
    was = {lab.id: told_of(session, lab) for lab in (kept, gone)}
    told_ones = {lab.id: contacts.speaking(session, lab.id) for lab in (kept, gone)}
    for lab in (kept, gone):
        versions.keep_standing(session, lab)
    merger = LabMerge(kept_id=kept.id, gone_id=gone.id, at=now, actor=actor, before={}, merged_digest=profile.digest)
    session.add(merger)
    _become_a_part(session, gone, kept, now=now)
    carried = carrying.over(session, gone=gone, kept=kept, actor=actor, now=now)
    _publish_united(session, kept, gone, profile, placed_as=placed_as, now=now)
    versions.keep(session, kept, action="merge", actor_kind="staff", actor=actor, now=now)
    pair = pair_of(session, kept, gone)
    merger.before = before | {
        "profile": profile.to_dict(),
        "carried": carried.to_dict(),
        "pair": [pair.state, pair.decided_at and pair.decided_at.isoformat(), pair.decided_by] if pair else None,
    }
    if pair is not None:
        pair.state, pair.decided_at, pair.decided_by = MERGED, now, actor
    session.flush()
    _remember(session, merger, kept, gone, profile)
    note(session, "merge", merger, kept, gone, was=was, actor=actor, now=now)
    _tell(session, merger, kept, gone, told_ones, carried, now=now)
    session.flush()
    return merger


def note(
    session: Session,
    action: str,
    merger: LabMerge,
    kept: Lab,
    gone: Lab,
    *,
    was: Mapping[int, Mapping[str, Any]],
    actor: str,
    now: datetime,
) -> None:
    """Write the audit of both laboratories: how each stood and stands, and which is the other one."""
    session.flush()
    for lab, other in ((kept, gone), (gone, kept)):
        session.add(
            AuditEvent(
                at=now,
                actor_kind="staff",
                actor=actor,
                action=action,
                subject_type="lab",
                subject_id=lab.id,
                before=dict(was[lab.id]),
                after=told_of(session, lab)
                | {"merge": merger.id, "other": other.id, "other_name": other.name, "stays": lab.id == kept.id},
            )
        )


def pair_of(session: Session, kept: Lab, gone: Lab) -> DuplicatePair | None:
    """The two as a pair that may be one laboratory, if they were found to be one."""
    first, second = sorted((kept.id, gone.id))
    return session.scalar(
        select(DuplicatePair).where(DuplicatePair.first_id == first, DuplicatePair.second_id == second)
    )


def _both(session: Session, kept_id: int, gone_id: int) -> tuple[Lab, Lab]:
    found = {lab.id: lab for lab in contacts.all_locked(session, [kept_id, gone_id])}
    if not {kept_id, gone_id} <= set(found):
        raise LookupError(f"there is no laboratory {kept_id} or {gone_id}")
    return found[kept_id], found[gone_id]


def _become_a_part(session: Session, gone: Lab, kept: Lab, *, now: datetime) -> None:
    gone.state, gone.successor_id, gone.left_at = MERGED, kept.id, now
    gone.leaving_on, gone.leaving_reason = None, MERGED
    gone.hidden_at, gone.hidden_reason = None, ""
    # Its CLIA number is free before the entry that stays takes it.
    session.flush()


def _publish_united(
    session: Session, kept: Lab, gone: Lab, profile: LabProfile, *, placed_as: int, now: datetime
) -> None:
    placed = gone if placed_as == gone.id else kept
    days = days_of(kept)
    for test, day in days_of(gone).items():
        # Who said both are one laboratory; the later word of the two is the laboratory's last.
        days[test] = max(day, days.get(test, day))
    if kept.email_verified_at is None and gone.email_verified_at is not None:
        kept.verification, kept.email_verified_at = gone.verification, gone.email_verified_at
    kept.publish(
        session,
        profile,
        lat=placed.lat,
        lon=placed.lon,
        precision=placed.location_precision,
        days={test: date.fromisoformat(day) for test, day in days.items()},
        version=next_version(session, kept, gone),
        now=now,
    )
    gone.disputed_at = gone.dispute_answered_at = None
    session.flush()


def _remember(session: Session, merger: LabMerge, kept: Lab, gone: Lab, profile: LabProfile) -> None:
    """Under which numbers and names the laboratory was known; also those that *gone* had from earlier mergers."""
    former = also_known_by(profile, profile_of(merger.before["kept"]), profile_of(merger.before["gone"]))
    inherited = session.execute(select(LabIdentifier.kind, LabIdentifier.value).where(LabIdentifier.lab_id == gone.id))
    known = {
        (row.kind, row.value)
        for row in session.execute(
            select(LabIdentifier.kind, LabIdentifier.value).where(LabIdentifier.lab_id == kept.id)
        )
    }
    wanted = dict.fromkeys([*former, *((row.kind, row.value) for row in inherited)])
    for kind, value in wanted:
        if (kind, value[:NAME_MAX]) not in known:
            session.add(LabIdentifier(lab_id=kept.id, kind=kind, value=value[:NAME_MAX], merge_id=merger.id))


def _tell(
    session: Session,
    merger: LabMerge,
    kept: Lab,
    gone: Lab,
    told_ones: Mapping[int, list[LabContact]],
    carried: Carried,
    *,
    now: datetime,
) -> None:
    before = {side: profile_of(merger.before[side]) for side in ("kept", "gone")}
    withdrawn = carrying.withdrawn_changes(session, carried)
    of_gone = {contact.email for contact in told_ones[gone.id]}
    # A mailbox that spoke for both is told once, of what changed in the entry that stays.
    every = {
        contact.email: (side, contact)
        for side, lab in (("gone", gone), ("kept", kept))
        for contact in told_ones[lab.id]
    }
    for side, contact in every.values():
        standing = contacts.standing(session, lab_id=kept.id, email=contact.email)
        mail.enqueue(
            session,
            kind=ENTRIES_MERGED,
            recipient=contact.email,
            context={
                "name": contact.name,
                "laboratory": kept.name,
                "slug": kept.slug,
                "kept": before["kept"].name,
                "gone": before["gone"].name,
                "gone_slug": gone.slug,
                "changes": told(before[side], kept.profile),
                "withdrawn": withdrawn if contact.email in of_gone else [],
            },
            now=now,
            language=contact.language,
            contact_id=standing.id if standing is not None else None,
            once_key=f"{ENTRIES_MERGED}:{merger.id}:{contact.id}",
        )
