"""The registry beside what one would otherwise build: Django with PostGIS, Datasette, Node with a kd-tree.

    python -m bench.rivals [--labs 320000] [--seconds 5] [--workdir FOLDER] [--out FILE]

All answer the same question from the same ZIP codes over HTTP, in turns. bench/README.md tells what each does and
what it needs installed.
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench import filling, load
from bench.rivals import data
from bench.rivals.agreement import Agreement, check
from bench.rivals.contenders import METHODS, MILES, NAMES, Arena, Contender
from bench.rivals.installing import Installed, node_modules, postgres_programs, rivals_python
from bench.rivals.processors import processor_seconds

DIFFERENT_PLACES = 1_000
COMPARED_PLACES = 20
ROUNDS = 4


@dataclass(slots=True)
class Measured:
    """All turns of one contender together, the answers a second of each turn, and the seconds of processor time."""

    contender: Contender
    answers: load.Load = field(default_factory=load.Load)
    rates: list[float] = field(default_factory=list)
    processor_s: float = 0.0


def main() -> None:
    """Fill, serve, compare the answers, load in turns, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labs", type=int, default=320_000, help="number of laboratories")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one turn of one contender")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--contenders", nargs="+", choices=NAMES, default=list(NAMES), help="the first is the measure")
    parser.add_argument("--workdir", type=Path, help="where the rivals' packages are kept; else they are thrown away")
    parser.add_argument("--rivals-python", type=Path, help="a Python that has bench/rivals/requirements.txt")
    parser.add_argument("--node-modules", type=Path, help="a node_modules that has bench/rivals/package.json")
    parser.add_argument("--postgres-bin", type=Path, help="PostgreSQL's programs; else what pg_config names")
    parser.add_argument("--postgres-account", default="postgres", help="who runs PostgreSQL when root measures")
    parser.add_argument("--out", type=Path, help="also write the tables to this file")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="registry-rivals-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o711)  # PostgreSQL's account must reach its own folder inside
        text = "\n".join(_measure(asked, folder, _installed(asked, asked.workdir or folder)))
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")


def _installed(asked: argparse.Namespace, keep: Path) -> Installed:
    keep.mkdir(parents=True, exist_ok=True)
    python = asked.rivals_python or rivals_python(keep.resolve())
    modules = asked.node_modules or node_modules(keep.resolve())
    programs = asked.postgres_bin or postgres_programs()
    # A virtual environment's Python is a link: resolved, it would be another Python.
    return Installed(python.absolute(), modules.resolve(), programs, asked.postgres_account)


def _measure(asked: argparse.Namespace, folder: Path, installed: Installed) -> list[str]:
    filling.fill(folder / "registry.sqlite", asked.labs)
    codes = list(data.zip_points())
    chosen = np.random.default_rng(11).choice(len(codes), DIFFERENT_PLACES, replace=False)
    places = [codes[place] for place in chosen.tolist()]
    with ExitStack() as stack:
        arena = Arena(stack, folder, installed)
        contenders = [arena.start(name) for name in asked.contenders]
        agreements = check(contenders, places[-COMPARED_PLACES:])
        busy = os.getloadavg()[0]
        measured = _in_turns(contenders, places, connections=asked.connections, seconds=asked.seconds)
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors, load {busy:.1f} before the first turn",
        "",
        f"{asked.labs:,} laboratories, {asked.connections} connections, {MILES} miles, {' or '.join(METHODS)}, "
        f"{DIFFERENT_PLACES:,} ZIP codes; {ROUNDS} turns of {asked.seconds:g} s each",
        "",
        *_speed_table(measured),
        "",
        *_agreement_table(agreements, contenders[0]),
    ]


def _in_turns(
    contenders: Sequence[Contender], places: list[str], *, connections: int, seconds: float
) -> list[Measured]:
    """Load them one after the other, again and again, so that whatever else the machine does falls on all."""
    measured = [Measured(contender) for contender in contenders]
    for _ in range(ROUNDS):
        for each in measured:
            # A slow one goes on where it stopped: it must not be asked for the same few places in every turn.
            first = len(each.answers.latencies) % len(places)
            paths = each.contender.paths(places[first:] + places[:first])
            before = processor_seconds(each.contender.processes)
            try:
                turn = load.run(each.contender.port, paths, connections=connections, seconds=seconds)
            except (RuntimeError, OSError) as failure:
                raise RuntimeError(f"{each.contender.name}: {each.contender.last_words()}") from failure
            each.processor_s += processor_seconds(each.contender.processes) - before
            each.answers.add(turn)
            each.rates.append(turn.rate)
    return measured


def _speed_table(measured: list[Measured]) -> list[str]:
    first = measured[0]
    heads = ["", "answers/s", "p50, ms", "p99, ms", "processor time an answer, ms", "answers"]
    heads += [f"{first.contender.name} is faster", "in single turns"]
    lines = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for each in measured:
        p50, p99 = np.percentile(each.answers.latencies, (50, 99)) * 1e3
        ratios = [ours / theirs for ours, theirs in zip(first.rates, each.rates, strict=True)]
        faster, spread = "", ""
        if each is not first:
            faster = f"{first.answers.rate / each.answers.rate:,.1f} times"
            spread = f"{min(ratios):,.1f} to {max(ratios):,.1f}"
        lines.append(
            f"| {each.contender.name} | {each.answers.rate:,.1f} | {p50:,.2f} | {p99:,.2f} "
            f"| {each.processor_s / len(each.answers.latencies) * 1e3:,.2f} "
            f"| {len(each.answers.latencies):,} | {faster} | {spread} |"
        )
    return lines


def _agreement_table(agreements: list[Agreement], first: Contender) -> list[str]:
    heads = [f"beside {first.name}", "places", "same total", "total off by at most"]
    heads += ["n-th distance off by at most, miles", "of the nearest 20 in common"]
    lines = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    lines += [
        f"| {each.name} | {each.places} | {each.same_total} | {each.total_off} | {each.miles_off:.2f} "
        f"| {each.in_common:.0%} |"
        for each in agreements
    ]
    return lines


if __name__ == "__main__":
    main()
