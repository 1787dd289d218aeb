"""What a laboratory states beside what the CMS file says of it, and what a form is filled in with."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.clia.casing import readable
from registry.clia.comparing import Difference, differences, prefilled
from registry.domain.profile import LabProfile
from tests.support.cms import a_record
from tests.support.factories import a_profile

SAME: dict[str, Any] = {
    "name": "Invented Laboratory",
    "address_line1": "1 Invented Street",
    "address_line2": "",
    "city": "Atlanta",
    "state": "GA",
    "zip": "30303",
    "phone": "(404) 555-0123",
    "certificate_type": "accreditation",
}


def stated(**changes: Any) -> LabProfile:
    return a_profile(**SAME | changes)


def fields(profile: LabProfile, **filed: Any) -> list[str]:
    return [one.field for one in differences(profile, a_record(**filed))]


def test_the_same_in_other_letters_is_no_difference() -> None:
    assert fields(stated()) == []


@pytest.mark.parametrize(
    ("name", "filed"),
    [
        ("Alder Pathology", "ALDER PATHOLOGY LLC"),
        ("The Alder Laboratory, Inc.", "ALDER LAB INC"),
        ("Alder Pathology, P.C.", "ALDER PATHOLOGY PC"),
        ("St. John's Hospital – Department of Pathology", "ST JOHNS HOSP DEPT OF PATHOLOGY"),
        ("Smith & Sons Pathology", "SMITH AND SONS PATHOLOGY"),
        ("Clínica Niño", "CLINICA NINO"),
        ("University Medical Center", "UNIV MED CTR"),
        ("ʻUkulele Straße", "UKULELE STRASSE"),
        ("Laboratory", "LABORATORY"),
    ],
)
def test_names_are_compared_by_the_words_that_matter(name: str, filed: str) -> None:
    assert fields(stated(name=name), name=filed) == []


@pytest.mark.parametrize(
    ("name", "filed"),
    [
        ("Alder Pathology", "ALDER CLINIC"),
        ("Alder", "ALDER PATHOLOGY"),
        ("Laboratory", "LABS"),
        ("Alder", "OF THE LAB"),
    ],
)
def test_other_names_differ(name: str, filed: str) -> None:
    assert fields(stated(name=name), name=filed) == ["name"]


@pytest.mark.parametrize("name", ["Alder Hospital", "Molecular Pathology", "Alder Hospital, Molecular Pathology"])
def test_a_second_name_of_the_file_counts_alone_and_together(name: str) -> None:
    assert fields(stated(name=name), name="ALDER HOSPITAL", additional_name="MOLECULAR PATHOLOGY") == []


@pytest.mark.parametrize(
    ("lines", "filed"),
    [
        (("12 North Main Street", "Suite 100"), ("12 N MAIN ST STE 100", "")),
        (("12 N. Main St., #100", ""), ("12 NORTH MAIN STREET", "SUITE 100")),
        (("1 First Ave NE", "Third Floor"), ("1 1ST AVENUE NORTHEAST", "3RD FL")),
    ],
)
def test_addresses_are_compared_as_the_post_shortens_them(lines: tuple[str, str], filed: tuple[str, str]) -> None:
    profile = stated(address_line1=lines[0], address_line2=lines[1])

    assert fields(profile, address_line1=filed[0], address_line2=filed[1]) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address_line1": "2 Invented Street"}, "address_line1"),
        ({"address_line2": "Suite 5"}, "address_line1"),
        ({"city": "Macon"}, "city"),
        ({"state": "FL"}, "state"),
        ({"zip": "30304"}, "zip"),
        ({"phone": "(404) 555-0199"}, "phone"),
        ({"certificate_type": "compliance"}, "certificate_type"),
    ],
)
def test_what_differs_is_named_by_its_field(changes: dict[str, str], field: str) -> None:
    assert fields(stated(**changes)) == [field]


@pytest.mark.parametrize(
    "changes",
    [
        {"zip": "30303-1234"},
        {"phone": "+1 404.555.0123 ext. 7"},
        {"phone": ""},
        {"name": ""},
        {"certificate_type": ""},
        {"city": "ATLANTA"},
    ],
)
def test_another_way_of_writing_and_silence_are_no_difference(changes: dict[str, str]) -> None:
    assert fields(stated(**changes)) == []


@pytest.mark.parametrize("field", ["phone", "zip", "city", "certificate_type", "state"])
def test_what_the_file_does_not_say_is_no_difference(field: str) -> None:
    assert fields(stated(), **{field: ""}) == []


def test_towns_of_saints_are_the_same_towns() -> None:
    assert fields(stated(city="St. Louis"), city="SAINT LOUIS") == []


def test_a_difference_tells_both_sides() -> None:
    found = differences(stated(phone="(404) 555-0199", name="Other"), a_record(additional_name="PATHOLOGY"))

    assert found == (
        Difference("name", "Other", "INVENTED LABORATORY, PATHOLOGY"),
        Difference("phone", "(404) 555-0199", "(404) 555-0123"),
    )


def test_a_form_is_filled_in_as_people_write() -> None:
    record = a_record("00D0000007", name="ALDER PATHOLOGY LLC", address_line1="1 N MAIN ST", address_line2="STE 4")

    assert prefilled(record) == {
        "clia_number": "00D0000007",
        "name": "Alder Pathology LLC",
        "certificate_type": "accreditation",
        "address_line1": "1 N Main St",
        "address_line2": "Ste 4",
        "city": "Atlanta",
        "state": "GA",
        "zip": "30303",
        "phone": "(404) 555-0123",
    }
    assert set(prefilled(record)) <= set(LabProfile.__dataclass_fields__)


def test_what_a_form_was_filled_in_with_does_not_differ_from_the_file() -> None:
    record = a_record(name="ST JOHN'S MEM HOSP DEPT OF PATHOLOGY", address_line1="1 MLK JR BLVD", city="FT MYERS")

    assert differences(LabProfile(**prefilled(record)), record) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("filed", "shown"),
    [
        ("MD ANDERSON CANCER CENTER", "MD Anderson Cancer Center"),
        ("UNIVERSITY OF TEXAS AT AUSTIN", "University of Texas at Austin"),
        ("THE ELM LAB OF THE SOUTH", "The Elm Lab of the South"),
        ("O'BRIEN PATHOLOGY, P.C.", "O'Brien Pathology, P.C."),
        ("CHILDREN'S HOSP & MED CTR", "Children's Hosp & Med Ctr"),
        ("MCDONALD & ASSOCIATES LLC", "McDonald & Associates LLC"),
        ("MACON", "Macon"),
        ("JOHN SMITH, M.D.", "John Smith, M.D."),
        ("42ND STREET DR NW", "42nd Street Dr NW"),
        ("PO BOX 42", "PO Box 42"),
        ("WINSTON-SALEM", "Winston-Salem"),
        ("HER2 GENOMICS INC.", "HER2 Genomics Inc."),
        ("CLÍNICA NIÑO", "Clínica Niño"),
        ("GMBH", "GMBH"),
        ("Mayo Clinic LAB", "Mayo Clinic LAB"),
        ("", ""),
    ],
)
def test_capitals_become_letters_as_people_write_them(filed: str, shown: str) -> None:
    assert readable(filed) == shown


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_only_the_size_of_letters_changes(text: str) -> None:
    assert readable(text).casefold() == text.casefold()


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    profile = LabProfile(name=one, address_line1=one, city=one, phone=one)

    assert {found.field for found in differences(profile, a_record(name=other, address_line1=other, city=other))} <= {
        "name", "address_line1", "city", "phone",
    }  # fmt: skip
