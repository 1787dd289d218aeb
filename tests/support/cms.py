"""Files in the layout of the CMS "Provider of Services File - Clinical Laboratories", and records of it.

Numbers begin with 00, which is no state, unless a test says otherwise.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.text import order_key
from registry.models import CliaQuarter, CliaRecord
from seed_data.cms_layout import COLUMNS

QUARTER = "2026-Q2"
FILE_NAME = "Clia_DATA.Q2_2026.csv"


def a_line(number: int = 1, **cells: str) -> dict[str, str]:
    """The cells of a laboratory that is active and accredited, with *cells* changed, by column."""
    return {
        "PRVDR_NUM": f"00D{number:07}",
        "FAC_NAME": f"INVENTED LABORATORY {number}",
        "ADDTNL_FAC_NAME": "",
        "ST_ADR": f"{number} INVENTED STREET",
        "ADDTNL_ST_ADR": "SUITE 4",
        "CITY_NAME": "ATLANTA",
        "STATE_CD": "GA",
        "ZIP_CD": "30303",
        "PHNE_NUM": "4045550123",
        "FAX_PHNE_NUM": "4045550124",
        "PGM_TRMNTN_CD": "00",
        "TRMNTN_EXPRTN_DT": "20280131",
        "CRTFCT_TYPE_CD": "3",
        "CRTFCT_EFCTV_DT": "20260201",
        "GNRL_FAC_TYPE_CD": "15",
        "CMPLNC_STUS_CD": "A",
        "CAP_ACRDTD_Y_MATCH_SW": "Y",
        **cells,
    }


def a_file(lines: Iterable[dict[str, str]], *, columns: Sequence[str] = COLUMNS, end: str = "\r\n") -> bytes:
    """The bytes of a file with these lines."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(columns)
    names = [name.strip().upper() for name in columns]
    writer.writerows([line.get(name, "") for name in names] for line in lines)
    return text.getvalue().encode()


def write_file(path: Path, numbers: Iterable[int], **cells: str) -> Path:
    """Write a file of laboratories with these numbers, each with *cells* changed; returns its path."""
    path.write_bytes(a_file(a_line(number, **cells) for number in numbers))
    return path


def a_record(number: str = "00D0000001", **changes: Any) -> CliaRecord:
    """The record of an active, accredited laboratory in Atlanta, with *changes*; not stored."""
    values: dict[str, Any] = {
        "name": "INVENTED LABORATORY",
        "additional_name": "",
        "address_line1": "1 INVENTED STREET",
        "address_line2": "",
        "city": "ATLANTA",
        "state": "GA",
        "zip": "30303",
        "phone": "4045550123",
        "fax": "",
        "certificate_type": "accreditation",
        "certificate_code": "3",
        "certificate_effective": date(2026, 2, 1),
        "expires_or_terminated": date(2028, 1, 31),
        "program_status": "active",
        "program_code": "00",
        "facility_code": "15",
        "compliance": "A",
        "cap_matched": True,
        "accreditors": "",
        **changes,
    }
    return CliaRecord(clia_number=number, name_key=order_key(values["name"]), **values)


def file_away(session: Session, *records: CliaRecord, quarter: str = QUARTER) -> None:
    """Store *records* as those of an imported file. Commits."""
    session.add_all(records)
    session.merge(
        CliaQuarter(
            id=1,
            label=quarter,
            file_name=FILE_NAME,
            rows_loaded=len(records),
            rows_refused=0,
            loaded_at=datetime(2026, 8, 3, 12, tzinfo=UTC),
        )
    )
    session.commit()
