"""How long the import of a quarter's CMS file takes, how much memory, and whether anybody waits meanwhile.

    python -m bench.importing                       both databases, 320,000 rows, two quarters one after the other
    python -m bench.importing --rows 640000 --databases sqlite
    python -m bench.importing --out figures.md

The command is the operator's own, in a process of its own. While it runs, another process reads the record of one
laboratory and another writes a row elsewhere, both over and over; the longest that either took is given.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from bench import cms_file
from config import ROOT
from registry.extensions import engine_options
from registry.models import CliaRecord, GeocodeCache
from tests.support.databases import ENGINES, Databases, PostgresDatabases

FLASK = (sys.executable, "-m", "flask", "--app", "registry")
PAUSE = 0.05


@dataclass(slots=True)
class Longest:
    """How long the slowest of many steps took, in seconds, and how many there were."""

    seconds: float = 0.0
    steps: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Figures:
    """One run of the command: its seconds, those of a processor, peak resident memory in MB, what others met."""

    seconds: float
    processor_s: float
    megabytes: float
    said: str
    reader: Longest
    writer: Longest


def main() -> None:
    """Measure, and print the figures as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=cms_file.ROWS)
    parser.add_argument("--databases", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = [
        f"CMS file, {options.rows:,} rows, load {os.getloadavg()[0]:.1f} when it began.",
        "",
        "| database | | seconds | of a processor | peak, MB | slowest read meanwhile, ms | slowest write, ms |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        first, second = folder / "Clia_DATA.Q1_2026.csv", folder / "clia.DATA.Q2_2026.csv"
        cms_file.write(first, options.rows)
        cms_file.write(second, options.rows, seed=2, lower=True, without=("FAX_PHNE_NUM", "FY_END_MO_DAY_CD"))
        running = Databases(folder)
        stack.callback(running.close)
        for name in options.databases:
            with _durable(running, name), running.fresh(name) as url:
                environ = _environ(folder, url)
                lines.append(f"| {name} | the program alone (`--help`) | {_alone(environ)} | | |")
                for label, file in (("an empty table", first), ("in place of a quarter", second)):
                    figures = _measured(environ, url, file)
                    print(figures.said, file=sys.stderr)
                    lines.append(
                        f"| {name} | {label} | {figures.seconds:.1f} | {figures.processor_s:.1f} "
                        f"| {figures.megabytes:.0f} | {figures.reader.seconds * 1e3:.0f} "
                        f"| {figures.writer.seconds * 1e3:.0f} |"
                    )
    text = "\n".join(lines) + "\n"
    print(text)
    if options.out is not None:
        options.out.write_text(text, encoding="utf-8")


@contextmanager
def _durable(running: Databases, name: str) -> Iterator[None]:
    """PostgreSQL writes to the disk as in production, for as long as one measures."""
    server = running[name]
    if isinstance(server, PostgresDatabases):
        with server.durable():
            yield
    else:
        yield


def _environ(folder: Path, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "REGISTRY_MODE": "demonstration",
        "REGISTRY_INSTANCE": str(folder / "instance"),
        "REGISTRY_DATABASE_URL": url,
    }


def _alone(environ: dict[str, str]) -> str:
    seconds, processor_s, megabytes, _ = _run([*FLASK, "clia", "--help"], environ)
    return f"{seconds:.1f} | {processor_s:.1f} | {megabytes:.0f}"


def _run(command: list[str], environ: dict[str, str]) -> tuple[float, float, float, str]:
    """Run it; its seconds, those of a processor, the peak of its own resident memory in MB, and what it said."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(said)
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said


def _measured(environ: dict[str, str], url: str, file: Path) -> Figures:
    reader, writer = Longest(), Longest()
    ended = threading.Event()
    threads = [
        threading.Thread(target=_again_and_again, args=(url, step, longest, ended), daemon=True)
        for step, longest in ((_read, reader), (_write, writer))
    ]
    for thread in threads:
        thread.start()
    try:
        seconds, processor_s, megabytes, said = _run([*FLASK, "clia", "import", str(file)], environ)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    if failed := reader.failed + writer.failed:
        raise RuntimeError(f"others failed meanwhile: {failed}")
    return Figures(seconds, processor_s, megabytes, said, reader, writer)


def _again_and_again(url: str, step: Callable[[sa.Connection], None], longest: Longest, ended: threading.Event) -> None:
    engine = sa.create_engine(**engine_options(url)["default"])
    with engine.connect() as connection:
        while not ended.wait(PAUSE):
            begun = time.perf_counter()
            try:
                with connection.begin():
                    step(connection)
            except sa.exc.DBAPIError as error:
                longest.failed.append(str(error.orig))
            longest.seconds = max(longest.seconds, time.perf_counter() - begun)
            longest.steps += 1
    engine.dispose()


def _read(connection: sa.Connection) -> None:
    connection.execute(sa.select(CliaRecord).where(CliaRecord.clia_number == "10D0000007")).one_or_none()


def _write(connection: sa.Connection) -> None:
    key = "0" * 64
    now = datetime.now(UTC)
    connection.execute(sa.delete(GeocodeCache).where(GeocodeCache.address_hash == key))
    connection.execute(
        sa.insert(GeocodeCache).values(
            address_hash=key, provider="bench", precision="zip", fetched_at=now, expires_at=now
        )
    )


if __name__ == "__main__":
    main()
