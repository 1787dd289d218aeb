"""Loading a quarter's CMS file in place of the one before, whole or not at all.

The rows are gathered in a temporary table of the connection, where nobody waits for them; then one short
transaction puts them in the place of the old. Whatever ends the program before that transaction's commit leaves
the old quarter as it was, and the database itself drops the temporary table.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Engine, MetaData, Table, delete, select
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, CreateTable

from registry.clia.layout import Notes, Refused, Row, rows
from registry.models import AuditEvent, Base, CliaQuarter, CliaRecord

COMMAND = "clia import"

REPORTED = 100
"""Refused lines of which number and reason are kept."""

LARGE = 1_000
"""Rows from which a file counts as a whole quarter's, and is guarded against being replaced by a broken one."""

Progress = Callable[[int, int], object]
"""Is told now and then how many lines were taken and how many bytes were read."""

_AT_ONCE = 5_000
_QUARTER = re.compile(
    r"(?<![0-9A-Z])(?:Q([1-4])[ ._-]?(20[0-9]{2})|(20[0-9]{2})[ ._-]?Q([1-4]))(?![0-9])", re.IGNORECASE
)
_NAME = "clia_incoming"
_RECORD = Base.metadata.tables[CliaRecord.__tablename__]


@dataclass(slots=True)
class Report:
    """What an import read and did; ``replaced`` is the quarter that stood there before."""

    quarter: str
    file_name: str
    loaded: int = 0
    refused: int = 0
    lines: list[Refused] = field(default_factory=list)
    by_status: Counter[str] = field(default_factory=Counter)
    by_certificate: Counter[str] = field(default_factory=Counter)
    notes: Notes = field(default_factory=Notes)
    replaced: str | None = None


class ImportRefused(Exception):
    """The file was read but not loaded; the message is a sentence for the operator, ``report`` what was read."""

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


def quarter_of(text: str) -> str | None:
    """The quarter that a file's name or a person gives, as ``2026-Q2``; None when there is none or more than one."""
    found = {f"{before or after}-Q{quarter or other}" for quarter, after, before, other in _QUARTER.findall(text)}
    return found.pop() if len(found) == 1 else None


def load(
    engine: Engine, path: Path, *, quarter: str, now: datetime, force: bool = False, progress: Progress | None = None
) -> Report:
    """Put the laboratories of the file at *path* in the place of those of the quarter before, in one commit.

    Bad lines are left out and reported. Raises ``LayoutError`` for what is no such file, and
    :class:`ImportRefused` for one that would lose what a whole quarter's file had, unless *force*; then, as after
    any other exception, the database is as it was.
    """
    report = Report(quarter, _safe(path.name))
    connection = engine.connect()
    try:
        with path.open("rb") as stream, connection.begin():
            incoming = _incoming(connection)
            taken = _taken(stream, report, progress)
            if connection.dialect.name == "postgresql":
                _copy(connection, incoming, taken)
            else:
                _insert(connection, incoming, taken)
        with connection.execution_options(sqlite_begin="IMMEDIATE").begin():
            _replace(connection, incoming, report, now=now, force=force)
    finally:
        # The temporary table goes with the connection, and half a COPY with it.
        connection.invalidate()
        connection.close()
    return report


def load_first(session: Session, path: Path, *, quarter: str, now: datetime) -> int:
    """Add a small file's laboratories in *session*'s transaction where no file was imported yet. Returns how many."""
    if session.get(CliaQuarter, 1) is not None:
        return 0
    report = Report(quarter, _safe(path.name))
    with path.open("rb") as stream:
        session.add_all(CliaRecord(**row._asdict()) for row in _taken(stream, report, None))
    session.add(_quarter(report, now))
    session.flush()
    return report.loaded


def _taken(stream: BinaryIO, report: Report, progress: Progress | None) -> Iterator[Row]:
    """The laboratories of the file; what becomes of each line is counted in *report*."""
    for found in rows(stream, report.notes):
        if isinstance(found, Refused):
            report.refused += 1
            if len(report.lines) < REPORTED:
                report.lines.append(found)
            continue
        report.loaded += 1
        report.by_status[found.program_status] += 1
        report.by_certificate[found.certificate_type] += 1
        if progress is not None and report.loaded % _AT_ONCE == 0:
            progress(report.loaded, report.notes.read)
        yield found


def _incoming(connection: Connection) -> Table:
    if connection.dialect.name == "postgresql":
        _without_timeout(connection)
        schema = "pg_temp"
    else:
        schema = "temp"
    incoming = _RECORD.to_metadata(MetaData(), schema=schema, name=_NAME)
    connection.execute(CreateTable(incoming))
    return incoming


def _copy(connection: Connection, incoming: Table, taken: Iterator[Row]) -> None:
    """Hand the rows to PostgreSQL's COPY."""
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(f"COPY {incoming} ({', '.join(Row._fields)}) FROM STDIN") as copy:
        for row in taken:
            copy.write_row(row)


def _insert(connection: Connection, incoming: Table, taken: Iterator[Row]) -> None:
    statement = f"INSERT INTO {incoming} ({', '.join(Row._fields)}) VALUES ({', '.join('?' for _ in Row._fields)})"
    first, last = Row._fields.index("certificate_effective"), Row._fields.index("expires_or_terminated")
    stored = (
        (*row[:first], _iso(row.certificate_effective), _iso(row.expires_or_terminated), *row[last + 1 :])
        for row in taken
    )
    while batch := list(islice(stored, _AT_ONCE)):
        connection.exec_driver_sql(statement, batch)
    # What SQLite copies by pages must have the same indexes; it sorts for them once, when the rows are there.
    for index in incoming.indexes:
        connection.execute(CreateIndex(index))


def _replace(connection: Connection, incoming: Table, report: Report, *, now: datetime, force: bool) -> None:
    """Put what was gathered in the place of what stands there. Readers go on with the old until the commit."""
    if connection.dialect.name == "postgresql":
        _without_timeout(connection)
        # One import after the other.
        connection.exec_driver_sql(f"LOCK TABLE {CliaQuarter.__tablename__} IN SHARE ROW EXCLUSIVE MODE")
    present = connection.execute(select(CliaQuarter.label, CliaQuarter.rows_loaded)).one_or_none()
    if problem := _problem(report, present.rows_loaded if present is not None else 0, force=force):
        raise ImportRefused(problem, report)
    report.replaced = present.label if present is not None else None
    connection.execute(delete(CliaRecord))
    # In this form, without a list of columns, SQLite copies pages and not rows.
    connection.exec_driver_sql(f"INSERT INTO {_RECORD} SELECT * FROM {incoming}")
    session = Session(connection)
    session.merge(_quarter(report, now))
    session.add(_event(report, now))
    session.flush()


def _problem(report: Report, present: int, *, force: bool) -> str | None:
    """Why the file must not replace the present one of so many rows; None when it may."""
    read = report.loaded + report.refused
    if not report.loaded:
        return f"No laboratory could be read: {read:,} lines, all refused." if read else "The file has no rows."
    if force:
        return None
    if read >= LARGE and report.loaded * 2 < read:
        return f"Only {report.loaded:,} of {read:,} lines could be read; to load them nevertheless, add --force."
    if present >= LARGE and report.loaded * 2 < present:
        return (
            f"The file has {report.loaded:,} laboratories where the present one has {present:,}; "
            "to load it nevertheless, add --force."
        )
    return None


def _quarter(report: Report, now: datetime) -> CliaQuarter:
    return CliaQuarter(
        id=1,
        label=report.quarter,
        file_name=report.file_name,
        rows_loaded=report.loaded,
        rows_refused=report.refused,
        loaded_at=now,
    )


def _event(report: Report, now: datetime) -> AuditEvent:
    return AuditEvent(
        at=now,
        actor_kind="system",
        actor=COMMAND,
        action="import",
        subject_type="clia_quarter",
        subject_id=1,
        before={"quarter": report.replaced or ""},
        after={"quarter": report.quarter, "loaded": report.loaded, "refused": report.refused},
        note=report.file_name,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _without_timeout(connection: Connection) -> None:
    # The limit is made for pages.
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def _safe(name: str) -> str:
    return name.encode("utf-8", "replace").decode()[:200]
