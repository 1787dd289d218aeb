"""A laboratory beside its record in the CMS file: what differs, and what a form may be filled in with. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from registry.clia.casing import readable
from registry.domain.profile import LabProfile
from registry.domain.text import digits, order_key
from registry.models import CliaRecord

_WORDS = re.compile(r"[^\W_]+", re.UNICODE)
_NO_WEIGHT = """
    a and at co company corp corporation department dept div division for in inc incorporated
    lab laboratories laboratory labs llc llp lp ltd of pa pc pllc plc psc the
"""
_OF_NO_WEIGHT = frozenset(_NO_WEIGHT.split())
_SHORT_IN_NAMES = {
    "anatomical": "anatomic", "assn": "association", "assoc": "associates", "associated": "associates",
    "cancers": "cancer", "centre": "center", "centers": "center", "clin": "clinical", "comm": "community",
    "ctr": "center", "ctrs": "center", "diag": "diagnostic", "diagnostics": "diagnostic", "dx": "diagnostic",
    "ft": "fort", "gen": "general", "grp": "group", "hlth": "health", "hosp": "hospital", "hospitals": "hospital",
    "inst": "institute", "intl": "international", "med": "medical", "mem": "memorial", "meml": "memorial",
    "mol": "molecular", "mt": "mount", "natl": "national", "onc": "oncology", "path": "pathology", "reg": "regional",
    "regl": "regional", "ref": "reference", "saint": "st", "sch": "school", "sci": "science", "sciences": "science",
    "svc": "service", "svcs": "service", "services": "service", "sys": "system", "systems": "system",
    "univ": "university",
}  # fmt: skip
# The abbreviations of USPS Publication 28, appendices B and C, that addresses of laboratories have.
_SHORT_IN_ADDRESSES = {
    "avenue": "ave", "av": "ave", "boulevard": "blvd", "building": "bldg", "center": "ctr", "centre": "ctr",
    "circle": "cir", "court": "ct", "department": "dept", "drive": "dr", "east": "e", "expressway": "expy",
    "first": "1st", "floor": "fl", "fort": "ft", "freeway": "fwy", "heights": "hts", "highway": "hwy",
    "junction": "jct", "lane": "ln", "mount": "mt", "north": "n", "northeast": "ne", "northwest": "nw",
    "parkway": "pkwy", "pike": "pike", "place": "pl", "plaza": "plz", "road": "rd", "room": "rm", "route": "rte",
    "saint": "st", "second": "2nd", "south": "s", "southeast": "se", "southwest": "sw", "square": "sq",
    "street": "st", "suite": "ste", "terrace": "ter", "third": "3rd", "trail": "trl", "turnpike": "tpke",
    "unit": "ste", "west": "w",
}  # fmt: skip
_SHORT_IN_CITIES = {"saint": "st", "fort": "ft", "mount": "mt", "heights": "hts", "springs": "spgs"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the profile (``name``, ``phone``, …) that the file has otherwise."""

    field: str
    stated: str
    filed: str


def differences(profile: LabProfile, record: CliaRecord) -> tuple[Difference, ...]:
    """What *profile* states otherwise than *record*, in the order of the form.

    Spelling counts for nothing: case, punctuation, usual abbreviations, "Inc." and the like. What one of the two does
    not say is no difference; the lines of an address are one.
    """
    stated_address = _joined(profile.address_line1, profile.address_line2)
    filed_address = _joined(record.address_line1, record.address_line2)
    pairs: tuple[tuple[str, str, str, Callable[[str], object]], ...] = (
        ("certificate_type", profile.certificate_type, record.certificate_type, str),
        ("address_line1", stated_address, filed_address, address_words),
        ("city", profile.city, record.city, _city_words),
        ("state", profile.state, record.state, str.upper),
        ("zip", profile.zip[:5], record.zip, str),
        ("phone", profile.phone, _phone(record.phone), digits),
    )
    found = [Difference(field, stated, filed) for field, stated, filed, alike in pairs if _differ(stated, filed, alike)]
    if profile.name and not _is_name(profile.name, record):
        found.insert(0, Difference("name", profile.name, _joined(record.name, record.additional_name)))
    return tuple(found)


def prefilled(record: CliaRecord) -> dict[str, str]:
    """The fields of a ``LabProfile`` that *record* knows, as a person would write them; empty where it does not."""
    return {
        "clia_number": record.clia_number,
        "name": readable(record.name),
        "certificate_type": record.certificate_type,
        "address_line1": readable(record.address_line1),
        "address_line2": readable(record.address_line2),
        "city": readable(record.city),
        "state": record.state,
        "zip": record.zip,
        "phone": _phone(record.phone),
    }


def name_words(name: str) -> tuple[str, ...]:
    """The words of a laboratory's name that tell it from others, in full; all of them where none does."""
    words = tuple(_SHORT_IN_NAMES.get(word, word) for word in _split(name))
    return tuple(word for word in words if word not in _OF_NO_WEIGHT) or words


def address_words(address: str) -> tuple[str, ...]:
    """The words of a street address as USPS shortens them, without the number sign before a suite."""
    return tuple(_SHORT_IN_ADDRESSES.get(word, word) for word in _split(address.replace("#", " ste ")))


def _is_name(stated: str, record: CliaRecord) -> bool:
    filed = (record.name, record.additional_name, f"{record.name} {record.additional_name}")
    return any(name and name_words(name) == name_words(stated) for name in filed)


def _differ(stated: str, filed: str, alike: Callable[[str], object]) -> bool:
    return bool(stated and filed) and alike(stated) != alike(filed)


def _city_words(city: str) -> tuple[str, ...]:
    return tuple(_SHORT_IN_CITIES.get(word, word) for word in _split(city))


def _split(text: str) -> list[str]:
    # "St. John's" and "ST JOHNS", "L.L.C." and "LLC".
    key = re.sub(r"['’‘ʻʼ`]", "", order_key(text))
    key = re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1", key)
    return _WORDS.findall(key)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _phone(ten: str) -> str:
    return f"({ten[:3]}) {ten[3:6]}-{ten[6:]}" if len(ten) == 10 else ten
