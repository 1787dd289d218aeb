"""Ask `GET /labs?near=Z` for every ZIP code of the gazetteer and look at each answer.

    python -m bench.walk_zips [--every N] [--workers N]

It makes a demonstration database in a temporary folder, walks, prints how many ZIP codes were located how
precisely and what was wrong with which, and exits with 1 when anything was.
"""

import argparse
import html
import multiprocessing
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import Settings
from registry import demonstration, schema
from registry.app import create_app
from registry.directory.representations import place_precision
from registry.domain.geometry import METRES_PER_MILE
from registry.extensions import begin_writing, db
from registry.models import Lab
from registry.places.gazetteer import MilitaryZip, ZipEntry, gazetteer
from registry.web import now

MEAN_RADIUS_MILES = 6_371_008.8 / METRES_PER_MILE
# The sphere of that radius differs from the ellipsoid by at most this share of a distance; a page rounds to
# tenths.
SPHERE_ERROR = 0.006
ROUNDING_MILES = 0.1
LOWER_STATES_MILES = 2_500
ANYWHERE_MILES = 8_000
BEYOND_THE_STATES = frozenset({"AK", "HI", "PR", "VI", "GU", "AS", "MP", "PW", "FM", "MH", "UM"})

_LIST = '<ol class="results" start="1">'
_NEAREST = re.compile(r'class="distance">([\d,.]+) ')


@dataclass
class Walked:
    """What the walk met: ZIP codes by precision, the farthest nearest laboratory, and everything that was
    wrong.
    """

    precisions: Counter[str] = field(default_factory=Counter)
    farthest: tuple[float, str] = (0.0, "")
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Walked") -> None:
        """Take in what another part of the walk met."""
        self.precisions += other.precisions
        self.farthest = max(self.farthest, other.farthest)
        self.faults += other.faults


@dataclass(frozen=True)
class Laboratories:
    """Where the published laboratories are, in radians."""

    latitude: np.ndarray
    longitude: np.ndarray

    @classmethod
    def published(cls, app: Flask) -> "Laboratories":
        """Those of *app*'s database."""
        with app.app_context():
            rows = db.session.execute(select(Lab.lat, Lab.lon).where(Lab.state == "published")).all()
        points = np.radians(np.array([tuple(row) for row in rows]))
        return cls(points[:, 0], points[:, 1])

    def nearest_miles(self, lat: float, lon: float) -> float:
        """The least great-circle distance from WGS84 degrees *lat*, *lon*: an estimate of its own, not the
        index's.
        """
        phi, theta = np.radians((lat, lon))
        half = (
            np.sin((self.latitude - phi) / 2) ** 2
            + np.cos(phi) * np.cos(self.latitude) * np.sin((self.longitude - theta) / 2) ** 2
        )
        return float(2 * MEAN_RADIUS_MILES * np.arcsin(np.sqrt(half.min())))


def walk(app: Flask, codes: Iterable[str]) -> Walked:
    """Ask for every one of *codes* and look at the answers."""
    walked = Walked()
    laboratories = Laboratories.published(app)
    client = app.test_client()
    with app.test_request_context("/"):
        for code in codes:
            entry = gazetteer().zip(code)
            assert entry is not None
            _visit(client, entry, laboratories, walked)
    return walked


def _visit(client: FlaskClient, entry: ZipEntry, laboratories: Laboratories, walked: Walked) -> None:
    response = client.get("/labs", query_string={"near": entry.code})
    page = html.unescape(response.get_data(as_text=True))
    try:
        place = entry.place()
    except MilitaryZip:
        walked.precisions["military: no place"] += 1
        if response.status_code != 404 or "military" not in page:
            walked.faults.append(f"{entry.code}: military mail answered {response.status}")
        return
    walked.precisions[place.precision.value] += 1
    if response.status_code != 200:
        walked.faults.append(f"{entry.code}: {response.status}")
        return
    if entry.label not in page or place_precision(place) not in page:
        walked.faults.append(f"{entry.code}: the page does not say {entry.label} or how precisely it is known")
    # Those that take shipped specimens may stand before the nearest of all.
    shown = _NEAREST.search(page.partition(_LIST)[2])
    if shown is None:
        walked.faults.append(f"{entry.code}: no laboratory is shown")
        return
    miles = float(shown[1].replace(",", ""))
    walked.farthest = max(walked.farthest, (miles, entry.code))
    expected = laboratories.nearest_miles(place.lat, place.lon)
    if abs(miles - expected) > SPHERE_ERROR * expected + ROUNDING_MILES:
        walked.faults.append(f"{entry.code}: {miles} miles are shown where about {expected:.1f} are right")
    limit = ANYWHERE_MILES if entry.state in BEYOND_THE_STATES else LOWER_STATES_MILES
    if not 0 <= miles < limit:
        walked.faults.append(f"{entry.code}: {miles} miles to the nearest laboratory")


def fill(settings: Settings) -> None:
    """Make the database of *settings* and publish the invented laboratories in it."""
    app = create_app(settings)
    with app.app_context():
        schema.upgrade(db.engine)
        begin_writing(db.session)
        demonstration.load(db.session, now=now(), instance=settings.instance)
        db.session.commit()


def _walk_part(settings: Settings, every: int, part: int, parts: int) -> Walked:
    return walk(create_app(settings), islice(gazetteer().zips(), part * every, None, every * parts))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="ask for every Nth ZIP code only (1)")
    parser.add_argument("--workers", type=int, default=2, help="processes (2)")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(mode="demonstration", instance=Path(folder), limits_enabled=False)
        fill(settings)
        parts = [(settings, options.every, part, options.workers) for part in range(options.workers)]
        walked = Walked()
        with multiprocessing.get_context("spawn").Pool(options.workers) as pool:
            for found in pool.starmap(_walk_part, parts):
                walked.add(found)
    total = walked.precisions.total()
    print(f"{total:,} ZIP codes in {time.monotonic() - began:.0f} s")
    for precision, count in walked.precisions.most_common():
        print(f"{count:8,}  {precision}")
    miles, code = walked.farthest
    print(f"The farthest nearest laboratory: {miles:,.1f} miles from {code}")
    print(f"{len(walked.faults)} faults")
    print("\n".join(walked.faults[:50]))
    return 1 if walked.faults or not total else 0


if __name__ == "__main__":
    sys.exit(main())
