"""What keeps the public forms from being abused: proofs that were used up, and mailboxes that want no mail."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base


class SpentChallenge(Base):
    """A proof of work that was accepted, kept until it would be too old anyway."""

    __tablename__ = "spent_challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True, doc="SHA-256 of its signature.")
    expires_at: Mapped[datetime] = mapped_column(index=True)


class MailStop(Base):
    """A mailbox whose reader wants no more mail; only the hash of its address is kept."""

    __tablename__ = "mail_stop"
    __table_args__ = (CheckConstraint("scope IN ('unasked', 'all')", name="scope"),)

    email_hash: Mapped[str] = mapped_column(String(64), primary_key=True, doc="SHA-256 of the address in lower case.")
    scope: Mapped[str] = mapped_column(String(8), doc="Mails that anybody can have sent, or all of them.")
    created_at: Mapped[datetime]
