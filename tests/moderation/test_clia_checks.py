"""What the checks say of an entry beside the CMS file, and of its other numbers."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from registry.moderation.checks import all_checks, warnings
from registry.moderation.findings import CliaFacts, Outcome
from tests.moderation.test_checks import check_of, facts_of
from tests.support.client import PageClient
from tests.support.cms import a_record, file_away
from tests.support.factories import a_profile, a_submission

OK, LOOK, PROBLEM = Outcome.OK, Outcome.LOOK, Outcome.PROBLEM
NUMBER = "11D0000001"


def filed(**changes: Any) -> CliaFacts:
    """The record of the entry that ``facts_of`` makes, with *changes*."""
    profile = facts_of(name="Alder Pathology", address_line1="1 Elm Street").profile
    same = {
        "name": profile.name.upper(),
        "address_line1": profile.address_line1.upper(),
        "address_line2": "",
        "phone": "4046562000",
    }
    return CliaFacts("2026-Q2", a_record(NUMBER, **same | changes))


def outcome_of(name: str, *, profile: dict[str, Any] | None = None, **changes: Any) -> Outcome:
    stated = {"name": "Alder Pathology", "address_line1": "1 Elm Street", **(profile or {})}
    return check_of(name, clia=filed(**changes), **stated).outcome


def test_an_entry_as_in_the_file_needs_no_look() -> None:
    checks = all_checks(
        facts_of(
            name="Alder Pathology",
            address_line1="1 Elm Street",
            npi="1234567893",
            cap_number="1234567-01",
            clia=filed(),
        )
    )

    assert [check.name for check in checks if check.outcome is not OK] == []


def test_without_a_file_nothing_is_raised() -> None:
    check = check_of("CMS file", clia=None)

    assert (check.outcome, check.facts) == (OK, ())
    assert "No CMS file has been imported" in check.reason
    assert warnings(all_checks(facts_of(clia=None))) == 0


def test_a_number_that_is_not_in_the_file_is_looked_at_once() -> None:
    facts = facts_of(clia=CliaFacts("2026-Q2"))

    assert [(check.name, check.outcome) for check in all_checks(facts) if check.outcome is not OK] == [
        ("CMS file", LOOK)
    ]
    assert ("Quarter of the file", "2026-Q2") in check_of("CMS file", clia=CliaFacts("2026-Q2")).facts


def test_an_entry_without_a_number_has_nothing_to_look_up() -> None:
    assert check_of("CMS file", clia_number="", clia_absence_reason="dod_clip", clia=CliaFacts("2026-Q2")).outcome is OK


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, OK),
        ({"program_status": "closed", "program_code": "01"}, PROBLEM),
        ({"program_status": "terminated", "program_code": "08"}, PROBLEM),
        ({"program_status": "unknown", "program_code": "66"}, LOOK),
    ],
)
def test_whether_the_number_is_active(changes: dict[str, Any], outcome: Outcome) -> None:
    assert outcome_of("CMS file", **changes) is outcome


@pytest.mark.parametrize(
    ("certificate", "state", "outcome"),
    [
        ("accreditation", "GA", OK),
        ("compliance", "GA", OK),
        ("registration", "GA", OK),
        ("waiver", "GA", PROBLEM),
        ("ppm", "GA", PROBLEM),
        ("", "GA", LOOK),
        ("waiver", "NY", LOOK),
        ("ppm", "WA", LOOK),
        ("", "NY", LOOK),
        ("accreditation", "NY", OK),
    ],
)
def test_whether_the_certificate_in_the_file_allows_her2_tests(certificate: str, state: str, outcome: Outcome) -> None:
    found = outcome_of("Certificate in the CMS file", certificate_type=certificate, state=state)

    assert found is outcome


def test_the_state_that_counts_is_that_of_the_file() -> None:
    found = outcome_of("Certificate in the CMS file", profile={"state": "NY"}, certificate_type="waiver", state="GA")

    assert found is PROBLEM


def test_what_differs_is_shown_from_both_sides() -> None:
    check = check_of(
        "Entry and CMS file",
        name="Alder Pathology",
        address_line1="1 Elm Street",
        clia=filed(phone="4046562001", zip="30304"),
    )

    assert check.outcome is LOOK
    assert check.facts == (
        ("ZIP code", "30303"),
        ("In the CMS file", "30304"),
        ("Phone", "(404) 656-2000"),
        ("In the CMS file", "(404) 656-2001"),
    )


@pytest.mark.parametrize(
    ("stated", "matched", "outcome"),
    [
        ({"accreditations": ("cap",)}, True, OK),
        ({"accreditations": ("cap",)}, False, LOOK),
        ({"accreditations": ("cap",)}, None, LOOK),
        ({"cap_number": "1234567"}, False, LOOK),
        ({"accreditations": ("cola",)}, False, OK),
        ({}, True, OK),
    ],
)
def test_whether_cap_confirmed_what_is_stated(stated: dict[str, Any], matched: bool | None, outcome: Outcome) -> None:
    assert outcome_of("Accreditation by CAP", profile=stated, cap_matched=matched) is outcome


@pytest.mark.parametrize(
    ("name", "stated", "outcome"),
    [
        ("NPI", {"npi": ""}, OK),
        ("NPI", {"npi": "1234567893"}, OK),
        ("NPI", {"npi": "1234567890"}, LOOK),
        ("CAP number", {"cap_number": ""}, OK),
        ("CAP number", {"cap_number": "1234567"}, OK),
        ("CAP number", {"cap_number": "CAP-1"}, LOOK),
    ],
)
def test_other_numbers_are_warned_about_and_never_a_problem(
    name: str, stated: dict[str, str], outcome: Outcome
) -> None:
    assert check_of(name, **stated).outcome is outcome


def test_a_moderator_sees_what_the_file_says(session: Session, staff: Callable[..., PageClient]) -> None:
    profile = a_profile(name="Alder Pathology")
    submission = a_submission(session, profile)
    file_away(
        session,
        a_record(profile.clia_number, name="<b>ALDER</b> CLINIC", program_status="terminated", program_code="08"),
    )

    page = staff().load(f"/staff/submissions/{submission.id}")

    assert "According to the file, this laboratory has closed or its certificate has ended." in page.main.text
    assert "terminated (08)" in page.main.text
    assert "<b>ALDER</b> CLINIC" in page.main.text
    assert "2026-Q2" in page.main.text
