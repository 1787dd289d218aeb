"""What somebody asked to publish, from the first draft to the decision."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from registry.domain.profile import LabProfile
from registry.domain.workflow import State
from registry.models.base import Base, BigKey, JsonData, intpk


def domain_of(email: str) -> str:
    """What follows the @ of *email*, in small letters; an empty string without one."""
    return email.rpartition("@")[2].lower() if "@" in email else ""


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
        # How long decisions took is counted without reading what was decided on.
        Index("ix_submission_decided", "decided_at", "state", "submitted_at"),
        # One edit of a listing at a time: a colleague finds the draft that another began.
        Index(
            "uq_submission_open_edit",
            "lab_id",
            unique=True,
            sqlite_where=text("state = 'draft' AND kind = 'edit'"),
            postgresql_where=text("state = 'draft' AND kind = 'edit'"),
        ),
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
    contact_domain: Mapped[str] = mapped_column(
        String(254), default="", server_default="", index=True, doc="What follows the @ of `contact_email`, lower case."
    )
    contact_role: Mapped[str] = mapped_column(String(200), default="")
    contact_phone: Mapped[str] = mapped_column(
        String(60), default="", server_default="", doc="Where whoever claims a listing can be called."
    )
    language: Mapped[str] = mapped_column(String(8), default="en")
    base: Mapped[dict[str, Any] | None] = mapped_column(doc="The published profile that an edit started from.")
    proposed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    unfinished: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(
        Text, default="", server_default="", doc="What the sender tells the moderators; not published."
    )
    flags: Mapped[list[str]] = mapped_column(
        JsonData, default=list, server_default="[]", doc="What spoke against a person having filled this in, as slugs."
    )
    corrections: Mapped[dict[str, Any]] = mapped_column(
        default=dict, server_default="{}", doc="What a moderator put right: path of the field to its value."
    )
    undo_until: Mapped[datetime | None] = mapped_column(doc="Until when the decision can be taken back.")
    held_until: Mapped[datetime | None] = mapped_column(doc="Until when the moderators let it rest.")
    held_by: Mapped[str] = mapped_column(String(254), default="", server_default="")
    held_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    updated_by: Mapped[str] = mapped_column(
        String(254), default="", server_default="", doc="E-mail of who wrote last, where several may write."
    )
    reminded_at: Mapped[datetime | None] = mapped_column(doc="When the sender was reminded of a draft.")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    email_verified_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff_user.id"))
    message: Mapped[str] = mapped_column(Text, default="", doc="What the reviewer wrote to the laboratory.")
    remarks: Mapped[dict[str, Any]] = mapped_column(
        default=dict,
        server_default="{}",
        doc="What the reviewer wrote at fields: the field's path as in `diff` to the text.",
    )
    decision_reason: Mapped[str] = mapped_column(String(40), default="", doc="Why it was turned down, as a slug.")

    @validates("contact_email")
    def _with_its_domain(self, _name: str, email: str) -> str:
        self.contact_domain = domain_of(email)
        return email

    @property
    def profile(self) -> LabProfile:
        """The proposed profile; incomplete while it is a draft."""
        return LabProfile.from_dict(self.proposed)

    @property
    def started_from(self) -> LabProfile | None:
        """The published profile that an edit started from; None where there was none."""
        return LabProfile.from_dict(self.base) if self.base is not None else None

    @property
    def status(self) -> State:
        return State(self.state)

    @property
    def handle(self) -> str:
        """Tells it from others in the form of a page; opens nothing, and never means another one, as a number may."""
        return self.draft_key_hash[:12]


class DraftKey(Base):
    """A further browser that may open a draft, beside the one that began it: the key in its cookie, hashed.

    Whoever opened a mailed link on another device, and colleagues at one laboratory, each hold a key of their own.
    """

    __tablename__ = "draft_key"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    submission_id: Mapped[int] = mapped_column(BigKey, ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), default="", doc="The mailbox that proved itself for it.")
    created_at: Mapped[datetime]
