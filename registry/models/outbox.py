"""Mail that waits to be sent: the database is the queue."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, BigKey, intpk


class OutboxMessage(Base):
    """One mail: its kind names the templates, its context fills them; a link is made only when the mail is sent."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'cancelled')", name="state"),
        Index("ix_outbox_message_due", "state", "due_at"),
    )

    id: Mapped[intpk]
    kind: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    language: Mapped[str] = mapped_column(String(8), default="en")
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    link_purpose: Mapped[str] = mapped_column(String(32), default="")
    submission_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("submission.id", ondelete="SET NULL"), index=True
    )
    contact_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("lab_contact.id", ondelete="SET NULL"), index=True
    )
    staff_user_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("staff_user.id", ondelete="SET NULL"), index=True
    )
    once_key: Mapped[str | None] = mapped_column(
        String(120), unique=True, doc="Two messages with one key are one message."
    )
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None] = mapped_column(doc="When it came back after it had left.")
    last_error: Mapped[str] = mapped_column(Text, default="")
