"""The lines of a CSV that may be anything: bounded in number and length, and a bad one costs no other."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_BYTES = 1 << 30
MAX_LINE = 64 << 10
"""Bytes; a line of the CMS file has some 500."""

_MAX_JOINED = 4  # lines that one quoted cell may span
_SKIP = 1 << 20


class LayoutError(ValueError):
    """The file as a whole cannot be read; the message is a sentence for the operator."""


@dataclass(slots=True)
class Tally:
    """How far the reading is: ``read`` bytes so far; ``recoded`` lines were not UTF-8.

    Those were read as Windows-1252, which has the letters of Latin-1.
    """

    read: int = 0
    recoded: int = 0


class Lines:
    """The file's lines as text, bounded in length, and the records that they make."""

    def __init__(self, stream: BinaryIO, tally: Tally) -> None:
        self._stream = stream
        self._tally = tally
        self._number = 0
        self.beginning = b""
        self._waiting: list[tuple[int, str | None]] = []

    def next(self) -> tuple[int, str | None] | None:
        """Number and text of the next line, its end as ``\\n``; no text where it is too long, None at the end."""
        if self._waiting:
            return self._waiting.pop(0)
        raw = self._stream.readline(MAX_LINE)
        if not raw:
            return None
        self._number += 1
        self.beginning = self.beginning or raw[:4]
        self._count(raw)
        if len(raw) == MAX_LINE and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):
                raw = self._stream.readline(_SKIP)
                self._count(raw)
            return self._number, None
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            self._tally.recoded += 1
            text = raw.decode("cp1252", "replace")
        return self._number, text.rstrip("\r\n") + "\n"

    def records(self, width: int) -> Iterator[tuple[int, list[str] | str]]:
        """Number and cells of each record of *width* cells, or why it is none; blank lines are passed over."""
        while (line := self.next()) is not None:
            number, text = line
            if text is None:
                yield number, f"the line is longer than {MAX_LINE:,} bytes"
            elif "\0" in text:
                yield number, "the line holds a NUL byte"
            elif not text.isspace():
                yield number, self._cells(text, width)

    def _cells(self, text: str, width: int) -> list[str] | str:
        try:
            cells = split(text)
            if _is_open(cells):
                cells = self._joined(text, width)
        except csv.Error as error:
            return f"the line is no CSV: {error}"
        if _is_open(cells):
            return "a quotation mark is never closed"
        if len(cells) > width and not any(cells[width:]):
            del cells[width:]
        return cells if len(cells) == width else f"the line has {len(cells)} cells where the header has {width}"

    def _joined(self, text: str, width: int) -> list[str]:
        """The cells of *text* and what follows it, where a quoted cell goes on there; else nothing is used up."""
        used: list[tuple[int, str | None]] = []
        while len(used) < _MAX_JOINED - 1 and (line := self.next()) is not None:
            used.append(line)
            if line[1] is None:
                break
            text += line[1]
            cells = split(text)
            if not _is_open(cells):
                if len(cells) == width:
                    return cells
                break
        self._waiting[:0] = used
        return ["\n"]

    def _count(self, raw: bytes) -> None:
        self._tally.read += len(raw)
        if self._tally.read > MAX_BYTES:
            raise LayoutError(f"The file is larger than {MAX_BYTES >> 20:,} MB; it is not this file.")


def split(text: str) -> list[str]:
    """The cells of one record, whose lines end with ``\\n``. Raises ``csv.Error``."""
    if '"' not in text and "\r" not in text:
        # Nearly every line; this is what the reader would do, in half the time.
        return text.removesuffix("\n").split(",")
    return next(csv.reader(io.StringIO(text)))


def _is_open(cells: list[str]) -> bool:
    # The end of a line belongs to a cell only within quotation marks.
    return bool(cells) and cells[-1].endswith("\n")
