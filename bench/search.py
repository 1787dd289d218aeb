"""How fast the directory answers: the search index alone, and the whole service beside a bare Flask endpoint.

    python -m bench.search [--sizes 1000 1000000] [--queries 400] [--part index|serve|publish|all]
                           [--databases FOLDER] [--out FILE]

Prints Markdown tables; see bench/README.md for what they say.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench import population, publishing, serve
from registry.directory.index import DirectoryIndex, Filter, IndexEntry, OfferingFacts
from registry.domain.geometry import METRES_PER_MILE

SIZES = (1_000, 32_000, 320_000, 1_000_000)
RADII_MILES = (25, 100, 500, None)
PAGE = 20
UPDATES = 9
FILTERS = {
    "none": Filter(),
    "method": Filter((population.NGS,)),
    "method, outside specimens, within 10 days": Filter((population.ISH, population.OUTSIDE), 10),
    "rare": Filter((population.RARE,)),
}


@dataclass(frozen=True, slots=True)
class IndexFigures:
    """What one size of directory costs: seconds, bytes, and (p50, p99) milliseconds by filter and radius."""

    laboratories: int
    offerings: int
    build_s: float
    update_ms: float
    column_bytes: int
    resident_bytes: int
    latencies: dict[str, list[tuple[float, float]]]


def main() -> None:
    """Run the parts asked for, print their tables, and write them to a file if one is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of laboratories")
    parser.add_argument("--queries", type=int, default=400, help="questions for each cell of the index's table")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each load on the service")
    parser.add_argument("--part", choices=("index", "serve", "publish", "all"), default="all")
    parser.add_argument("--databases", type=Path, help="keep the filled databases there, and use those that are")
    parser.add_argument("--out", type=Path, help="also write the tables to this file")
    asked = parser.parse_args()
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {sys.version.split()[0]}, NumPy {np.__version__}, "
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start",
        "",
    ]
    if asked.part in {"all", "index"}:
        lines += _index_tables([_in_a_process(size, asked.queries) for size in asked.sizes])
    if asked.part in {"all", "serve"}:
        lines += serve.tables(asked.sizes, seconds=asked.seconds, databases=asked.databases)
    if asked.part == "publish":
        with TemporaryDirectory(prefix="registry-bench-") as scratch:
            folder = asked.databases or Path(scratch)
            lines += publishing.tables(asked.sizes[-1], seconds=asked.seconds, databases=folder)
    text = "\n".join(lines)
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")


def _in_a_process(size: int, queries: int) -> IndexFigures:
    """Each size has a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure_index, size, queries).result()


def measure_index(size: int, queries: int) -> IndexFigures:
    """Build a directory of that size, ask it, change it."""
    sites, tests, names = population.sites(size), population.her2_tests(size), population.name_keys(size)
    points = population.zip_points()
    asked = points[np.random.default_rng(5).integers(len(points), size=queries)].tolist()
    before = _resident_bytes()
    started = time.perf_counter()
    index = DirectoryIndex.from_columns(
        1,
        lab_ids=np.arange(1, size + 1),
        name_keys=names,
        latitudes=sites.latitudes,
        longitudes=sites.longitudes,
        offering_lab_ids=tests.laboratories + 1,
        facets=tests.facets,
        calendar_days=tests.calendar_days,
    )
    build_s = time.perf_counter() - started
    resident = _resident_bytes() - before

    latencies = {
        label: [_latency(index, asked, miles, repeat(wanted)) for miles in RADII_MILES]
        for label, wanted in FILTERS.items()
    }
    unseen = _unseen_filters()
    latencies["method and specimens, never asked before"] = [
        _latency(index, asked[:200], miles, unseen) for miles in RADII_MILES
    ]
    updates = []
    for version in range(2, UPDATES + 2):
        moved = IndexEntry(version, "moved laboratory", 40.0, -75.0, (OfferingFacts(1, 5),))
        started = time.perf_counter()
        index = index.updated([moved], [], version)
        updates.append(time.perf_counter() - started)
    return IndexFigures(
        laboratories=size,
        offerings=len(tests.facets),
        build_s=build_s,
        update_ms=float(np.median(updates)) * 1e3,
        column_bytes=index.nbytes,
        resident_bytes=resident,
        latencies=latencies,
    )


def _latency(
    index: DirectoryIndex, points: list[list[float]], miles: int | None, filters: Iterator[Filter]
) -> tuple[float, float]:
    within_m = None if miles is None else miles * METRES_PER_MILE
    taken = []
    for (lat, lon), wanted in zip(points, filters, strict=False):
        started = time.perf_counter()
        index.search(lat, lon, within_m=within_m, filter=wanted, offset=0, limit=PAGE)
        taken.append(time.perf_counter() - started)
    return float(np.percentile(taken, 50)) * 1e3, float(np.percentile(taken, 99)) * 1e3


def _unseen_filters() -> Iterator[Filter]:
    """Filters that differ in what they ask for, and leave about as many laboratories as each other."""
    for days in range(5, 60):
        for specimens in range(1, 1 << population.SPECIMENS, 2):
            yield Filter((population.NGS | population.ISH, specimens << population.FIRST_SPECIMEN), days)


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _index_tables(figures: list[IndexFigures]) -> list[str]:
    heads = ["any distance" if miles is None else f"{miles} miles" for miles in RADII_MILES]
    lines = [
        "### The index alone: p50 / p99 in milliseconds",
        "",
        f"| laboratories | filter | {' | '.join(heads)} |",
        "|---:|---|" + "---:|" * len(heads),
    ]
    for figure in figures:
        for label, cells in figure.latencies.items():
            row = " | ".join(f"{p50:.2f} / {p99:.2f}" for p50, p99 in cells)
            lines.append(f"| {figure.laboratories:,} | {label} | {row} |")
    lines += [
        "",
        "### What the index costs",
        "",
        "| laboratories | offerings | columns, MB | bytes/offering | resident, MB | build, s | change, ms |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for figure in figures:
        lines.append(
            f"| {figure.laboratories:,} | {figure.offerings:,} | {figure.column_bytes / 1e6:.1f} "
            f"| {figure.column_bytes / figure.offerings:.0f} | {figure.resident_bytes / 1e6:.0f} "
            f"| {figure.build_s:.2f} | {figure.update_ms:.1f} |"
        )
    return [*lines, ""]


if __name__ == "__main__":
    main()
