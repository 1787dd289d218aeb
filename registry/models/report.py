"""A problem with a listing, told by anybody."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, BigKey, JsonData, intpk

OPEN = "open"
HANDLED = "handled"


class Report(Base):
    """What somebody says is wrong with a laboratory's listing, and what became of it."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(f"state IN {(OPEN, HANDLED)}", name="state"),
        Index("ix_report_state", "state", "created_at"),
    )

    id: Mapped[intpk]
    lab_id: Mapped[int] = mapped_column(BigKey, ForeignKey("lab.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    message: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(String(254), default="", doc="For an answer; empty when none is wanted.")
    language: Mapped[str] = mapped_column(
        String(8), default="en", server_default="en", doc="In which the form was read; of the answer."
    )
    state: Mapped[str] = mapped_column(String(12), default=OPEN)
    once_key_hash: Mapped[str] = mapped_column(
        String(64), unique=True, doc="SHA-256 of the form's key: the same form sent twice is one report."
    )
    flags: Mapped[list[str]] = mapped_column(
        JsonData, default=list, server_default="[]", doc="What spoke against a person having written it, as slugs."
    )
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None] = mapped_column(doc="When the laboratory was asked to confirm or correct.")
    outcome: Mapped[str] = mapped_column(String(24), default="", server_default="")
    note: Mapped[str] = mapped_column(Text, default="", server_default="", doc="Of the staff, for the staff.")
    handled_by: Mapped[str] = mapped_column(String(254), default="", doc="E-mail of the member of staff.")
