"""A quarter's file takes the place of the one before, whole or not at all, on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from registry.clia import importing
from registry.clia.importing import ImportRefused, Report, load_first, quarter_of
from registry.clia.layout import Notes, Row, rows
from registry.clia.lines import LayoutError
from registry.extensions import db
from registry.models import AuditEvent, CliaQuarter, CliaRecord
from tests.clia.conftest import NOW
from tests.support.cms import a_file, a_line, write_file

Load = Callable[..., Report]
Numbers = Callable[[], list[str]]


def named(*numbers: int) -> list[str]:
    return [f"00D{number:07}" for number in numbers]


def test_each_field_of_a_laboratory_arrives_where_it_belongs(load_file: Load, session: Session, tmp_path: Path) -> None:
    lines = [
        a_line(1, FAC_NAME="CLÍNICA NIÑO", ADDTNL_FAC_NAME="PATHOLOGY", COLA_ACRDTD_Y_MATCH_SW="Y"),
        a_line(2, CAP_ACRDTD_Y_MATCH_SW="", TRMNTN_EXPRTN_DT="", PGM_TRMNTN_CD="08", ZIP_CD="", FAC_NAME="A\\B\tC"),
        a_line(3, CAP_ACRDTD_Y_MATCH_SW="N", CRTFCT_TYPE_CD="", FAC_NAME="\\N"),
    ]
    file = tmp_path / "Clia_DATA.Q2_2026.csv"
    file.write_bytes(a_file(lines))

    load_file(file)

    stored = session.scalars(sa.select(CliaRecord).order_by(CliaRecord.clia_number)).all()
    with file.open("rb") as stream:
        wanted = list(rows(stream, Notes()))
    assert [Row(**{name: getattr(record, name) for name in Row._fields}) for record in stored] == wanted


def test_an_import_says_what_it_did(load_file: Load, session: Session, tmp_path: Path) -> None:
    lines = [a_line(1), a_line(2, PGM_TRMNTN_CD="01"), a_line(3, CRTFCT_TYPE_CD="2"), a_line(4, FAC_NAME=""), a_line(1)]
    file = tmp_path / "Clia_DATA.Q2_2026.csv"
    file.write_bytes(a_file(lines))

    report = load_file(file)

    assert (report.loaded, report.refused, report.replaced) == (3, 2, None)
    assert [line.line for line in report.lines] == [5, 6]
    assert dict(report.by_status) == {"active": 2, "closed": 1}
    assert dict(report.by_certificate) == {"accreditation": 2, "waiver": 1}
    quarter = session.get_one(CliaQuarter, 1)
    assert (quarter.label, quarter.file_name) == ("2026-Q2", "Clia_DATA.Q2_2026.csv")
    assert (quarter.rows_loaded, quarter.rows_refused, quarter.loaded_at) == (3, 2, NOW)
    event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.actor, event.action, event.after) == (
        "clia import",
        "import",
        {"quarter": "2026-Q2", "loaded": 3, "refused": 2},
    )


def test_a_second_quarter_takes_the_place_of_the_first(
    load_file: Load, numbers: Numbers, session: Session, tmp_path: Path
) -> None:
    load_file(write_file(tmp_path / "a.csv", range(1, 6)), quarter="2026-Q1")
    report = load_file(write_file(tmp_path / "b.csv", range(4, 9), FAC_NAME="RENAMED"), quarter="2026-Q2")

    assert report.replaced == "2026-Q1"
    assert numbers() == named(4, 5, 6, 7, 8)
    assert set(session.scalars(sa.select(CliaRecord.name))) == {"RENAMED"}
    assert session.get_one(CliaQuarter, 1).label == "2026-Q2"


def test_the_same_file_may_be_loaded_again(load_file: Load, numbers: Numbers, tmp_path: Path) -> None:
    file = write_file(tmp_path / "a.csv", range(1, 4))

    load_file(file)
    load_file(file)

    assert numbers() == named(1, 2, 3)


def test_readers_see_the_old_quarter_until_the_new_is_whole(
    load_file: Load, numbers: Numbers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_file(write_file(tmp_path / "a.csv", range(1, 4)))
    monkeypatch.setattr(importing, "_AT_ONCE", 2)
    seen = []

    load_file(
        write_file(tmp_path / "b.csv", range(11, 21)), progress=lambda taken, read: seen.append((taken, numbers()))
    )

    assert seen == [(taken, named(1, 2, 3)) for taken in (2, 4, 6, 8, 10)]
    assert numbers() == named(*range(11, 21))


def test_others_may_write_while_a_file_is_read(
    load_file: Load, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", 2)

    def write(taken: int, read: int) -> None:
        session.add(
            AuditEvent(at=NOW, actor_kind="system", actor="test", action="a", subject_type="a", subject_id=taken)
        )
        session.commit()

    load_file(write_file(tmp_path / "b.csv", range(1, 7)), progress=write)

    assert session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 3 + 1


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError])
def test_who_stops_an_import_has_changed_nothing(
    stop: type[BaseException],
    load_file: Load,
    numbers: Numbers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_file(write_file(tmp_path / "a.csv", range(1, 4)), quarter="2026-Q1")
    file = write_file(tmp_path / "b.csv", range(11, 31))
    monkeypatch.setattr(importing, "_AT_ONCE", 5)

    def interrupt(taken: int, read: int) -> None:
        if taken >= 10:
            raise stop

    with pytest.raises(stop):
        load_file(file, progress=interrupt)

    assert numbers() == named(1, 2, 3)
    assert load_file(file).replaced == "2026-Q1"


def test_a_failure_at_the_last_step_leaves_the_old_quarter(
    load_file: Load, numbers: Numbers, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_file(write_file(tmp_path / "a.csv", range(1, 4)), quarter="2026-Q1")
    monkeypatch.setattr(importing, "_event", lambda report, now: (_ for _ in ()).throw(OSError("no space")))

    with pytest.raises(OSError, match="no space"):
        load_file(write_file(tmp_path / "b.csv", range(11, 14)))

    assert numbers() == named(1, 2, 3)
    assert session.get_one(CliaQuarter, 1).label == "2026-Q1"


def test_what_is_no_such_file_changes_nothing(load_file: Load, numbers: Numbers, tmp_path: Path) -> None:
    load_file(write_file(tmp_path / "a.csv", range(1, 4)))
    other = tmp_path / "b.csv"
    other.write_text("name,street\nA,B\n")

    with pytest.raises(LayoutError):
        load_file(other)

    assert numbers() == named(1, 2, 3)


@pytest.mark.parametrize("force", [False, True])
def test_a_file_without_a_laboratory_is_refused_in_any_case(
    force: bool, load_file: Load, numbers: Numbers, tmp_path: Path
) -> None:
    load_file(write_file(tmp_path / "a.csv", range(1, 4)))

    with pytest.raises(ImportRefused, match="The file has no rows"):
        load_file(write_file(tmp_path / "b.csv", []), force=force)
    with pytest.raises(ImportRefused, match="2 lines, all refused"):
        load_file(write_file(tmp_path / "c.csv", [1, 2], FAC_NAME=""), force=force)

    assert numbers() == named(1, 2, 3)


def test_a_file_of_which_most_is_bad_must_be_forced(
    load_file: Load, numbers: Numbers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LARGE", 10)
    file = tmp_path / "b.csv"
    file.write_bytes(a_file(a_line(number, FAC_NAME="" if number > 4 else "A LAB") for number in range(1, 11)))

    with pytest.raises(ImportRefused, match="Only 4 of 10 lines could be read") as refused:
        load_file(file)
    assert refused.value.report.lines[0].reason == "FAC_NAME is empty"
    assert numbers() == []

    load_file(file, force=True)
    assert numbers() == named(1, 2, 3, 4)


def test_a_file_far_smaller_than_the_quarter_before_must_be_forced(
    load_file: Load, numbers: Numbers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LARGE", 10)
    load_file(write_file(tmp_path / "a.csv", range(1, 13)))
    file = write_file(tmp_path / "b.csv", range(1, 6))

    with pytest.raises(ImportRefused, match="has 5 laboratories where the present one has 12"):
        load_file(file)
    assert len(numbers()) == 12

    load_file(file, force=True)
    assert len(numbers()) == 5


def test_a_small_file_such_as_that_of_the_demonstration_may_be_replaced_by_any(
    load_file: Load, numbers: Numbers, tmp_path: Path
) -> None:
    load_file(write_file(tmp_path / "a.csv", range(1, 13)))

    load_file(write_file(tmp_path / "b.csv", [1]))

    assert numbers() == named(1)


def test_refused_lines_are_counted_beyond_those_that_are_told(
    load_file: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "REPORTED", 3)
    file = tmp_path / "b.csv"
    file.write_bytes(a_file([a_line(0), *(a_line(number, FAC_NAME="") for number in range(1, 9))]))

    report = load_file(file)

    assert (report.refused, [line.line for line in report.lines]) == (8, [3, 4, 5])


def test_the_first_file_of_a_demonstration_does_not_take_the_place_of_a_real_one(
    load_file: Load, numbers: Numbers, app: Flask, tmp_path: Path
) -> None:
    demonstration = write_file(tmp_path / "demo.csv", [7, 8])

    def first() -> int:
        with app.app_context():
            count = load_first(db.session, demonstration, quarter="2026-Q3", now=NOW)
            db.session.commit()
        return count

    assert first() == 2
    assert first() == 0
    load_file(write_file(tmp_path / "a.csv", range(1, 4)))
    assert first() == 0
    assert numbers() == named(1, 2, 3)


@pytest.mark.parametrize(
    ("name", "quarter"),
    [
        ("Clia_DATA.Q2_2026.csv", "2026-Q2"),
        ("clia.DATA.Q1_2026.csv", "2026-Q1"),
        ("CLIA_data_q4-2027 (1).CSV", "2027-Q4"),
        ("clia 2026 Q3.csv", "2026-Q3"),
        ("2026-Q2", "2026-Q2"),
        ("Q2 2026", "2026-Q2"),
        ("clia.csv", None),
        ("Clia_DATA.Q5_2026.csv", None),
        ("Clia_DATA.Q2_20261.csv", None),
        ("Clia_Q1_2026_and_Q2_2026.csv", None),
        ("", None),
    ],
)
def test_the_quarter_is_read_from_a_name(name: str, quarter: str | None) -> None:
    assert quarter_of(name) == quarter
