"""The invented CMS file: records of what is listed, and of laboratories that a visitor may register."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT
from registry.clia.comparing import differences, prefilled
from registry.clia.importing import quarter_of
from registry.clia.layout import Notes, Row, rows
from registry.demonstration import CLIA_FILE, CLIA_QUARTER
from registry.domain.text import unwelcome_character
from registry.models import CliaRecord
from registry.places.gazetteer import gazetteer
from seed_data.demo_clia import FIRST_NUMBER, UNLISTED
from tests.demonstration.test_demo_data import PROFILES

UNLISTED_NUMBERS = [f"00D{FIRST_NUMBER + place:07}" for place in range(len(UNLISTED))]


@pytest.fixture(scope="module")
def filed() -> dict[str, Row]:
    """The file's laboratories by number."""

    def read(path: Path) -> Iterator[Row]:
        with path.open("rb") as stream:
            for found in rows(stream, Notes()):
                assert isinstance(found, Row), found
                yield found

    return {row.clia_number: row for row in read(CLIA_FILE)}


def test_the_file_holds_every_listed_laboratory_that_has_a_number(filed: dict[str, Row]) -> None:
    listed = {profile.clia_number for profile in PROFILES} - {""}

    assert listed < set(filed)
    assert set(UNLISTED_NUMBERS) <= set(filed) - listed


def test_its_name_tells_its_quarter() -> None:
    assert quarter_of(CLIA_FILE.name) == CLIA_QUARTER


def test_most_listings_are_as_in_the_file_and_a_few_are_not(filed: dict[str, Row]) -> None:
    found = Counter(
        one.field
        for profile in PROFILES
        if profile.clia_number
        for one in differences(profile, CliaRecord(**filed[profile.clia_number]._asdict()))
    )

    assert set(found) == {"phone"}
    assert 5 <= found["phone"] <= 20
    assert (
        2
        <= sum(filed[profile.clia_number].program_status != "active" for profile in PROFILES if profile.clia_number)
        <= 5
    )


def test_laboratories_to_try_are_of_every_kind(filed: dict[str, Row]) -> None:
    unlisted = [filed[number] for number in UNLISTED_NUMBERS]

    kinds = Counter((row.certificate_type, row.program_status) for row in unlisted)
    assert set(kinds) >= {
        ("accreditation", "active"),
        ("compliance", "active"),
        ("registration", "active"),
        ("waiver", "active"),
        ("ppm", "active"),
        ("accreditation", "terminated"),
        ("accreditation", "closed"),
        ("", "active"),
    }
    assert {row.state for row in unlisted} >= {"NY", "WA"}


def test_what_a_form_is_filled_in_with_can_be_sent(filed: dict[str, Row]) -> None:
    for number in UNLISTED_NUMBERS:
        filled = prefilled(CliaRecord(**filed[number]._asdict()))
        assert gazetteer().zip_agrees(filled["zip"], filled["city"], filled["state"]), number
        assert "555-01" in filled["phone"]
        assert not filled["name"].isupper()
        assert unwelcome_character("".join(filled.values())) is None


def test_the_numbers_that_visitors_are_told_are_in_the_file() -> None:
    told = set(re.findall(r"00D[0-9]{7}", (ROOT / "README.md").read_text("utf-8")))

    assert told
    assert told <= set(UNLISTED_NUMBERS)
