"""Where a page ended: by the last laboratories on it, so that the next page begins there whatever has changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

_TEXT = re.compile(r"(?:d([0-9]{1,11})((?:\.[0-9]{1,18}){1,3})|n((?:\.[0-9]{1,18}-[0-9a-f]{1,8}){1,3}))", re.ASCII)
REMEMBERED = 3
"""How many laboratories a cursor names, because some of them may be gone when the next page is asked for."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The ids of the last laboratories shown, the last first.

    Where distance is the order: that of the last, in millimetres. Elsewhere: of each laboratory the mark (32 bits) of
    what it stood by, so that one that has changed since is not taken for where the page ended.
    """

    lab_ids: tuple[int, ...]
    distance_mm: int | None = None
    marks: tuple[int, ...] = ()

    @classmethod
    def behind(cls, lab_ids: Sequence[int], distance_m: float) -> Self:
        """Behind the last of a page's laboratories, at that distance."""
        return cls(tuple(reversed(lab_ids[-REMEMBERED:])), round(distance_m * 1000))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """From what :meth:`text` wrote; None for anything else."""
        match = _TEXT.fullmatch(text)
        if match is None:
            return None
        if match[1] is not None:
            return cls(tuple(int(part) for part in match[2][1:].split(".")), int(match[1]))
        pairs = [part.split("-") for part in match[3][1:].split(".")]
        return cls(tuple(int(lab_id) for lab_id, _ in pairs), None, tuple(int(mark, 16) for _, mark in pairs))

    @property
    def text(self) -> str:
        """As an address holds it."""
        if self.distance_mm is not None:
            return ".".join((f"d{self.distance_mm}", *map(str, self.lab_ids)))
        return ".".join(("n", *(f"{lab_id}-{mark:x}" for lab_id, mark in zip(self.lab_ids, self.marks, strict=True))))
