"""What somebody asked to publish, from the first draft to the decision."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.domain.profile import LabProfile
from registry.domain.workflow import State
from registry.models.base import Base, BigKey, intpk


class Submission(Base):
    """A proposed profile, its author and what became of it.

    ``proposed`` grows while the state is ``draft`` and is never altered after. ``unfinished`` keeps, for each step,
    what was typed but is not yet valid, so that nothing is lost.
    """

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint(f"state IN {tuple(state.value for state in State)}", name="state"),
        CheckConstraint("kind IN ('new', 'edit', 'claim', 'withdrawal')", name="kind"),
        Index("ix_submission_waiting", "state", "submitted_at"),
        # One unfinished revision of a submission: a second click finds the first one's draft.
        Index(
            "uq_submission_open_revision",
            "revises_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[intpk]
    kind: Mapped[str] = mapped_column(String(12), default="new")
    state: Mapped[str] = mapped_column(String(20), default=State.DRAFT.value)
    revision: Mapped[int] = mapped_column(
        default=1, doc="Rises with every write; a decision names the one it was shown."
    )
    draft_key_hash: Mapped[str] = mapped_column(String(64), unique=True, doc="SHA-256 of the key held by the browser.")
    lab_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("lab.id"), index=True)
    revises_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("submission.id"), index=True)
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="", index=True)
    contact_role: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(8), default="en")
    proposed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    unfinished: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    email_verified_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff_user.id"))
    message: Mapped[str] = mapped_column(Text, default="", doc="What the reviewer wrote to the laboratory.")
    decision_reason: Mapped[str] = mapped_column(String(40), default="", doc="Why it was turned down, as a slug.")

    @property
    def profile(self) -> LabProfile:
        """The proposed profile; incomplete while it is a draft."""
        return LabProfile.from_dict(self.proposed)

    @property
    def status(self) -> State:
        return State(self.state)
