"""The numbers of the pages: each has a row with its source, and none stands in a text.

The files of ``seed_data`` named in FILES share these columns; one may have more, for its chart or table.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from config import ROOT

FOLDER = ROOT / "seed_data"
FILES = (
    "figures.csv",
    "her2_positivity.csv",
    "her2_by_ras.csv",
    "scoring_survey.csv",
    "scoring_rules.csv",
    "medicines.csv",
)

VERIFIED = frozenset({"V", "V2"})
"""Read in the source itself, or in a source that quotes it. What is only remembered is not published."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number or date of the pages.

    *value*, *low* and *high* (95 % interval) are numbers in *unit*: ``percent``, ``count``, ``months``, ``ratio``,
    ``copies``, ``cells``, ``score`` (of IHC), ``hours``, ``micrometers``, ``celsius``; a date (``unit`` ``date``)
    is in *value* as ISO text. Without a *value*, *low* and *high* are the lowest and the highest that were found.
    *n* is how many people or specimens were looked at, of which *population* tells more. *year* is that of the data
    where the source tells it, else of the publication. What is not known is empty. *more* holds the file's other
    columns.
    """

    slug: str
    value: str
    low: str
    high: str
    unit: str
    n: str
    population: str
    year: str
    reference: str
    status: str
    file: str
    more: dict[str, Any]


_COLUMNS = ("slug", "value", "low", "high", "unit", "n", "population", "year", "reference", "status")


def read(path: Path) -> Iterator[Figure]:
    """The rows of one file, in its order."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            common = {name: row.pop(name) for name in _COLUMNS}
            yield Figure(**common, file=path.name, more=row)


@lru_cache(maxsize=len(FILES))
def rows(file: str) -> tuple[Figure, ...]:
    """The rows of one of FILES, in its order."""
    return tuple(figure for figure in figures().values() if figure.file == file)


@lru_cache(maxsize=1)
def figures() -> dict[str, Figure]:
    """All figures by slug, read once; ``ValueError`` for a slug that stands twice."""
    found: dict[str, Figure] = {}
    for name in FILES:
        for figure in read(FOLDER / name):
            if figure.slug in found:
                raise ValueError(f"{name}: the slug {figure.slug} stands twice")
            found[figure.slug] = figure
    return found
