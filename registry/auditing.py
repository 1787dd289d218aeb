"""Whether the audit is whole: each row where the chain says, and saying what it said when it was written."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, RowMapping, func, select
from sqlalchemy.orm import Session

from registry.domain.chain import BEGINNING, link
from registry.models.audit import AuditEvent, AuditHead, AuditSeal, seal, told

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class End:
    """The end of the chain. Whoever notes it elsewhere can tell later that nothing before it was changed."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many rows were read, the chain's end, and what is wrong, in sentences for the operator; at most a hundred."""

    rows: int
    end: End
    faults: tuple[str, ...]


def verify(session: Session, *, noted: End | None = None) -> Verdict:
    """Follow the chain from its beginning. With *noted* it must still pass through that end.

    Rows that follow a broken one are compared with the hash that stands there, so that one fault is told once.
    """
    faults: list[str] = []
    position, last = 0, BEGINNING
    rows = 0
    for row in _chained(session):
        rows += 1
        if row["position"] != position + 1:
            faults.append(f"the audit lacks {row['position'] - position - 1} rows after position {position}")
        if row["hash"] != link(last if row["position"] == position + 1 else "", row["position"], told(row)):
            faults.append(
                f"event {row['id']} at position {row['position']} is not what was written, or not in its place"
            )
        position, last = row["position"], row["hash"]
        if noted is not None and position == noted.position and last != noted.hash:
            faults.append(f"position {position} does not have the hash that was noted")
    head = session.execute(select(AuditHead.position, AuditHead.hash)).one_or_none()
    if head is None or (head.position, head.hash) != (position, last):
        faults.append("the end of the audit is not the one that was kept: rows were removed or added past it")
    if noted is not None and noted.position > position:
        faults.append(f"the audit ends at {position}, before the position {noted.position} that was noted")
    loose = session.scalar(select(func.count()).select_from(AuditEvent).where(_without_seal()))
    if loose:
        faults.append(f"{loose} events were never chained")
    return Verdict(rows, End(position, last), tuple(faults[:100]))


def seal_what_is_loose(session: Session) -> int:
    """Chain the events that are older than the chain; returns how many. The caller commits."""
    count = 0
    while loose := session.scalars(
        select(AuditEvent.id).where(_without_seal()).order_by(AuditEvent.id).limit(_AT_ONCE)
    ).all():
        seal(session.connection(), list(loose))
        count += len(loose)
    return count


def _without_seal() -> ColumnElement[bool]:
    return ~select(AuditSeal.event_id).where(AuditSeal.event_id == AuditEvent.id).exists()


def _chained(session: Session) -> Iterator[RowMapping]:
    after = 0
    wanted = select(AuditEvent.__table__, AuditSeal.position, AuditSeal.hash).join(
        AuditSeal, AuditSeal.event_id == AuditEvent.id
    )
    while rows := (
        session.execute(wanted.where(AuditSeal.position > after).order_by(AuditSeal.position).limit(_AT_ONCE))
        .mappings()
        .all()
    ):
        yield from rows
        after = rows[-1]["position"]
