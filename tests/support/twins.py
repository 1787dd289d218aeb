"""Two entries that may be one laboratory: as labelled pairs, and as the row of a pair."""

import csv
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from registry.domain.matching import Site, compare
from registry.models import DuplicatePair, Lab
from registry.moderation.duplicates import parts_of

LABELLED = Path(__file__).parents[1] / "duplicates" / "pairs.tsv"

_FIELDS = ("name", "address", "address2", "city", "state", "zip", "phone", "web", "clia", "npi", "cap")


class Labelled(NamedTuple):
    """Two sites, whether a moderator would keep one entry for both, and what makes the pair worth a test.

    ``line`` is where the pair stands in the file.
    """

    line: int
    first: Site
    second: Site
    same: bool
    sort: str


@lru_cache(maxsize=1)
def labelled() -> tuple[Labelled, ...]:
    """The labelled pairs, in the order of the file."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(
        Labelled(line, _site(row, 1), _site(row, 2), {"same": True, "different": False}[row["label"]], row["sort"])
        for line, row in enumerate(rows, start=2)
    )


def a_pair(session: Session, first: Lab, second: Lab, **changes: Any) -> DuplicatePair:
    """The two found to be alike; *changes* are columns of ``DuplicatePair``. Commits."""
    one, other = sorted((first, second), key=lambda lab: lab.id)
    sites = Site.of(one.profile), Site.of(other.profile)
    likeness = compare(*sites)
    pair = DuplicatePair(
        first_id=one.id,
        second_id=other.id,
        score=likeness.score,
        parts=parts_of(likeness),
        digests=[site.digest for site in sites],
        found_at=datetime.now(UTC),
    )
    for name, value in changes.items():
        setattr(pair, name, value)
    session.add(pair)
    session.commit()
    return pair


def _site(row: dict[str, str], number: int) -> Site:
    return Site(**{field: row[f"{field}_{number}"] for field in _FIELDS})
