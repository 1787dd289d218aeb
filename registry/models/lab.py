"""A published laboratory, its offerings as columns, and the number that tells every process what changed."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from registry.domain.listing import search_item
from registry.domain.permits import packed, takes_from
from registry.domain.profile import LabProfile, Offering
from registry.domain.text import digits, order_key
from registry.models.base import Base, BigKey, SortKey, intpk

PUBLISHED = "published"
HIDDEN = "hidden"
LAB_STATES = ("published", "stale", "hidden", "withdrawn", "merged")

SHAPE = 4
"""Raised when what `Lab.derive` writes changes; `db upgrade` then writes it again for every laboratory."""


class DirectoryVersion(Base):
    """One row whose number rises with every change of what the public sees."""

    __tablename__ = "directory_version"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigKey, default=0)
    shape: Mapped[int] = mapped_column(
        default=SHAPE, server_default="1", doc="The SHAPE by which the laboratories' derived columns were written."
    )

    @staticmethod
    def advance(session: Session) -> int:
        """Take the next number. The row stays locked until the commit, so numbers become visible in their order."""
        version = session.scalar(
            update(DirectoryVersion)
            .where(DirectoryVersion.id == 1)
            .values(version=DirectoryVersion.version + 1)
            .returning(DirectoryVersion.version)
        )
        if version is None:
            raise LookupError("the directory_version row is missing: run `flask --app registry db upgrade`")
        return version


class LabOffering(Base):
    """One test of a published laboratory as columns, for the search index and statistics. Written by publishing."""

    __tablename__ = "lab_offering"

    lab_id: Mapped[int] = mapped_column(BigKey, ForeignKey("lab.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(String(24), index=True)
    scoring_criterion: Mapped[str] = mapped_column(String(32))
    reflex_policy: Mapped[str] = mapped_column(String(32))
    accepts_outside_specimens: Mapped[str] = mapped_column(String(24))
    specimens: Mapped[str] = mapped_column(String(300), doc="Slugs joined by a space.")
    calendar_days: Mapped[int | None] = mapped_column(doc="Longest turnaround in calendar days.")
    service_level: Mapped[str] = mapped_column(String(24), server_default="")
    takes_from: Mapped[str] = mapped_column(
        String(160), server_default="", doc="The states whose specimens it takes, as `permits.packed` writes them."
    )

    @staticmethod
    def columns_of(position: int, profile: LabProfile) -> dict[str, Any]:
        """What the row of the offering that stands at *position* of *profile* holds, but for its laboratory."""
        offering = profile.offerings[position]
        return {
            "position": position,
            "method": offering.method,
            "scoring_criterion": offering.scoring_criterion,
            "reflex_policy": offering.reflex_policy,
            "accepts_outside_specimens": offering.accepts_outside_specimens,
            "specimens": " ".join(offering.specimens),
            "calendar_days": offering.calendar_days,
            "service_level": offering.service_level,
            "takes_from": packed(takes_from(profile, offering)),
        }


class Lab(Base):
    """One site under one CLIA number, or with a stated reason for none.

    ``profile`` is the published ``LabProfile``; the columns beside it are what queries need of it, set by
    :meth:`publish` alone.
    """

    __tablename__ = "lab"
    __table_args__ = (
        CheckConstraint(f"state IN {LAB_STATES}", name="state"),
        # One listing a CLIA number: a second laboratory with the same number is a claim, not an entry.
        Index(
            "uq_lab_clia_number_listed",
            "clia_number",
            unique=True,
            sqlite_where=text("clia_number <> '' AND state NOT IN ('withdrawn', 'merged')"),
            postgresql_where=text("clia_number <> '' AND state NOT IN ('withdrawn', 'merged')"),
        ),
        # Entries by state and age are counted without reading the entries themselves.
        Index("ix_lab_freshness", "state", "last_confirmed"),
        Index(
            "ix_lab_disputed",
            "disputed_at",
            sqlite_where=text("disputed_at IS NOT NULL"),
            postgresql_where=text("disputed_at IS NOT NULL"),
        ),
    )

    id: Mapped[intpk]
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    state: Mapped[str] = mapped_column(String(16), default=PUBLISHED)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(
        SortKey, index=True, doc="The name as lists order it, the same on both databases."
    )
    clia_number: Mapped[str] = mapped_column(String(16), default="", index=True)
    accreditations: Mapped[str] = mapped_column(String(120), server_default="", doc="Slugs joined by a space.")
    profile_data: Mapped[dict[str, Any]] = mapped_column("profile")
    card: Mapped[str] = mapped_column(Text, doc="The laboratory's item of a search answer, ready as JSON text.")
    version: Mapped[int] = mapped_column(BigKey, index=True, doc="The directory version that last changed this row.")
    lat: Mapped[float] = mapped_column(Float)
    lon: Mapped[float] = mapped_column(Float)
    location_precision: Mapped[str] = mapped_column(String(16), doc="How the coordinates were found: zip, city, …")
    verification: Mapped[str] = mapped_column(String(24), default="self_reported")
    demonstration: Mapped[bool] = mapped_column(default=False)
    attestations: Mapped[dict[str, Any]] = mapped_column(
        default=dict,
        server_default="{}",
        doc="The day on which the laboratory last said that a test is right, by the test's fingerprint.",
    )
    zip: Mapped[str] = mapped_column(String(5), server_default="", index=True, doc="For finding the same site again.")
    phone_digits: Mapped[str] = mapped_column(String(20), server_default="", index=True, doc="As `zip`.")
    leaving_on: Mapped[date | None] = mapped_column(index=True, doc="The day on which the laboratory leaves the list.")
    leaving_reason: Mapped[str] = mapped_column(String(24), default="", server_default="")
    left_at: Mapped[datetime | None]
    successor_id: Mapped[int | None] = mapped_column(
        # Without a foreign key: SQLite can add one only by making the table anew, and laboratories are never deleted.
        BigKey,
        index=True,
        doc="The laboratory whose listing took this one's place.",
    )
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str] = mapped_column(
        String(24), default="", server_default="", doc="A slug of `domain.hiding.HIDING_REASON` while it is hidden."
    )
    disputed_at: Mapped[datetime | None] = mapped_column(doc="Since when somebody's doubt of the entry stands open.")
    dispute_answered_at: Mapped[datetime | None] = mapped_column(
        doc="When the laboratory confirmed all of an entry while it was disputed."
    )
    email_verified_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    last_confirmed: Mapped[date] = mapped_column(index=True, doc="The oldest of the tests' days.")
    published_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    offerings: Mapped[list[LabOffering]] = relationship(
        cascade="all, delete-orphan", order_by="LabOffering.position", passive_deletes=True
    )

    @property
    def profile(self) -> LabProfile:
        """What the public sees of this laboratory."""
        return LabProfile.from_dict(self.profile_data)

    @property
    def item(self) -> dict[str, Any]:
        """The laboratory's item of a search answer."""
        item: dict[str, Any] = json.loads(self.card)
        return item

    def publish(
        self,
        session: Session,
        profile: LabProfile,
        *,
        lat: float,
        lon: float,
        precision: str,
        now: datetime,
        version: int | None = None,
        attested: date | None = None,
        days: Mapping[str, date] | None = None,
    ) -> None:
        """Make *profile* the published one, at WGS84 *lat*, *lon* in degrees, and raise the directory's version.

        *attested* is the day on which the laboratory wrote what is new in it; a test that stays as it was keeps the
        day on which it was last confirmed. *days* has that day by the test's fingerprint where it does not follow so.
        Whoever publishes many in one commit takes one *version* for all of them beforehand.
        """
        self._attest(profile, attested or self.last_confirmed, days or {})
        self.name = profile.name
        self.clia_number = profile.clia_number
        self.profile_data = profile.to_dict()
        self.lat, self.lon, self.location_precision = lat, lon, precision
        self.published_at = self.published_at or now
        self.updated_at = now
        self.derive()
        self.version = DirectoryVersion.advance(session) if version is None else version

    def confirmed_on(self, offering: Offering) -> date:
        """The day on which the laboratory last said that *offering*, as it is, is right."""
        return self._days().get(offering.digest, self.last_confirmed)

    def confirm(self, session: Session, digests: Iterable[str], *, day: date, now: datetime) -> None:
        """Note that the laboratory found the published tests of *digests* right on *day*; nothing else changes."""
        published = {offering.digest for offering in self.profile.offerings}
        right = published.intersection(digests)
        days = {digest: self._days().get(digest, self.last_confirmed) for digest in published}
        days |= dict.fromkeys(right, day)
        self._keep_days(days)
        if self.disputed_at is not None and right == published:
            self.dispute_answered_at = now
        self.updated_at = now
        self.refresh_card()
        self.version = DirectoryVersion.advance(session)

    def hide(self, session: Session, *, reason: str, now: datetime) -> None:
        """Keep the entry from the public for *reason*, a slug of ``domain.hiding.HIDING_REASON``."""
        self.state, self.hidden_at, self.hidden_reason = HIDDEN, now, reason
        self.version = DirectoryVersion.advance(session)

    def show(self, session: Session) -> None:
        """Let the public see a hidden entry again, as it is."""
        self.state, self.hidden_at, self.hidden_reason = PUBLISHED, None, ""
        self.version = DirectoryVersion.advance(session)

    def dispute(self, session: Session, since: datetime | None) -> None:
        """Say in the entry that it is doubted *since*; None: not any more."""
        self.disputed_at, self.dispute_answered_at = since, None
        self.refresh_card()
        self.version = DirectoryVersion.advance(session)

    def _attest(self, profile: LabProfile, day: date, given: Mapping[str, date]) -> None:
        stands = {offering.digest for offering in self.profile.offerings} if self.profile_data else set()
        days = {
            offering.digest: self.confirmed_on(offering) if offering.digest in stands else day
            for offering in profile.offerings
        }
        days |= {digest: since for digest, since in given.items() if digest in days}
        self._keep_days(days or {"": day})

    def _days(self) -> dict[str, date]:
        return {digest: date.fromisoformat(day) for digest, day in (self.attestations or {}).items()}

    def _keep_days(self, days: dict[str, date]) -> None:
        self.attestations = {digest: day.isoformat() for digest, day in days.items() if digest}
        self.last_confirmed = min(days.values())

    def derive(self) -> None:
        """Write again all that reading needs and that follows from the profile: columns, offerings, the card."""
        profile = self.profile
        self.zip = profile.zip[:5]
        self.phone_digits = digits(profile.phone)
        self.name_key = order_key(profile.name)
        self.accreditations = " ".join(profile.accreditations)
        self.offerings = [
            LabOffering(**LabOffering.columns_of(position, profile)) for position in range(len(profile.offerings))
        ]
        self.refresh_card()

    def refresh_card(self) -> None:
        """Write the search item again from the row's present values."""
        item = search_item(
            self.profile,
            slug=self.slug,
            lat=self.lat,
            lon=self.lon,
            precision=self.location_precision,
            verification=self.verification,
            last_confirmed=self.last_confirmed,
            confirmed=[self.confirmed_on(offering) for offering in self.profile.offerings],
            disputed=self.disputed_at is not None,
            dispute_answered=self.dispute_answered_at is not None,
        )
        self.card = json.dumps(item, ensure_ascii=False, separators=(",", ":"))
