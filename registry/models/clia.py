"""The federal file of laboratories as imported: one row a CLIA number, and one row that names the quarter.

The file is the CMS "Provider of Services File - Clinical Laboratories", published each quarter at data.cms.gov.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.domain.certificates import ACTIVE
from registry.models.base import Base, SortKey


class CliaRecord(Base):
    """What the file says of one laboratory, in the file's own letters; an empty string where it says nothing.

    Terminated and closed laboratories are kept: that CMS says so is what a moderator must know.
    """

    __tablename__ = "clia_record"
    __table_args__ = (Index("ix_clia_record_zip", "zip"), Index("ix_clia_record_name_key", "name_key"))

    clia_number: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    additional_name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(SortKey, doc="The name by `registry.domain.text.order_key`.")
    address_line1: Mapped[str] = mapped_column(String(200))
    address_line2: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(2), doc="USPS code.")
    zip: Mapped[str] = mapped_column(String(5), doc="Five digits.")
    phone: Mapped[str] = mapped_column(String(10), doc="Ten digits.")
    fax: Mapped[str] = mapped_column(String(10), doc="Ten digits.")
    certificate_type: Mapped[str] = mapped_column(
        String(16), doc="Slug of `vocabulary.CLIA_CERTIFICATE_TYPE`; empty where the code is not known."
    )
    certificate_code: Mapped[str] = mapped_column(String(4), doc="CRTFCT_TYPE_CD as it stands in the file.")
    certificate_effective: Mapped[date | None]
    expires_or_terminated: Mapped[date | None] = mapped_column(
        doc="When the certificate expires, or when the laboratory's participation ended."
    )
    program_status: Mapped[str] = mapped_column(String(12), doc="active, closed, terminated or unknown.")
    program_code: Mapped[str] = mapped_column(String(4), doc="PGM_TRMNTN_CD as it stands in the file.")
    facility_code: Mapped[str] = mapped_column(String(4), doc="GNRL_FAC_TYPE_CD as it stands in the file.")
    compliance: Mapped[str] = mapped_column(String(1), doc="A compliant, B not.")
    cap_matched: Mapped[bool | None] = mapped_column(doc="Whether CAP confirmed its accreditation; None: not said.")
    accreditors: Mapped[str] = mapped_column(
        String(60), doc="The other bodies that confirmed an accreditation: slugs joined by a space."
    )

    @property
    def active(self) -> bool:
        """Whether the file says that the laboratory takes part in CLIA today."""
        return self.program_status == ACTIVE

    @property
    def address(self) -> str:
        """The whole address on one line."""
        place = " ".join(part for part in (self.state, self.zip) if part)
        return ", ".join(part for part in (self.address_line1, self.address_line2, self.city, place) if part)


class CliaQuarter(Base):
    """The one row that says which quarter's file `clia_record` holds; no row before the first import."""

    __tablename__ = "clia_quarter"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(String(7), doc="As in 2026-Q2.")
    file_name: Mapped[str] = mapped_column(String(200))
    rows_loaded: Mapped[int]
    rows_refused: Mapped[int]
    loaded_at: Mapped[datetime]
