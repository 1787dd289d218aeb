"""Entries copied within the database: each under a number, a ZIP code and a mailbox of its own, and like none other.

A copy's columns by which it is found are moved to where others are; what it says of itself stays, so that it is found
in its ZIP code, compared, and not alike to what is there.
"""

from sqlalchemy import Table

_APART = 977

_MOVED = {
    "lab": {
        "slug": "a.slug || '-{copy}'",
        "clia_number": "substr(a.clia_number, 1, 3) || '{copy}' || substr(a.clia_number, 5)",
        "name_key": "'{copy}' || a.name_key",
        "phone_digits": "'{copy}' || substr(a.phone_digits, 2)",
        "zip": "b.zip",
        "lat": "b.lat",
        "lon": "b.lon",
    },
    "clia_record": {
        "clia_number": "substr(a.clia_number, 1, 3) || '{copy}' || substr(a.clia_number, 5)",
        "name_key": "'{copy}' || a.name_key",
    },
    "lab_contact": {"email": "'c{copy}' || a.email"},
    "submission": {
        "draft_key_hash": "'{copy}' || substr(a.draft_key_hash, 2)",
        "contact_email": "'c{copy}' || a.contact_email",
    },
}
_NUMBERS = frozenset({"lab_id", "submission_id", "revises_id", "subject_id"})
_NUMBERED_ANEW = frozenset({"audit_event", "lab_version"})


def copying(table: Table, *, first: int, copy: int) -> str:
    """The statement that adds the copy number *copy* (1 to 9) of the first *first* entries' rows of *table*."""
    moved = {name: how.format(copy=copy) for name, how in _MOVED.get(table.name, {}).items()}
    columns, values = [], []
    for column in table.c:
        if column.name == "id" and table.name in _NUMBERED_ANEW:
            continue
        shifted = column.name in _NUMBERS or column.name == "id"
        columns.append(f'"{column.name}"')
        values.append(moved.get(column.name) or f'a."{column.name}"' + (f" + {first * copy}" if shifted else ""))
    beside = f" JOIN lab b ON b.id = (a.id + {_APART * copy}) % {first} + 1" if table.name == "lab" else ""
    return (
        f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM {table.name} a{beside} WHERE {_own(table, first)}"
    )


def _own(table: Table, first: int) -> str:
    """Which rows are those of the entries that were written, and no copies."""
    key = {"lab_offering": "lab_id", "audit_event": "subject_id", "lab_version": "lab_id"}.get(table.name, "id")
    if table.name == "clia_record":
        return "substr(a.clia_number, 4, 1) = '0'"
    return f"a.{key} <= {first}"
