"""What the checks say of an entry, one table row a case."""

from dataclasses import replace
from typing import Any

import pytest

from registry.moderation.checks import all_checks, warnings
from registry.moderation.findings import Check, Facts, Outcome, SameNumber
from tests.support.factories import a_profile, an_offering

OK, LOOK, PROBLEM = Outcome.OK, Outcome.LOOK, Outcome.PROBLEM


def facts_of(**changes: Any) -> Facts:
    """Facts of a sound entry with *changes*: fields of ``Facts``, or of its profile."""
    names = set(Facts.__dataclass_fields__)
    profile = a_profile(
        **{"clia_number": "11D0000001", "phone": "(404) 656-2000"}
        | {name: value for name, value in changes.items() if name not in names}
    )
    sound = Facts(
        profile=profile,
        contact_email="her2@example.org",
        demonstration=False,
        zip_label="Atlanta, GA 30303",
        zip_agrees=True,
        zip_located=True,
    )
    return replace(sound, **{name: value for name, value in changes.items() if name in names})


def check_of(name: str, /, **changes: Any) -> Check:
    return next(check for check in all_checks(facts_of(**changes)) if check.name == name)


def test_a_sound_entry_needs_no_look() -> None:
    checks = all_checks(facts_of())
    assert [check.outcome for check in checks] == [OK] * len(checks)
    assert warnings(checks) == 0


@pytest.mark.parametrize(
    ("name", "changes", "outcome"),
    [
        ("CLIA number", {"clia_number": "11D12345"}, PROBLEM),
        ("CLIA number", {"clia_number": "11D00000011"}, PROBLEM),
        ("CLIA number", {"clia_number": "11d0000001"}, PROBLEM),
        ("CLIA number", {"clia_number": "١١D0000001"}, PROBLEM),
        ("CLIA number", {"clia_number": "00D0000001"}, PROBLEM),
        ("CLIA number", {"clia_number": "00D0000001", "demonstration": True}, OK),
        ("CLIA number", {"clia_number": "", "clia_absence_reason": "dod_clip"}, LOOK),
        ("CLIA number", {"clia_number": "", "clia_absence_reason": ""}, PROBLEM),
        ("Certificate", {"certificate_type": "compliance"}, OK),
        ("Certificate", {"certificate_type": "registration"}, OK),
        ("Certificate", {"certificate_type": "waiver"}, PROBLEM),
        ("Certificate", {"certificate_type": "ppm"}, PROBLEM),
        ("Certificate", {"certificate_type": "waiver", "state": "NY"}, LOOK),
        ("Certificate", {"certificate_type": "", "state": "WA"}, LOOK),
        ("Certificate", {"certificate_type": ""}, PROBLEM),
        ("Certificate", {"certificate_type": "", "clia_number": ""}, LOOK),
        ("Certificate", {"certificate_type": "royal"}, PROBLEM),
        (
            "Regulatory claims",
            {"offerings": (an_offering(regulatory_status="fda_approved_cdx_crc"),)},
            PROBLEM,
        ),
        (
            "Regulatory claims",
            {"offerings": (an_offering(), an_offering(regulatory_status="made_up"))},
            PROBLEM,
        ),
        ("Regulatory claims", {"offerings": (an_offering(regulatory_status=""),)}, OK),
        ("Address and ZIP code", {"zip_label": None, "zip_agrees": None, "zip_located": False}, PROBLEM),
        ("Address and ZIP code", {"zip_located": False}, PROBLEM),
        ("Address and ZIP code", {"zip_agrees": False}, LOOK),
        ("Telephone number", {"phone": "call us"}, PROBLEM),
        ("Telephone number", {"phone": ""}, PROBLEM),
        ("Telephone number", {"phone": "404"}, PROBLEM),
        ("Telephone number", {"phone": "(787) 721-2000"}, OK),
        ("Telephone number", {"phone": "+1 800 232 4636"}, OK),
        ("Telephone number", {"phone": "+44 20 7946 0958"}, LOOK),
        ("Telephone number", {"phone": "+1 416 392 2489"}, LOOK),
        ("E-mail and web site", {"contact_email": "a@lab.example.org"}, OK),
        ("E-mail and web site", {"website": "https://www.her2.example.org:8443/x?y=https://z"}, OK),
        ("E-mail and web site", {"contact_email": "a@example.com"}, LOOK),
        ("E-mail and web site", {"contact_email": "a@notexample.org"}, LOOK),
        ("E-mail and web site", {"contact_email": "a@gmail.com", "website": "https://gmail.com"}, LOOK),
        ("E-mail and web site", {"website": ""}, LOOK),
        ("Letters of the name", {"name": "Łódź-Krankenhaus 42 & Söhne"}, OK),
        ("Letters of the name", {"name": "مختبر " * 33}, OK),
        ("Letters of the name", {"name": "Invented Laboratory مختبر"}, LOOK),
        ("Letters of the name", {"name": "Invеnted Laboratory"}, PROBLEM),
        ("Letters of the name", {"name": "架空ラボ 検査"}, LOOK),
        ("Letters of the name", {"name": ""}, OK),
    ],
)
def test_each_check(name: str, changes: dict[str, Any], outcome: Outcome) -> None:
    check = check_of(name, **changes)
    assert check.outcome is outcome, check
    assert check.reason


def test_new_york_and_washington_are_explained() -> None:
    assert "New York and Washington" in check_of("Certificate", certificate_type="waiver", state="WA").reason


def test_a_look_alike_letter_is_spelled_out() -> None:
    facts = dict(check_of("Letters of the name", name="Invеnted Laboratory").facts)
    assert facts["е  U+0435"] == "CYRILLIC SMALL LETTER IE"
    assert facts["I  U+0049"] == "LATIN CAPITAL LETTER I"
    assert not any(letter.startswith("L ") for letter in facts), "the sound word is not spelled"


def test_a_listing_with_the_number_is_a_problem_a_waiting_entry_a_look() -> None:
    listed = SameNumber(1, "Invented One", "GA", "invented-one")
    waiting = SameNumber(2, "Invented Two", "GA")
    name = "Other entries with this CLIA number"
    assert check_of(name, same_number=(waiting,)).outcome is LOOK
    both = check_of(name, same_number=(listed, waiting))
    assert both.outcome is PROBLEM
    assert both.entries == (listed, waiting)
