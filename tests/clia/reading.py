"""A file of the CMS layout read from memory."""

import io

from registry.clia.layout import Notes, Refused, Row, rows
from tests.support.cms import a_file, a_line


def read(content: bytes) -> tuple[list[Row], list[Refused], Notes]:
    """What is taken of a file with this content, what is refused, and what was done to it."""
    notes = Notes()
    found = list(rows(io.BytesIO(content), notes))
    return (
        [row for row in found if isinstance(row, Row)],
        [row for row in found if isinstance(row, Refused)],
        notes,
    )


def one(**cells: str) -> Row:
    """The laboratory of a file whose only line has *cells*."""
    taken, refused, _ = read(a_file([a_line(**cells)]))
    assert refused == []
    return taken[0]


def reason(**cells: str) -> str:
    """Why the only line of a file, which has *cells*, is refused."""
    taken, refused, _ = read(a_file([a_line(**cells)]))
    assert taken == []
    assert refused[0].line == 2
    return refused[0].reason


def emptied(**cells: str) -> dict[str, int]:
    """How many values were left out, by column, of a file whose only line has *cells*."""
    return dict(read(a_file([a_line(**cells)]))[2].emptied)
