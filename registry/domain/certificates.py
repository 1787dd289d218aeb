"""Codes of the CMS file of laboratories in our words.

Meanings as in "Provider of Services File - Clinical Laboratories": CRTFCT_TYPE_CD, PGM_TRMNTN_CD and the columns of
the accrediting bodies.
"""

from functools import lru_cache

ACTIVE = "active"
CLOSED = "closed"
TERMINATED = "terminated"
UNKNOWN = "unknown"

CLIA_EXEMPT_STATES = frozenset({"NY", "WA"})
"""States that license laboratories in place of CLIA, so that a certificate type says nothing of theirs."""

PROGRAM_STATUSES = (ACTIVE, CLOSED, TERMINATED, UNKNOWN)

_CERTIFICATES = {"1": "compliance", "2": "waiver", "3": "accreditation", "4": "ppm", "9": "registration"}

_CLOSED_OR_MERGED = "01"
# 02-04 and 07 the laboratory's own wish or another reason, 05-06 involuntary, 08 fees unpaid, 09 failed proficiency
# testing, the rest other reasons under CLIA.
_ENDED = frozenset({f"{code:02}" for code in (*range(2, 18), 20, 33, 80, 99)})

ACCREDITORS = {
    "A2LA": "a2la",
    "AABB": "aabb",
    # ACHC took over AOA's program; the file kept the name.
    "AOA": "achc",
    "ASHI": "ashi",
    "CAP": "cap",
    "COLA": "cola",
    "JCAHO": "tjc",
}
"""Name of an accrediting body in the file's columns, and its slug."""


@lru_cache(maxsize=256)
def certificate_type(code: str) -> str:
    """The slug of the certificate that CRTFCT_TYPE_CD *code* stands for; an empty string for an unknown code."""
    return _CERTIFICATES.get(code.strip().lstrip("0"), "")


@lru_cache(maxsize=256)
def program_status(code: str) -> str:
    """Whether PGM_TRMNTN_CD *code* means ``active``, ``closed`` (or merged), ``terminated`` or ``unknown``."""
    number = code.strip()
    # A spreadsheet that touched the file leaves "0" of "00".
    number = number.zfill(2) if number else ""
    if number == "00":
        return ACTIVE
    if number == _CLOSED_OR_MERGED:
        return CLOSED
    return TERMINATED if number in _ENDED else UNKNOWN
