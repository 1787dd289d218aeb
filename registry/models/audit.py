"""Who did what to which, when and from where: rows that are only ever added, each chained to the one before.

The database itself refuses to change or remove them. The chain is written at the end of the transaction that adds an
event, whoever adds it; ``registry.auditing`` verifies it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    RowMapping,
    String,
    Text,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, SessionTransaction, UOWTransaction, mapped_column

from registry.domain.chain import BEGINNING, link
from registry.models.base import Base, BigKey, intpk

_UNSEALED = "audit_unsealed"

ORIGIN = "audit_origin"
"""Where ``Session.info`` keeps from where the present request comes."""


class AuditEvent(Base):
    """One act; written in the same commit as what it tells of."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject_type", "subject_id"),)

    id: Mapped[intpk]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_kind: Mapped[str] = mapped_column(String(12), doc="staff, laboratory or system.")
    actor: Mapped[str] = mapped_column(String(254), doc="E-mail of who acted, or the name of the command.")
    action: Mapped[str] = mapped_column(String(40))
    subject_type: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int] = mapped_column(BigKey)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    note: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(
        String(64), default="", server_default="", doc="Network address; of others than staff the network alone."
    )


class AuditSeal(Base):
    """The place of an event in the chain. Positions count from 1 without a gap."""

    __tablename__ = "audit_seal"

    event_id: Mapped[int] = mapped_column(BigKey, ForeignKey("audit_event.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigKey, unique=True)
    hash: Mapped[str] = mapped_column(String(64), doc="By `registry.domain.chain.link`.")


class AuditHead(Base):
    """The one row that knows the chain's end."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigKey, default=0)
    hash: Mapped[str] = mapped_column(String(64), default=BEGINNING)


def told(row: RowMapping) -> dict[str, Any]:
    """What of an event's row the chain holds: every column."""
    return {column.key: row[column.key] for column in AuditEvent.__table__.columns}


def seal(connection: Connection, events: list[int]) -> None:
    """Chain the events of these numbers, in their order, behind the present end.

    The end stays locked until the commit, so positions become visible in their order. Call it last: whoever holds the
    end waits for nobody.
    """
    rows = (
        connection.execute(select(AuditEvent.__table__).where(AuditEvent.id.in_(events)).order_by(AuditEvent.id))
        .mappings()
        .all()
    )
    if not rows:
        return
    end = connection.execute(
        select(AuditHead.position, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
    ).one_or_none()
    if end is None:
        raise LookupError("the audit_head row is missing: run `flask --app registry db upgrade`")
    position, last = end
    seals = []
    for row in rows:
        position += 1
        last = link(last, position, told(row))
        seals.append({"event_id": row["id"], "position": position, "hash": last})
    connection.execute(insert(AuditSeal), seals)
    connection.execute(update(AuditHead).where(AuditHead.id == 1).values(position=position, hash=last))


@event.listens_for(Session, "before_flush")
def _say_from_where(session: Session, context: UOWTransaction, instances: object) -> None:
    for new in session.new:
        if isinstance(new, AuditEvent) and not new.origin:
            new.origin = session.info.get(ORIGIN, "")


@event.listens_for(Session, "after_flush")
def _remember(session: Session, context: UOWTransaction) -> None:
    added = [new.id for new in session.new if isinstance(new, AuditEvent)]
    if added:
        session.info.setdefault(_UNSEALED, []).extend(added)


@event.listens_for(Session, "before_commit")
def _seal_what_was_added(session: Session) -> None:
    # The end of a savepoint is not the end.
    if session.in_nested_transaction():
        return
    session.flush()
    # Some may have been rolled back with a savepoint: those are not found, and their numbers are given out again.
    added = sorted(set(session.info.pop(_UNSEALED, ())))
    if added:
        seal(session.connection(), added)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_UNSEALED, None)
