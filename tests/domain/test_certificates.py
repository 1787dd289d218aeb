"""Codes of the CMS file in our words (domain facts, 3.2 to 3.4)."""

import pytest

from registry.domain.certificates import ACCREDITORS, PROGRAM_STATUSES, certificate_type, program_status
from registry.domain.vocabulary import ACCREDITATION, CERTIFICATES_FOR_HER2, CLIA_CERTIFICATE_TYPE

CERTIFICATES = {"1": "compliance", "2": "waiver", "3": "accreditation", "4": "ppm", "9": "registration"}
ENDED = ["02", "03", "04", "05", "06", "07", "08", "09", *map(str, range(10, 18)), "20", "33", "80", "99"]


@pytest.mark.parametrize(("code", "slug"), CERTIFICATES.items())
def test_each_certificate_code_has_its_slug(code: str, slug: str) -> None:
    assert certificate_type(code) == slug
    assert certificate_type(f"0{code}") == slug
    assert slug in CLIA_CERTIFICATE_TYPE


def test_only_waiver_and_microscopy_do_not_allow_her2_testing() -> None:
    assert {code for code, slug in CERTIFICATES.items() if slug not in CERTIFICATES_FOR_HER2} == {"2", "4"}


@pytest.mark.parametrize("code", ["", " ", "0", "5", "33", "X", "１"])
def test_an_unknown_certificate_code_is_no_certificate(code: str) -> None:
    assert certificate_type(code) == ""


@pytest.mark.parametrize(
    ("code", "status"),
    [("00", "active"), ("0", "active"), ("01", "closed"), ("1", "closed"), *((code, "terminated") for code in ENDED)],
)
def test_each_program_code_is_one_of_four_states(code: str, status: str) -> None:
    assert program_status(code) == status
    assert status in PROGRAM_STATUSES


@pytest.mark.parametrize("code", ["", "18", "55", "A1", "000", "０"])
def test_an_unknown_program_code_is_not_taken_for_active(code: str) -> None:
    assert program_status(code) == "unknown"


def test_every_accrediting_body_of_the_file_is_in_the_vocabulary() -> None:
    assert set(ACCREDITORS.values()) <= set(ACCREDITATION.slugs)
