"""Reading the CMS "Provider of Services File - Clinical Laboratories" line by line.

A CSV of some 103 columns, of which we use two dozen; their set, order and case differ by quarter.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import BinaryIO, NamedTuple

from registry.clia.lines import MAX_LINE, LayoutError, Lines, Tally, split
from registry.domain.certificates import ACCREDITORS, certificate_type, program_status
from registry.domain.text import is_clia, normalise_clia, order_key, plain, unwelcome_character

REQUIRED = ("PRVDR_NUM", "FAC_NAME", "ST_ADR", "CITY_NAME", "STATE_CD", "ZIP_CD", "CRTFCT_TYPE_CD", "PGM_TRMNTN_CD")
OPTIONAL = (
    "ADDTNL_FAC_NAME", "ADDTNL_ST_ADR", "PHNE_NUM", "FAX_PHNE_NUM", "CRTFCT_EFCTV_DT", "TRMNTN_EXPRTN_DT",
    "GNRL_FAC_TYPE_CD", "CMPLNC_STUS_CD", *(f"{body}_ACRDTD_Y_MATCH_SW" for body in ACCREDITORS),
)  # fmt: skip

MAX_ROWS = 2_000_000
_NO_CSV = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "ZIP", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_CODE = re.compile(r"[0-9A-Z]{1,4}")
_LONGEST = {"FAC_NAME": 200, "ADDTNL_FAC_NAME": 200, "ST_ADR": 200, "ADDTNL_ST_ADR": 200, "CITY_NAME": 100}


_SHORTEST_LIMIT = min(_LONGEST.values())
# What is kept of earlier cells must stay small.
_LONGEST_SWITCHES, _LONGEST_CODE = 40, 8
_YES_NO = {"Y": True, "N": False}
_NO_PHONE = frozenset({"0000000000", "9999999999"})
_NO_DAY = frozenset({"", "0", "00000000", "99999999"})


class Refused(NamedTuple):
    """A line that was not taken; lines count from 1, which is the header."""

    line: int
    reason: str


class Row(NamedTuple):
    """One laboratory. The fields are the columns of ``CliaRecord`` in their order."""

    clia_number: str
    name: str
    additional_name: str
    name_key: str
    address_line1: str
    address_line2: str
    city: str
    state: str
    zip: str
    phone: str
    fax: str
    certificate_type: str
    certificate_code: str
    certificate_effective: date | None
    expires_or_terminated: date | None
    program_status: str
    program_code: str
    facility_code: str
    compliance: str
    cap_matched: bool | None
    accreditors: str


@dataclass(slots=True)
class Notes(Tally):
    """What else was done to the file: ``missing`` are optional columns that it lacks.

    ``emptied`` counts by column the values that made no sense and were left out.
    """

    missing: tuple[str, ...] = ()
    emptied: Counter[str] = field(default_factory=Counter)


def rows(stream: BinaryIO, notes: Notes) -> Iterator[Row | Refused]:
    """Each laboratory of the file, or why its line was refused; *notes* is kept up to date meanwhile.

    Raises :class:`LayoutError` for what is no such file, or one beyond ``MAX_BYTES`` or ``MAX_ROWS``.
    """
    lines = Lines(stream, notes)
    reader = _Reader(_header(lines), notes)
    seen: set[int] = set()
    count = 0
    for number, cells in lines.records(reader.width):
        if (count := count + 1) > MAX_ROWS:
            raise LayoutError(f"The file has more than {MAX_ROWS:,} lines; it is not this file.")
        found = cells if isinstance(cells, str) else reader.row(cells)
        if isinstance(found, str):
            yield Refused(number, found)
            continue
        key = int(found.clia_number[:2] + found.clia_number[3:])
        if key in seen:
            yield Refused(number, f"the number {found.clia_number} stands in an earlier line")
            continue
        seen.add(key)
        yield found


def _header(lines: Lines) -> list[str]:
    line = lines.next()
    for mark, kind in _NO_CSV.items():
        if lines.beginning.startswith(mark):
            raise LayoutError(f"The file is {kind}; it must be unpacked, or saved as a CSV in UTF-8, first.")
    text = line[1] if line is not None else ""
    if text is None:
        raise LayoutError(f"The first line is longer than {MAX_LINE:,} bytes; it is not the header of this file.")
    try:
        names = [name.strip().upper() for name in split(text.removeprefix("\ufeff"))] if text.strip() else []
    except csv.Error as error:
        raise LayoutError(f"The first line is no CSV header: {error}.") from error
    if missing := [name for name in REQUIRED if name not in names]:
        raise LayoutError(f"The header lacks {', '.join(missing)}; is this the CMS file of clinical laboratories?")
    if twice := [name for name in (*REQUIRED, *OPTIONAL) if names.count(name) > 1]:
        raise LayoutError(f"The header has {', '.join(twice)} more than once.")
    return names


class _Reader:
    """Makes rows of cells by the places that the header gives the columns."""

    def __init__(self, names: list[str], notes: Notes) -> None:
        self.width = len(names)
        self._notes = notes
        notes.missing = tuple(name for name in OPTIONAL if name not in names)
        # A column that is not there is read from an empty cell put behind the last.
        self._wanted = itemgetter(*(names.index(name) if name in names else -1 for name in (*REQUIRED, *OPTIONAL)))

    def row(self, cells: list[str]) -> Row | str:
        """The laboratory, or why there is none in these cells."""
        cells.append("")
        number, name, street, city, state, code, certificate, program, *more = self._wanted(cells)
        more_name, more_street, phone, fax, effective, expires, facility, compliance, *matched = more
        if not is_clia(number) and not is_clia(number := normalise_clia(number.strip())):
            return "PRVDR_NUM is no CLIA number" if number else "PRVDR_NUM is empty"
        name, more_name = _text(name), _text(more_name)
        street, more_street, city = _text(street), _text(more_street), _text(city)
        if not name:
            return "FAC_NAME is empty"
        if too_long := _too_long(name, more_name, street, more_street, city):
            return too_long
        cap_matched, accreditors = _matches("|".join(matched)[:_LONGEST_SWITCHES])
        certificate, program = self._code("CRTFCT_TYPE_CD", certificate), self._code("PGM_TRMNTN_CD", program)
        return Row(
            clia_number=number,
            name=name,
            additional_name=more_name,
            name_key=order_key(name),
            address_line1=street,
            address_line2=more_street,
            city=city,
            state=self._state(state),
            zip=self._zip(code),
            phone=self._phone("PHNE_NUM", phone),
            fax=self._phone("FAX_PHNE_NUM", fax),
            certificate_type=certificate_type(certificate),
            certificate_code=certificate,
            certificate_effective=self._day("CRTFCT_EFCTV_DT", effective),
            expires_or_terminated=self._day("TRMNTN_EXPRTN_DT", expires),
            program_status=program_status(program),
            program_code=program,
            facility_code=self._code("GNRL_FAC_TYPE_CD", facility),
            compliance=compliance if (compliance := compliance.strip().upper()) in {"A", "B"} else "",
            cap_matched=cap_matched,
            accreditors=accreditors,
        )

    def _state(self, value: str) -> str:
        value = value.strip().upper()
        if len(value) == 2 and value.isascii() and value.isalpha():
            return value
        return self._nothing("STATE_CD", value)

    def _zip(self, value: str) -> str:
        digits = value.strip().replace("-", "")
        if len(digits) in {5, 9} and digits.isascii() and digits.isdigit():
            return digits[:5]
        return self._nothing("ZIP_CD", digits)

    def _phone(self, column: str, value: str) -> str:
        if not (value := value.strip()):
            return ""
        digits = value if value.isascii() and value.isdigit() else "".join(one for one in value if one in "0123456789")
        digits = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
        if len(digits) == 10:
            return "" if digits in _NO_PHONE else digits
        return self._nothing(column, value)

    def _day(self, column: str, value: str) -> date | None:
        if (value := value.strip()) in _NO_DAY:
            return None
        # The length first: what is kept of earlier days must stay small.
        found = _day(value) if len(value) == 8 else None
        if found is None:
            self._nothing(column, value)
        return found

    def _code(self, column: str, value: str) -> str:
        if not value:
            return ""
        return _code(value[:_LONGEST_CODE]) or self._nothing(column, value.strip())

    def _nothing(self, column: str, value: str) -> str:
        if value:
            self._notes.emptied[column] += 1
        return ""


def _too_long(*values: str) -> str:
    """Which of the texts of ``_LONGEST``, in their order, does not fit; an empty string when all do."""
    if sum(map(len, values)) <= _SHORTEST_LIMIT:
        return ""
    for (column, limit), value in zip(_LONGEST.items(), values, strict=True):
        if len(value) > limit:
            return f"{column} is longer than {limit} characters"
    return ""


def _text(value: str) -> str:
    if not value:
        return ""
    if value.isascii() and value.isprintable():
        return " ".join(value.split())
    # Nothing invisible from a file either: it would be shown beside what a laboratory wrote.
    return plain("".join(" " if unwelcome_character(letter) else letter for letter in value))


@lru_cache(maxsize=8_192)
def _day(value: str) -> date | None:
    """The day that eight digits name, as in 20260401."""
    if not (value.isascii() and value.isdigit()):
        return None
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return None


@lru_cache(maxsize=1_024)
def _code(value: str) -> str:
    value = value.strip().upper()
    return value if _CODE.fullmatch(value) else ""


@lru_cache(maxsize=1_024)
def _matches(cells: str) -> tuple[bool | None, str]:
    """Whether CAP's match is yes, no or not said, and the other bodies that matched, as slugs joined by a space."""
    switches = dict(zip(ACCREDITORS.values(), (cell.strip().upper() for cell in cells.split("|")), strict=False))
    others = " ".join(slug for slug, switch in switches.items() if switch == "Y" and slug != "cap")
    return _YES_NO.get(switches.get("cap", "")), others
