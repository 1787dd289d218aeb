"""What became one entry becomes two again; see ``docs/decisions/0024-mergers.md``. The caller commits."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from registry import mail
from registry.domain.profile import LabProfile
from registry.domain.vocabulary import N_
from registry.models import Lab, LabIdentifier, LabMerge, Submission
from registry.moderation import merging_carrying as carrying
from registry.moderation import versions
from registry.moderation.merging import EntriesMoved, note, pair_of
from registry.moderation.merging_carrying import MERGED, Carried
from registry.moderation.merging_snapshot import (
    days_of,
    next_version,
    profile_of,
    show_again,
    snapshot,
    stand_again,
    told_of,
)
from registry.registration import contacts, queries

ENTRIES_UNMERGED = "entries_unmerged"


class Keep(StrEnum):
    """What the entry that stayed shows after the merger is undone."""

    BEFORE = "before"
    PRESENT = "present"


class NotSeparable(Exception):
    """The merger cannot be undone so; ``why`` is for people: English source text, translated where shown.

    ``first`` is the merger that must be undone before this one, ``taken_by`` the laboratory that has the number of one
    of the two now; None where it is neither. Nothing may be committed.
    """

    def __init__(self, why: str, *, first: LabMerge | None = None, taken_by: Lab | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.first = first
        self.taken_by = taken_by


def changed_since(merger: LabMerge, kept: Lab) -> bool:
    """Whether the entry that stayed says something else now than what the merger published."""
    return kept.profile.digest != merger.merged_digest


def obstacle(session: Session, merger: LabMerge, *, keep: Keep) -> NotSeparable | None:
    """What stands in the way of undoing *merger* so that the entry that stayed shows *keep*."""
    if merger.unmerged_at is not None:
        return NotSeparable(N_("This merger was undone already."))
    later = session.scalar(
        select(LabMerge)
        .where(
            LabMerge.unmerged_at.is_(None),
            LabMerge.id > merger.id,
            LabMerge.kept_id.in_((merger.kept_id, merger.gone_id)) | (LabMerge.gone_id == merger.kept_id),
        )
        .order_by(LabMerge.id.desc())
        .limit(1)
    )
    if later is not None:
        return NotSeparable(
            N_("The entry took part in another merger after this one. Undo that one first."), first=later
        )
    gone = session.get_one(Lab, merger.gone_id)
    if gone.state != MERGED:
        return NotSeparable(N_("The entry that was merged stands otherwise by now."))
    kept_profile = _shown_after(session, merger, keep)
    numbers = (kept_profile.clia_number, profile_of(merger.before["gone"]).clia_number)
    if numbers[0] and numbers[0] == numbers[1]:
        return NotSeparable(
            N_("The present entry shows the CLIA number of the other one, and two entries cannot have one number.")
        )
    other = _third(session, set(numbers) - {""}, {merger.kept_id, merger.gone_id})
    if other is not None:
        return NotSeparable(
            N_("Another laboratory is on the list under the CLIA number of one of the two."), taken_by=other
        )
    return None


def unmerge(session: Session, *, merge_id: int, keep: Keep, shown: str, actor: str, now: datetime) -> LabMerge:
    """Undo the merger *merge_id*: each entry stands and says what it did, with its contacts, numbers and open requests.

    The entry that stayed shows what *keep* says; *shown* is the fingerprint of what it showed on the page. *actor* is
    the e-mail of the member of staff. All contacts are told. Raises :class:`NotSeparable` and
    :class:`~registry.moderation.merging.EntriesMoved`; ``NoResultFound`` when there is no such merger.
    """
    merger = session.get_one(LabMerge, merge_id)
    found = {lab.id: lab for lab in contacts.all_locked(session, [merger.kept_id, merger.gone_id])}
    session.refresh(merger)
    kept, gone = found[merger.kept_id], found[merger.gone_id]
    refusal = obstacle(session, merger, keep=keep)
    if refusal is not None:
        raise refusal
    if kept.profile.digest != shown:
        raise EntriesMoved(frozenset({kept.id}))
    was = {lab.id: told_of(session, lab) for lab in (kept, gone)}
    versions.keep_standing(session, kept)
    since, present = days_of(kept), snapshot(kept)
    session.execute(delete(LabIdentifier).where(LabIdentifier.merge_id == merger.id))
    version = next_version(session, kept, gone)
    if keep is Keep.BEFORE:
        _as_before(session, kept, merger.before["kept"], present, version=version, now=now)
    # Its CLIA number is free before the other entry takes it again.
    session.flush()
    stand_again(gone, merger.before["gone"])
    show_again(session, gone, merger.before["gone"], since=since, version=version, now=now)
    session.flush()
    carried = Carried(**merger.before["carried"])
    again = carrying.back(session, gone=gone, kept=kept, carried=carried, actor=actor, now=now)
    _settle_doubts(session, merger, kept, gone)
    merger.unmerged_at, merger.unmerged_by = now, actor
    pair = pair_of(session, kept, gone)
    if pair is not None and merger.before["pair"] is not None:
        state, decided_at, pair.decided_by = merger.before["pair"]
        pair.state, pair.decided_at = state, datetime.fromisoformat(decided_at) if decided_at else None
    for lab in (kept, gone):
        versions.keep(session, lab, action="unmerge", actor_kind="staff", actor=actor, now=now)
    note(session, "unmerge", merger, kept, gone, was=was, actor=actor, now=now)
    _tell(session, merger, kept, gone, again, len(carried.withdrawn), now=now)
    session.flush()
    return merger


def _as_before(
    session: Session, kept: Lab, told: dict[str, Any], present: dict[str, Any], *, version: int, now: datetime
) -> None:
    show_again(session, kept, told, since=present["days"], version=version, now=now)
    if kept.email_verified_at is not None and told["email_verified_at"] is None:
        kept.verification, kept.email_verified_at = told["verification"], None
        kept.refresh_card()


def _shown_after(session: Session, merger: LabMerge, keep: Keep) -> LabProfile:
    if keep is Keep.PRESENT:
        return session.get_one(Lab, merger.kept_id).profile
    return profile_of(merger.before["kept"])


def _third(session: Session, numbers: Collection[str], own: Collection[int]) -> Lab | None:
    listed = queries.listings_with_numbers(session, numbers)
    return next((lab for labs in listed.values() for lab in labs if lab.id not in own), None)


def _settle_doubts(session: Session, merger: LabMerge, kept: Lab, gone: Lab) -> None:
    """Each entry is doubted when it was before and still is; the one that stayed also when a report says so."""
    if gone.disputed_at is not None and not carrying.is_doubted(session, gone):
        gone.dispute(session, None)
    if kept.disputed_at is not None and not carrying.is_doubted(session, kept):
        kept.dispute(session, None)


def _tell(
    session: Session, merger: LabMerge, kept: Lab, gone: Lab, again: list[Submission], withdrawn: int, *, now: datetime
) -> None:
    for lab, other in ((kept, gone), (gone, kept)):
        for contact in contacts.speaking(session, lab.id):
            mail.enqueue(
                session,
                kind=ENTRIES_UNMERGED,
                recipient=contact.email,
                context={
                    "name": contact.name,
                    "laboratory": lab.name,
                    "slug": lab.slug,
                    "other": other.name,
                    "again": len(again) if lab is gone else 0,
                    "not_again": withdrawn - len(again) if lab is gone else 0,
                },
                now=now,
                language=contact.language,
                contact_id=contact.id,
                once_key=f"{ENTRIES_UNMERGED}:{merger.id}:{contact.id}",
            )
