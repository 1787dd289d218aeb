"""One-use links: only a hash of what was mailed is kept."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, BigKey, intpk


class OneUseLink(Base):
    """A mailed link: bound to one purpose, one mailbox and what it is about, good once and for a time.

    It is about a submission, a laboratory's contact, a member of staff, or, to sign in, the mailbox alone.
    """

    __tablename__ = "one_use_link"

    id: Mapped[intpk]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(32))
    submission_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    contact_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("lab_contact.id", ondelete="CASCADE"), index=True)
    staff_user_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("staff_user.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
