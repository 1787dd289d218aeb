"""Every profile that a laboratory's entry has shown, so that each can be shown again."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.domain.profile import LabProfile
from registry.models.base import Base, BigKey, intpk


class LabVersion(Base):
    """An entry as it stood from ``at`` on: what it said, where it was placed, and when each test was confirmed."""

    __tablename__ = "lab_version"

    id: Mapped[intpk]
    lab_id: Mapped[int] = mapped_column(BigKey, ForeignKey("lab.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(12), doc="As in the audit: staff, laboratory or system.")
    actor: Mapped[str] = mapped_column(String(254))
    action: Mapped[str] = mapped_column(String(40), doc="The act of the audit by which it came to stand so.")
    submission_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("submission.id", ondelete="SET NULL"), index=True
    )
    profile_data: Mapped[dict[str, Any]] = mapped_column("profile")
    attestations: Mapped[dict[str, Any]] = mapped_column(doc="As `Lab.attestations`.")
    lat: Mapped[float] = mapped_column(Float)
    lon: Mapped[float] = mapped_column(Float)
    location_precision: Mapped[str] = mapped_column(String(16))

    @property
    def profile(self) -> LabProfile:
        """What the public saw."""
        return LabProfile.from_dict(self.profile_data)
