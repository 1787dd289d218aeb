"""The demonstration's CMS file: a record of each invented laboratory, and of twenty that nobody has listed yet.

The records are the laboratories' own profiles in the file's capitals, but for a few that differ, so that there is
something to notice.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from registry.domain.profile import LabProfile
from registry.domain.text import digits
from seed_data.cms_layout import COLUMNS

FILE_NAME = "demo_clia.DATA.Q3_2026.csv"
FIRST_NUMBER = 800_001
"""Numbers of the laboratories that are not listed yet: 00D0800001 and following, in the order of ``UNLISTED``."""

_CODES = {"compliance": "1", "waiver": "2", "accreditation": "3", "ppm": "4", "registration": "9"}
_TERMINATED = "08"
_BEGAN, _EXPIRES, _ENDED = "20260201", "20280131", "20250630"
# Of the listed ones, every so many: the file has another telephone line, or says that the certificate has ended.
_OTHER_PHONE_EVERY, _ENDED_EVERY = 25, 120
# Of the waiting ones, by their keys.
_NOT_IN_FILE, _OTHER_PHONE, _NO_CAP = "demonstration-07", "demonstration-12", "demonstration-10"
_LATIN = str.maketrans({"\u0430": "a"})


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A laboratory that stands in the file alone; *place* is its town, state and ZIP code."""

    name: str
    place: tuple[str, str, str]
    area_code: str
    certificate: str = "accreditation"
    program: str = "00"
    second_line: str = ""


UNLISTED = (
    Unlisted("FELT FALCON PATHOLOGY LABORATORIES", ("ATLANTA", "GA", "30303"), "404", second_line="SUITE 100"),
    Unlisted("ORIGAMI OSPREY GENOMICS INC", ("BOSTON", "MA", "02108"), "617"),
    Unlisted("KNITTED KINGFISHER HOSPITAL LAB", ("CHICAGO", "IL", "60601"), "312", "compliance"),
    Unlisted("CARDBOARD CONDOR CANCER CENTER LABORATORY", ("HOUSTON", "TX", "77002"), "713"),
    Unlisted("PAPER PLOVER PATHOLOGY ASSOCIATES PC", ("DENVER", "CO", "80202"), "303", "compliance"),
    Unlisted("TINFOIL TERN DIAGNOSTICS LLC", ("PHOENIX", "AZ", "85003"), "602", second_line="BLDG B"),
    Unlisted("CRAYON CURLEW UNIVERSITY DEPT OF PATHOLOGY", ("MINNEAPOLIS", "MN", "55401"), "612"),
    Unlisted("CHALK-DRAWN CHICKADEE REGIONAL HOSP HISTOLOGY", ("PORTLAND", "ME", "04101"), "207"),
    Unlisted("IMAGINARY IBIS HISTOPATHOLOGY", ("SAN JUAN", "PR", "00901"), "787", "compliance"),
    Unlisted("MARZIPAN MAGPIE MOLECULAR LAB", ("NASHVILLE", "TN", "37203"), "615", "registration"),
    Unlisted("GINGERBREAD GROUSE WALK-IN CLINIC", ("DALLAS", "TX", "75201"), "214", "waiver"),
    Unlisted("LICORICE LARK FAMILY PRACTICE PA", ("MACON", "GA", "31201"), "478", "waiver"),
    Unlisted("JELLYBEAN JAY DERMATOLOGY", ("TUCSON", "AZ", "85701"), "520", "ppm"),
    Unlisted("PLASTICINE PARTRIDGE WOMEN'S HEALTH", ("OMAHA", "NE", "68102"), "402", "ppm"),
    Unlisted("PINATA PIGEON PATHOLOGY", ("NEW YORK", "NY", "10001"), "212", ""),
    Unlisted("UPSIDE-DOWN UPUPA HOSPITAL LAB", ("ALBANY", "NY", "12207"), "518", "waiver"),
    Unlisted("WIND-UP WOODPECKER PATHOLOGY PS", ("SEATTLE", "WA", "98101"), "206", "waiver"),
    Unlisted("CLOCKWORK CRANE LABORATORY", ("MIAMI", "FL", "33130"), "305", program=_TERMINATED),
    Unlisted("SOAP-BUBBLE SWALLOW LABORATORIES", ("CLEVELAND", "OH", "44113"), "216", program="01"),
    Unlisted("QUILTED QUAIL DIAGNOSTICS", ("LAS VEGAS", "NV", "89101"), "702", program="09"),
)


def extract(listed: Iterable[dict[str, Any]], waiting: Iterable[dict[str, Any]]) -> str:
    """The text of the file: of the *listed* and the *waiting* what has a number, and the unlisted."""
    cells = [_of_listed(place, entry["profile"]) for place, entry in enumerate(listed, 1)]
    cells += [_of_waiting(entry["key"], entry["profile"]) for entry in waiting if entry["key"] != _NOT_IN_FILE]
    cells += [_of_unlisted(place, one) for place, one in enumerate(UNLISTED)]
    by_number = {one["PRVDR_NUM"]: one for one in reversed(cells) if one["PRVDR_NUM"]}
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(by_number[number] for number in sorted(by_number))
    return text.getvalue()


def _of_listed(place: int, profile: LabProfile) -> dict[str, str]:
    cells = _of_profile(profile)
    if place % _OTHER_PHONE_EVERY == 0:
        cells["PHNE_NUM"] = _other(cells["PHNE_NUM"])
    if place % _ENDED_EVERY == 0:
        cells |= {"PGM_TRMNTN_CD": _TERMINATED, "TRMNTN_EXPRTN_DT": _ENDED}
    return cells


def _of_waiting(key: str, profile: LabProfile) -> dict[str, str]:
    cells = _of_profile(profile)
    if key == _OTHER_PHONE:
        cells["PHNE_NUM"] = _other(cells["PHNE_NUM"])
    if key == _NO_CAP:
        cells["CAP_ACRDTD_Y_MATCH_SW"] = "N"
    return cells


def _of_profile(profile: LabProfile) -> dict[str, str]:
    held = profile.accreditations
    return _cells(
        number=profile.clia_number,
        name=profile.name,
        lines=(profile.address_line1, profile.address_line2),
        place=(profile.city, profile.state, profile.zip[:5]),
        phone=digits(profile.phone),
        certificate=profile.certificate_type,
        program="00",
    ) | {
        "CAP_ACRDTD_Y_MATCH_SW": "Y" if "cap" in held else "N",
        "COLA_ACRDTD_Y_MATCH_SW": "Y" if "cola" in held else "N",
        "JCAHO_ACRDTD_Y_MATCH_SW": "Y" if "tjc" in held else "N",
    }


def _of_unlisted(place: int, one: Unlisted) -> dict[str, str]:
    return _cells(
        number=f"00D{FIRST_NUMBER + place:07}",
        name=one.name,
        lines=(f"{100 + 7 * place} SAMPLE STREET", one.second_line),
        place=one.place,
        phone=f"{one.area_code}55501{70 + place}",
        certificate=one.certificate,
        program=one.program,
    ) | {"CAP_ACRDTD_Y_MATCH_SW": "Y" if one.certificate == "accreditation" else "N"}


def _cells(
    *,
    number: str,
    name: str,
    lines: tuple[str, str],
    place: tuple[str, str, str],
    phone: str,
    certificate: str,
    program: str,
) -> dict[str, str]:
    city, state, code = place
    return {
        "PRVDR_CTGRY_CD": "22",
        "PRVDR_NUM": number,
        "FAC_NAME": _capitals(name),
        "ST_ADR": _capitals(lines[0]),
        "ADDTNL_ST_ADR": _capitals(lines[1]),
        "CITY_NAME": _capitals(city),
        "STATE_CD": state,
        "ZIP_CD": code,
        "PHNE_NUM": phone,
        "CMPLNC_STUS_CD": "A",
        "GNRL_FAC_TYPE_CD": "15",
        "CRTFCT_TYPE_CD": _CODES.get(certificate, ""),
        "CRTFCT_EFCTV_DT": _BEGAN,
        "PGM_TRMNTN_CD": program,
        "TRMNTN_EXPRTN_DT": _EXPIRES if program == "00" else _ENDED,
    }


def _capitals(text: str) -> str:
    return unicodedata.normalize("NFKD", text.translate(_LATIN).upper()).encode("ascii", "ignore").decode()


def _other(phone: str) -> str:
    return f"{phone[:-2]}{(int(phone[-2:]) + 50) % 100:02}"
