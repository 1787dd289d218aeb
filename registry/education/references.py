"""The references: one numbered list for all pages, as in a paper.

``seed_data/references.csv`` holds one a row, in the order in which the pages first cite them; its number is its place.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from config import ROOT
from registry.domain.vocabulary import N_

FILE = ROOT / "seed_data" / "references.csv"

KINDS = {
    "paper": N_("Paper"),
    "regulator": N_("Regulator"),
    "statute": N_("Statute or regulation"),
    "standard": N_("Guideline or standard"),
    "laboratory": N_("Laboratory"),
    "maker": N_("Manufacturer"),
    "agency": N_("Public agency"),
    "news": N_("News"),
}
"""What a source is, and what it is called."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One source. *year* and the date it was read, *accessed*, are text as in the file; either may be empty."""

    number: int
    key: str
    authors: str
    title: str
    published_in: str
    year: str
    doi: str
    url: str
    accessed: str
    kind: str
    """One of KINDS."""
    language: str
    """``es`` for a source in Spanish, empty for one in English."""

    @property
    def address(self) -> str:
        """Where the source is read: its DOI when it has one."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def place_and_year(self) -> str:
        """Where and when it was published, as far as that is known."""
        return ", ".join(part for part in (self.published_in, self.year) if part)

    @property
    def in_words(self) -> str:
        """The source on one line, as a list of references gives it."""
        parts = (part for part in (self.authors, self.title, self.place_and_year) if part)
        return " ".join(part if part.endswith((".", "?")) else f"{part}." for part in parts)


def read(file: Path = FILE) -> dict[str, Reference]:
    """The references by key; ``ValueError`` for a key that stands twice."""
    found: dict[str, Reference] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, restval=""), 1):
            if row["key"] in found:
                raise ValueError(f"{file.name}: the key {row['key']} stands twice")
            found[row["key"]] = Reference(number=number, **row)
    return found


@lru_cache(maxsize=1)
def references() -> dict[str, Reference]:
    """The references of the pages, read once."""
    return read()
