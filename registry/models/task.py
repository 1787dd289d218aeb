"""What staff must look at beside submissions and reports, who looks at what, and when jobs last ran."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, BigKey, intpk

TASK_KINDS = ("overdue", "cms", "bounced", "withdrawal", "sample")


class Task(Base):
    """Something about a laboratory that only a person can settle; one open task of a kind a laboratory.

    ``overdue``: nobody confirmed the entry. ``cms``: the CMS file speaks against it. ``bounced``: a mailbox does not
    take mail any more. ``withdrawal``: it left the list. ``sample``: a small change that was published at once.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint(f"kind IN {TASK_KINDS}", name="kind"),
        Index(
            "uq_task_open",
            "kind",
            "lab_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_task_closed_at", "closed_at", "opened_at"),
    )

    id: Mapped[intpk]
    kind: Mapped[str] = mapped_column(String(16))
    lab_id: Mapped[int] = mapped_column(BigKey, ForeignKey("lab.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("submission.id", ondelete="SET NULL"), index=True
    )
    facts: Mapped[dict[str, Any]] = mapped_column(doc="What the task rests on, as plain JSON.")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(String(254), default="", doc="E-mail of the member of staff; or a job.")
    outcome: Mapped[str] = mapped_column(String(24), default="")


class ReviewLease(Base):
    """Who has a submission open now; it lapses by itself."""

    __tablename__ = "review_lease"

    submission_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    taken_at: Mapped[datetime]
    until: Mapped[datetime]


class JobMark(Base):
    """When a job that runs seldom last ran, known to all workers."""

    __tablename__ = "job_mark"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]
    told: Mapped[str] = mapped_column(String(200), default="", doc="What it ran for, such as a quarter.")
