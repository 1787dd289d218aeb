"""Entries that may be one laboratory, entries that became one, and the identifiers that came along."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, BigKey, JsonData, intpk


class DuplicatePair(Base):
    """Two listings that may be one laboratory, and what a moderator said about it."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'dismissed', 'merged')", name="state"),
        CheckConstraint("first_id < second_id", name="order"),
        UniqueConstraint("first_id", "second_id"),
        Index("ix_duplicate_pair_state", "state", "score"),
    )

    id: Mapped[intpk]
    first_id: Mapped[int] = mapped_column(BigKey, ForeignKey("lab.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(BigKey, ForeignKey("lab.id", ondelete="CASCADE"), index=True)
    score: Mapped[float] = mapped_column(Float, doc="From 0 to 1, as `domain.matching` scores.")
    parts: Mapped[list[Any]] = mapped_column(JsonData, doc="[name, likeness, weight, first, second] of each part.")
    digests: Mapped[list[Any]] = mapped_column(JsonData, doc="Fingerprints of the two profiles that were compared.")
    state: Mapped[str] = mapped_column(String(12), default="open")
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(254), default="")


class LabMerge(Base):
    """One listing became a part of another: all that is needed to take them apart again."""

    __tablename__ = "lab_merge"

    id: Mapped[intpk]
    kept_id: Mapped[int] = mapped_column(BigKey, ForeignKey("lab.id", ondelete="CASCADE"), index=True)
    gone_id: Mapped[int] = mapped_column(BigKey, ForeignKey("lab.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(254), doc="E-mail of the member of staff.")
    before: Mapped[dict[str, Any]] = mapped_column(doc="Both entries and what was moved, as they were, in plain JSON.")
    merged_digest: Mapped[str] = mapped_column(String(64), doc="Fingerprint of the profile that the merger published.")
    unmerged_at: Mapped[datetime | None]
    unmerged_by: Mapped[str] = mapped_column(String(254), default="")


class LabIdentifier(Base):
    """A number or name under which a laboratory is known beside those that its entry shows."""

    __tablename__ = "lab_identifier"
    __table_args__ = (
        CheckConstraint("kind IN ('clia', 'npi', 'cap', 'name')", name="kind"),
        UniqueConstraint("lab_id", "kind", "value"),
        Index("ix_lab_identifier_value", "kind", "value"),
    )

    id: Mapped[intpk]
    lab_id: Mapped[int] = mapped_column(BigKey, ForeignKey("lab.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(String(200))
    merge_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("lab_merge.id", ondelete="CASCADE"))
