"""Who speaks for a laboratory: mailboxes that proved themselves, and the browsers that signed in with them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, BigKey, intpk


class LabContact(Base):
    """A mailbox that may speak for a laboratory: from the day it was proved until it is revoked.

    ``verified_at`` is empty while a named colleague has not answered yet. ``replaces_id`` is the contact that
    hands over: it ends when this one begins.
    """

    __tablename__ = "lab_contact"
    __table_args__ = (
        CheckConstraint("revoked_at IS NOT NULL OR revoked_by = ''", name="revoked_by"),
        # A mailbox speaks for a laboratory once; after it was revoked it may be named again.
        Index(
            "uq_lab_contact_standing",
            "lab_id",
            "email",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_lab_contact_email", "email"),
    )

    id: Mapped[intpk]
    lab_id: Mapped[int] = mapped_column(BigKey, ForeignKey("lab.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), doc="In lower case.")
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(8), default="en")
    added_by: Mapped[str] = mapped_column(String(254), default="", doc="E-mail of who named this contact.")
    replaces_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("lab_contact.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None] = mapped_column(doc="When mail to it last came back for good.")
    bounce_note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(String(254), default="", doc="E-mail of who ended it.")

    @property
    def speaks(self) -> bool:
        """Whether this mailbox may act for the laboratory now."""
        return self.verified_at is not None and self.revoked_at is None


class ContactSession(Base):
    """A browser in which a mailbox signed in by its link, known to the server, so that signing out ends it.

    What it may do is asked of ``LabContact`` at each request: a revoked contact has nothing left to see.
    """

    __tablename__ = "contact_session"

    id: Mapped[intpk]
    key_hash: Mapped[str] = mapped_column(String(64), unique=True, doc="SHA-256 of the key in the browser's cookie.")
    email: Mapped[str] = mapped_column(String(254), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
