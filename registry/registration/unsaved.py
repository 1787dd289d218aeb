"""What a page sent by itself while somebody typed: beside the answers stands which tab sent them, and when.

It is kept where a draft keeps what is not in order, so it moves with its test; the marks begin with ``_``, which no
field does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

_TAB, _AT, _CHECKED = "_tab", "_at", "_checked"
_SHAPE = re.compile(r"([a-z0-9]{8,32})\.([0-9]{1,6})")

Typed = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Tab:
    """One page in one browser, as it names itself, and how often it has sent."""

    name: str
    number: int

    @classmethod
    def read(cls, told: str | None) -> Self | None:
        """From what a page wrote, ``name.number``; None when it wrote something else."""
        found = _SHAPE.fullmatch(told or "")
        return cls(found[1], int(found[2])) if found is not None else None

    def __str__(self) -> str:
        return f"{self.name}.{self.number}"


def marked(answers: Typed, *, tab: Tab, now: datetime, checked: bool) -> dict[str, list[str]]:
    """*answers* as *tab* sent them; *checked* says that a person pressed a button before and saw what was wrong."""
    marks = {_TAB: [str(tab)], _AT: [now.isoformat()]}
    return {**answers, **marks, **({_CHECKED: ["yes"]} if checked else {})}


def answers(typed: Typed) -> dict[str, list[str]]:
    """What was typed, without the marks."""
    return {name: list(values) for name, values in typed.items() if not name.startswith("_")}


def tab_of(typed: Typed) -> Tab | None:
    """The tab that sent *typed* by itself; None when a person pressed a button."""
    return Tab.read(next(iter(typed.get(_TAB, ())), None))


def since(typed: Typed) -> datetime | None:
    """When a tab sent *typed* by itself; None when a person pressed a button."""
    return datetime.fromisoformat(typed[_AT][0]) if _AT in typed else None


def was_checked(typed: Typed) -> bool:
    """Whether a person has pressed a button with these answers or ones before them, and so may be told of errors."""
    return _TAB not in typed or _CHECKED in typed
