"""Entries of the whole list that may be one laboratory: finding the pairs, reading them, and saying that they are two.

What is found is a question to a moderator; nothing here changes an entry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.domain.candidates import Found, Scan
from registry.domain.matching import Likeness, Part, Site
from registry.domain.profile import LabProfile
from registry.extensions import begin_writing
from registry.models import AuditEvent, DuplicatePair, JobMark, Lab
from registry.registration.finding import Listed, alike

OPEN, DISMISSED, MERGED = "open", "dismissed", "merged"
STATES = (OPEN, DISMISSED, MERGED)

LEFT = ("withdrawn", "merged")
"""States of a laboratory in which it is no entry of the list."""

JOB = "duplicates"
"""Name of the scan's row in ``job_mark``."""

EVERY = timedelta(days=1)
PAGE_SIZE = 10

_READ_AT_ONCE = 500
_ASKED_AT_ONCE = 500
# Scores are means of decimals: what differs by less is the same score.
_RISEN = 0.001

Ids = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan did: entries read, pairs compared in full, alike ones, newly open ones, and ones that are gone."""

    laboratories: int
    compared: int
    found: int
    opened: int
    gone: int


@dataclass(frozen=True, slots=True)
class PairShown:
    """A pair with its two entries as they are now. ``changed``: one of them is not as it was when it was compared."""

    pair: DuplicatePair
    first: Lab
    second: Lab
    likeness: Likeness
    changed: bool

    @property
    def listed(self) -> bool:
        """Whether both are on the list still."""
        return self.first.state not in LEFT and self.second.state not in LEFT


@dataclass(frozen=True, slots=True)
class PairPage:
    """One page of the pairs of one state; pages count from 1. ``counts`` has how many there are of each state."""

    rows: tuple[PairShown, ...]
    counts: dict[str, int]
    page: int
    pages: int
    scanned_at: datetime | None


def scan(session: Session, *, now: datetime, progress: Callable[[int, int], object] | None = None) -> Scanned:
    """Find all pairs of the list that may be one laboratory, and keep them in ``duplicate_pair``.

    Reads, compares without a transaction, and opens one for writing at the end, which the caller commits; so *session*
    must have nothing in hand. *progress* is told now and then how many entries were looked at, and of how many. A pair
    that was dismissed is opened again when one of the two changed and the pair is more alike than it was.
    """
    looked_at = _read(session)
    # Comparing takes its time: nobody waits for it.
    session.rollback()
    told = None if progress is None else lambda done: progress(done, len(looked_at))
    found = {(pair.first, pair.second): pair for pair in looked_at.pairs(told)}
    begin_writing(session)
    opened, gone = _keep(session, found, now)
    session.flush()
    return Scanned(len(looked_at), looked_at.compared, len(found), opened, gone)


def scan_due(session: Session, *, now: datetime) -> int:
    """Scan when the last scan is a day old, by whichever worker; returns how many pairs are newly open.

    Commits: before it begins, so that no other worker begins as well, and at its end. *session* must have nothing in
    hand.
    """
    session.rollback()
    begin_writing(session)
    due = _take_turn(session, now)
    session.commit()
    if not due:
        return 0
    opened = scan(session, now=now).opened
    session.commit()
    return opened


def mark_scanned(session: Session, *, now: datetime) -> None:
    """Note that a scan was made, so that none is due for a day."""
    mark = session.get(JobMark, JOB)
    if mark is None:
        session.add(JobMark(name=JOB, at=now))
    else:
        mark.at = now


def open_pairs(session: Session, page: int, state: str = OPEN) -> PairPage:
    """Page *page* of the pairs in *state*: open ones with the most alike first, decided ones the newest first."""
    rows = session.execute(select(DuplicatePair.state, func.count().label("number")).group_by(DuplicatePair.state))
    counts = dict.fromkeys(STATES, 0) | {row.state: row.number for row in rows}
    pages = max(1, -(-counts[state] // PAGE_SIZE))
    page = min(max(page, 1), pages)
    order = DuplicatePair.score.desc() if state == OPEN else DuplicatePair.decided_at.desc()
    pairs = session.scalars(
        select(DuplicatePair)
        .where(DuplicatePair.state == state)
        .order_by(order, DuplicatePair.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    wanted = {number for pair in pairs for number in (pair.first_id, pair.second_id)}
    labs = {lab.id: lab for lab in session.scalars(select(Lab).where(Lab.id.in_(wanted)))}
    mark = session.get(JobMark, JOB)
    return PairPage(
        rows=tuple(_shown(pair, labs[pair.first_id], labs[pair.second_id]) for pair in pairs),
        counts=counts,
        page=page,
        pages=pages,
        scanned_at=None if mark is None else mark.at,
    )


def dismiss(session: Session, *, pair_id: int, actor: str, now: datetime) -> bool:
    """Say that the two of a pair are two laboratories. False when the pair is not open: then nothing is written.

    *actor* is the e-mail of the member of staff.
    """
    dismissed = session.execute(
        update(DuplicatePair)
        .where(DuplicatePair.id == pair_id, DuplicatePair.state == OPEN)
        .values(state=DISMISSED, decided_at=now, decided_by=actor)
        .execution_options(synchronize_session=False)
    )
    if cast(CursorResult[object], dismissed).rowcount != 1:
        return False
    pair = session.get_one(DuplicatePair, pair_id, populate_existing=True)
    names = dict(session.execute(select(Lab.id, Lab.name).where(Lab.id.in_((pair.first_id, pair.second_id)))).all())
    for own, other in ((pair.first_id, pair.second_id), (pair.second_id, pair.first_id)):
        session.add(
            AuditEvent(
                at=now,
                actor_kind="staff",
                actor=actor,
                action="dismiss_duplicate",
                subject_type="lab",
                subject_id=own,
                after={"other": other, "other_name": names[other], "score": round(pair.score, 3)},
            )
        )
    return True


def near(session: Session, profile: LabProfile, *, own_lab_id: int | None = None, limit: int = 5) -> tuple[Listed, ...]:
    """The at most *limit* entries that may be the same laboratory as *profile*, the likeliest first, but for its own.

    From indexes alone and of bounded work, so that it may be asked for a page at any size of the list.
    """
    found = alike(session, profile, own_lab_id=own_lab_id)
    return tuple(one for one in found if one.lab.state not in LEFT)[:limit]


def parts_of(likeness: Likeness) -> list[list[Any]]:
    """The parts of *likeness* as a row keeps them."""
    return [[part.name, part.likeness, part.weight, part.first, part.second] for part in likeness.parts]


def _read(session: Session) -> Scan:
    looked_at = Scan()
    # In the order of names, in which `Scan` wants them; in parts, as no whole list fits in memory at its largest.
    rows = session.execute(
        select(Lab.id, Lab.profile_data)
        .where(Lab.state.not_in(LEFT))
        .order_by(Lab.name_key, Lab.id)
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    for row in rows:
        looked_at.add(row.id, Site.of(LabProfile.from_dict({**row.profile_data, "offerings": ()})))
    return looked_at


def _keep(session: Session, found: dict[Ids, Found], now: datetime) -> Ids:
    """Make the table say what was *found*; returns how many pairs are newly open, and how many are gone."""
    listed = _listed(session, found)
    known = {(pair.first_id, pair.second_id): pair for pair in session.scalars(select(DuplicatePair))}
    fresh = [_row(pair, now) for ids, pair in found.items() if ids not in known and listed.issuperset(ids)]
    if fresh:
        session.execute(insert(DuplicatePair), fresh)
    reopened = gone = 0
    for ids, row in known.items():
        pair = found.get(ids) if listed.issuperset(ids) else None
        if pair is not None:
            reopened += _renew(row, pair, now)
        elif row.state == OPEN:
            session.delete(row)
            gone += 1
    return len(fresh) + reopened, gone


def _renew(row: DuplicatePair, pair: Found, now: datetime) -> bool:
    """Bring *row* up to what was found now; True when that opened it again."""
    digests, score = _digests(pair), pair.likeness.score
    risen = digests != row.digests and score > row.score + _RISEN
    # Two that were merged and stand on the list again were taken apart.
    again = row.state == MERGED or (row.state == DISMISSED and risen)
    if again:
        row.state, row.found_at, row.decided_at, row.decided_by = OPEN, now, None, ""
    if row.state == OPEN and (again or digests != row.digests or abs(score - row.score) > _RISEN):
        row.score, row.parts, row.digests = score, parts_of(pair.likeness), digests
    return again


def _listed(session: Session, found: dict[Ids, Found]) -> set[int]:
    """Of the laboratories of *found*, those that are on the list now, after the time that comparing took."""
    numbers = sorted({number for ids in found for number in ids})
    listed: set[int] = set()
    for start in range(0, len(numbers), _ASKED_AT_ONCE):
        some = numbers[start : start + _ASKED_AT_ONCE]
        listed.update(session.scalars(select(Lab.id).where(Lab.id.in_(some), Lab.state.not_in(LEFT))))
    return listed


def _row(pair: Found, now: datetime) -> dict[str, Any]:
    return {
        "first_id": pair.first,
        "second_id": pair.second,
        "score": pair.likeness.score,
        "parts": parts_of(pair.likeness),
        "digests": _digests(pair),
        "state": OPEN,
        "found_at": now,
        "decided_by": "",
    }


def _digests(pair: Found) -> list[str]:
    return [pair.first_site.digest, pair.second_site.digest]


def _shown(pair: DuplicatePair, first: Lab, second: Lab) -> PairShown:
    digests = [Site.of(lab.profile).digest for lab in (first, second)]
    likeness = Likeness(tuple(Part(*part) for part in pair.parts))
    return PairShown(pair, first, second, likeness, changed=digests != pair.digests)


def _take_turn(session: Session, now: datetime) -> bool:
    taken = session.execute(
        update(JobMark)
        .where(JobMark.name == JOB, JobMark.at <= now - EVERY)
        .values(at=now)
        .execution_options(synchronize_session=False)
    )
    if cast(CursorResult[object], taken).rowcount == 1:
        return True
    if session.get(JobMark, JOB) is not None:
        return False
    try:
        with session.begin_nested():
            session.execute(insert(JobMark).values(name=JOB, at=now))
    except IntegrityError:
        # Another worker's turn, taken at the same moment.
        return False
    return True
