"""The file format of the packed places: named columns of numbers and of text, compressed as one gzip stream.

After the magic line comes one line of JSON that lists the columns in order as `[name, kind, bytes per number,
count, length in bytes]`, then their bytes. A column of numbers is stored as the differences between
neighbours ("delta") or as it is ("plain"), always as byte planes, least significant first; a column of text
is UTF-8 with a line feed between items. Nothing in the file depends on the time or the machine.
"""

import gzip
import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

MAGIC = b"PLACES 1\n"
_WIDTHS = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Packed:
    """Columns read back: numbers as arrays of 32-bit signed integers, text as lists."""

    numbers: Mapping[str, "array[int]"]
    texts: Mapping[str, list[str]]


def write_packed(path: Path, *, numbers: Mapping[str, Sequence[int]], texts: Mapping[str, Sequence[str]]) -> None:
    """Write the columns, the same ones as the same bytes. Raises ValueError for a line feed in a text."""
    header: list[list[str | int]] = []
    body: list[bytes] = []
    for name, values in numbers.items():
        kind, width, encoded = _encoded(np.asarray(values, dtype=np.int64))
        header.append([name, kind, width, len(values), len(encoded)])
        body.append(encoded)
    for name, items in texts.items():
        if any("\n" in item for item in items):
            raise ValueError(f"column {name!r} holds a line feed")
        encoded = "\n".join(items).encode()
        header.append([name, "text", 0, len(items), len(encoded)])
        body.append(encoded)
    stream = MAGIC + json.dumps(header, separators=(",", ":")).encode() + b"\n" + b"".join(body)
    path.write_bytes(gzip.compress(stream, compresslevel=9, mtime=0))


def read_packed(path: Path) -> Packed:
    """Read what `write_packed` wrote. Raises ValueError when the file is not of this format."""
    stream = gzip.decompress(path.read_bytes())
    if not stream.startswith(MAGIC):
        raise ValueError(f"{path.name} is not a file of packed places")
    end = stream.index(b"\n", len(MAGIC))
    start = end + 1
    numbers: dict[str, array[int]] = {}
    texts: dict[str, list[str]] = {}
    for name, kind, width, count, length in json.loads(stream[len(MAGIC) : end]):
        part = stream[start : start + length]
        start += length
        if kind == "text":
            texts[name] = part.decode().split("\n") if count else []
        else:
            numbers[name] = _decoded(part, kind, width, count)
    return Packed(numbers, texts)


def _encoded(values: npt.NDArray[np.int64]) -> tuple[str, int, bytes]:
    best: tuple[str, int, bytes] | None = None
    for kind, coded in (("plain", values), ("delta", np.diff(values, prepend=0))):
        zigzag = np.where(coded < 0, -2 * coded - 1, 2 * coded)
        width = next(w for w in _WIDTHS if int(zigzag.max(initial=0)) < 256**w)
        planes = zigzag.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T.tobytes()
        if best is None or len(gzip.compress(planes, mtime=0)) < len(gzip.compress(best[2], mtime=0)):
            best = kind, width, planes
    assert best is not None
    return best


def _decoded(part: bytes, kind: str, width: int, count: int) -> "array[int]":
    planes = np.frombuffer(part, dtype=np.uint8).reshape(width, count)
    zigzag = np.ascontiguousarray(planes.T).view(f"<u{width}").reshape(count).astype(np.int64)
    values = (zigzag >> 1) ^ -(zigzag & 1)
    if kind == "delta":
        values = np.cumsum(values)
    column = array("i")
    column.frombytes(values.astype(np.intc).tobytes())
    return column
