"""Asking the imported file: one number, the quarter, and laboratories that a stranger may mean."""

import pytest
from sqlalchemy.orm import Session

from registry.clia.queries import candidates, quarter, record, records
from tests.support.cms import a_record, file_away


@pytest.fixture
def filed(session: Session) -> Session:
    """A session on a file of a few laboratories."""
    file_away(
        session,
        a_record("00D0000001", name="ALDER PATHOLOGY LLC", zip="30303"),
        a_record("00D0000002", name="ALDER CLINIC", zip="30303", program_status="terminated"),
        a_record("00D0000003", name="ALDER HOSPITAL", zip="98101", state="WA", city="SEATTLE"),
        a_record("00D0000004", name="ÁLDER GENOMICS", zip="10001", state="NY", city="NEW YORK"),
        a_record("00D0000005", name="BIRCH LAB", zip="30303"),
        a_record("00D0000006", name="100% PURE_LAB", zip="73301"),
    )
    return session


def found(session: Session, **asked: str) -> list[str]:
    rows = candidates(session, **{"name": "", "zip": "", "state": "", **asked}, limit=10)
    return [row.clia_number[-1] for row in rows]


def test_a_number_that_stands_in_the_file_is_found(filed: Session) -> None:
    found = record(filed, "00D0000003")

    assert found is not None
    assert (found.name, found.active) == ("ALDER HOSPITAL", True)
    assert set(records(filed, {"00D0000001", "00D0000009", ""})) == {"00D0000001"}


@pytest.mark.parametrize("number", ["", "00D0000009", "00d0000001", "x" * 1000])
def test_any_other_is_not(number: str, filed: Session) -> None:
    assert record(filed, number) is None


def test_before_the_first_import_nothing_is_known(session: Session) -> None:
    assert quarter(session) is None
    assert record(session, "00D0000001") is None
    assert records(session, ["00D0000001"]) == {}


def test_the_quarter_is_that_of_the_file(filed: Session) -> None:
    known = quarter(filed)

    assert known is not None
    assert (known.label, known.rows_loaded) == ("2026-Q2", 6)


def test_laboratories_are_found_by_the_beginning_of_their_name_active_ones_first(filed: Session) -> None:
    assert found(filed, name="alder") == ["4", "3", "1", "2"]
    assert found(filed, name=" Álder p") == ["1"]


def test_the_state_narrows_the_names_and_the_zip_comes_first(filed: Session) -> None:
    assert found(filed, name="ALDER", state="wa") == ["3"]
    assert found(filed, name="ALDER", zip="30303-1234") == ["1", "2", "4", "3", "5"]


def test_a_zip_alone_finds_its_laboratories(filed: Session) -> None:
    assert found(filed, zip="30303") == ["1", "5", "2"]


@pytest.mark.parametrize("name", ["", "  ", "al", "%", "_lder", "100_", "zzz", "a'; --"])
def test_a_name_of_no_use_finds_nothing(name: str, filed: Session) -> None:
    assert found(filed, name=name) == []


def test_signs_of_patterns_are_letters(filed: Session) -> None:
    assert found(filed, name="100%") == ["6"]


def test_there_are_never_more_than_asked_for(filed: Session) -> None:
    rows = candidates(filed, name="alder", zip="30303", state="", limit=3)

    assert [row.clia_number[-1] for row in rows] == ["1", "2", "4"]
