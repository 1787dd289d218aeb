"""The audit as a file: CSV for spreadsheets, JSON Lines for programs that follow the chain themselves."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from registry.domain.spreadsheets import BYTE_ORDER_MARK, cell
from registry.models.audit import AuditEvent
from registry.moderation.audit_reading import AuditRow
from registry.moderation.audit_words import act_words

COLUMNS = (
    "position",
    "id",
    "at",
    "actor_kind",
    "actor",
    "act",
    "action",
    "subject_type",
    "subject_id",
    "subject",
    "origin",
    "note",
    "before",
    "after",
    "hash",
)
_JSON = ("before", "after")


def csv_lines(rows: Iterable[AuditRow]) -> Iterator[str]:
    """A header and one row an event, in UTF-8 with a mark by which spreadsheets know it.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; ``before`` and ``after`` are JSON.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    yield BYTE_ORDER_MARK + buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        told = _told(row)
        told |= {name: json.dumps(told[name], ensure_ascii=False) for name in _JSON if told[name] is not None}
        writer.writerow([cell(told[name]) for name in COLUMNS])
        yield buffer.getvalue()


def json_lines(rows: Iterable[AuditRow]) -> Iterator[str]:
    """One object a line: every column of the event as the chain holds it, its place and hash, and the act in words."""
    for row in rows:
        yield json.dumps(_told(row), ensure_ascii=False, separators=(",", ":")) + "\n"


def _told(row: AuditRow) -> dict[str, Any]:
    event = row.event
    columns = {column.key: getattr(event, column.key) for column in AuditEvent.__table__.columns}
    return columns | {
        "at": event.at.isoformat(timespec="microseconds"),
        "act": act_words(event),
        "subject": row.slug or row.name,
        "position": row.position,
        "hash": row.hash,
    }
