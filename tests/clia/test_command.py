"""``clia import``: what it prints, and how it ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from registry.clia import commands, importing
from tests.support.cms import a_file, a_line, write_file

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """``run(file, "--force")`` is what the command answers."""
    return lambda *arguments: app.test_cli_runner().invoke(args=["clia", "import", *map(str, arguments)])


def test_a_loaded_file_is_told_by_status_certificate_and_refused_lines(run: Run, tmp_path: Path) -> None:
    lines = [
        a_line(1),
        a_line(2, CRTFCT_TYPE_CD="2", PGM_TRMNTN_CD="08", ZIP_CD="2134"),
        a_line(3, CRTFCT_TYPE_CD="", FAC_NAME="@"),
        *(a_line(number, FAC_NAME="") for number in range(4, 26)),
    ]
    file = tmp_path / "Clia_DATA.Q2_2026.csv"
    columns = [name.lower() for name in lines[0] if name != "FAX_PHNE_NUM"]
    file.write_bytes(a_file(lines, columns=columns).replace(b"@", "Á".encode("latin-1")))

    result = run(file)

    assert result.exit_code == 0, result.output
    assert "Loaded 3 laboratories of 2026-Q2, in " in result.output
    assert "By status: 2 active, 1 terminated." in result.output
    assert "By certificate: 1 accreditation, 1 waiver, 1 unknown." in result.output
    assert "Refused 22 lines:\n  line 5: FAC_NAME is empty\n  line 6: " in result.output
    assert "  line 24: FAC_NAME is empty\n  and 2 more\n" in result.output
    assert "Columns that the file lacks, left empty: FAX_PHNE_NUM, " in result.output
    assert "Values that made no sense, left empty: 1 ZIP_CD." in result.output
    assert "Lines that are not UTF-8, read as Windows-1252 (Latin-1): 1." in result.output


def test_the_quarter_before_is_told_and_an_older_one_is_pointed_at(run: Run, tmp_path: Path) -> None:
    run(write_file(tmp_path / "Clia_DATA.Q2_2026.csv", [1]))

    result = run(write_file(tmp_path / "clia.DATA.Q1_2026.csv", [2]))

    assert result.exit_code == 0
    assert "Loaded 1 laboratories of 2026-Q1 in place of 2026-Q2" in result.output
    assert "Mind that 2026-Q1 is older than 2026-Q2." in result.output


def test_progress_is_told_on_the_way(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", 2)
    monkeypatch.setattr(commands, "_EVERY_ROWS", 4)

    result = run(write_file(tmp_path / "Clia_DATA.Q2_2026.csv", range(8)))

    assert "4 laboratories read (" in result.stderr
    assert "8 laboratories read (100%)" in result.stderr


@pytest.mark.parametrize("options", [(), ("--quarter", "spring")])
def test_a_file_whose_quarter_nobody_tells_is_refused(options: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    result = run(write_file(tmp_path / "clia.csv", [1]), *options)

    assert result.exit_code == 1
    assert "--quarter 2026-Q2" in result.output


def test_the_quarter_may_be_given(run: Run, tmp_path: Path) -> None:
    result = run(write_file(tmp_path / "clia.csv", [1]), "--quarter", "2026-Q2")

    assert (result.exit_code, "of 2026-Q2" in result.output) == (0, True)


def test_a_file_of_another_layout_is_refused_by_what_it_lacks(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "Clia_DATA.Q2_2026.csv"
    file.write_text("PRVDR_NUM,FAC_NAME\n00D0000001,A LAB\n")

    result = run(file)

    assert result.exit_code == 1
    assert "The header lacks ST_ADR, CITY_NAME, STATE_CD, ZIP_CD" in result.output
    assert "Nothing was changed." in result.output


def test_a_file_of_bad_lines_is_refused_with_the_first_of_them(run: Run, tmp_path: Path) -> None:
    result = run(write_file(tmp_path / "Clia_DATA.Q2_2026.csv", range(30), FAC_NAME=""))

    assert result.exit_code == 1
    assert "  line 21: FAC_NAME is empty\n  and 10 more\n" in result.output
    assert "No laboratory could be read: 30 lines, all refused. Nothing was changed." in result.output


def test_a_file_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path / "Clia_DATA.Q2_2026.csv")

    assert result.exit_code == 2
    assert "does not exist" in result.output


def test_a_database_that_is_not_migrated_is_told(run: Run, app: Flask, tmp_path: Path) -> None:
    app.test_cli_runner().invoke(args=["db", "downgrade", "0004"])

    result = run(write_file(tmp_path / "Clia_DATA.Q2_2026.csv", [1]))

    assert result.exit_code == 1
    assert "The database did not take the file: " in result.output
    assert "clia_quarter" in result.output


def test_who_stops_the_command_is_told_that_nothing_changed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "load", interrupted)

    result = run(write_file(tmp_path / "Clia_DATA.Q2_2026.csv", [1]))

    assert result.exit_code == 1
    assert "Stopped. Nothing was changed." in result.output
