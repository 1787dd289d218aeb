"""The whole service, asked over HTTP, beside a bare Flask endpoint that answers the same bytes."""

import os
import pickle
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import bare, filling, load
from devtools.serving import SERVER
from registry.places.gazetteer import gazetteer

ROOT = Path(__file__).resolve().parent.parent
SERVICE = "registry.app:serve"
BARE = "bench.bare:create_app"
QUESTIONS = {
    "25 miles": "within=25",
    "100 miles, method": "within=100&method=ngs",
    "any distance": "within=any",
}
KINDS = {"JSON": "/api/v1/labs", "page": "/labs", "JSON, 304": "/api/v1/labs", "page, 304": "/labs"}
"""What is asked for, and where; a 304 is the answer to who has the answer already."""

CONNECTIONS = (1, 16)
DIFFERENT_PLACES = 1_000
ROUNDS = 4
START_LIMIT_S = 600.0


@dataclass(frozen=True, slots=True)
class Figures:
    """One load on the service and on the bare endpoint."""

    laboratories: int
    kind: str
    question: str
    connections: int
    service: load.Load
    bare: load.Load

    @property
    def ratio(self) -> float:
        return self.service.rate / self.bare.rate


@dataclass(frozen=True, slots=True)
class Memory:
    """The worker's resident bytes, the seconds until it serves, and those of its first answer then."""

    laboratories: int
    resident_bytes: int
    start_s: float
    first_answer_s: float


def tables(sizes: Sequence[int], *, seconds: float, databases: Path | None = None) -> list[str]:
    """Fill, serve and load a registry of each size; the figures as Markdown. Databases in that folder are kept."""
    figures: list[Figures] = []
    memories: list[Memory] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="registry-bench-") as scratch:
            folder = Path(scratch) if databases is None else databases / str(size)
            more, memory = measure(folder, size, seconds=seconds)
        figures += more
        memories.append(memory)
    return _markdown(figures, memories)


def filled(folder: Path, size: int) -> dict[str, str]:
    """A database of that size in the folder, unless it is there already; the environment that serves it."""
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "registry.sqlite"
    if not database.exists():
        unfinished = folder / "unfinished.sqlite"
        unfinished.unlink(missing_ok=True)
        filling.fill(unfinished, size)
        unfinished.rename(database)
    return {
        **os.environ,
        "REGISTRY_MODE": "demonstration",
        "REGISTRY_INSTANCE": str(folder),
        "REGISTRY_SECRET_KEY": secrets.token_hex(),
        bare.ANSWERS_FILE: str(folder / "answers.pickle"),
    }


def measure(folder: Path, size: int, *, seconds: float) -> tuple[list[Figures], Memory]:
    """Figures of one size, and what its worker takes."""
    environ = filled(folder, size)
    places = zip_codes()
    with ExitStack() as stack:
        started = time.perf_counter()
        service = stack.enter_context(Server(SERVICE, environ, folder / "service.log"))
        start_s = time.perf_counter() - started
        started = time.perf_counter()
        next(load.answers(service.port, ["/api/v1/labs?near=20500"]))
        first_answer_s = time.perf_counter() - started
        paths = [
            f"{address}?near={code}&{query}"
            for address in dict.fromkeys(KINDS.values())
            for query in QUESTIONS.values()
            for code in places
        ]
        answers = dict(zip(paths, load.answers(service.port, paths), strict=True))
        bodies = {path.encode(): answer.body for path, answer in answers.items()}
        (folder / "answers.pickle").write_bytes(pickle.dumps(bodies))
        beside = stack.enter_context(Server(BARE, environ, folder / "bare.log"))
        figures = []
        for kind, address in KINDS.items():
            for question, query in QUESTIONS.items():
                asked = [f"{address}?near={code}&{query}" for code in places]
                questions = [load.Question(path, answers[path].etag if "304" in kind else "") for path in asked]
                for connections in CONNECTIONS:
                    figure = Figures(size, kind, question, connections, load.Load(), load.Load())
                    _alternate(figure, service.port, beside.port, questions, seconds)
                    figures.append(figure)
        return figures, Memory(size, service.resident_bytes(), start_s, first_answer_s)


def _alternate(figures: Figures, service: int, beside: int, questions: list[load.Question], seconds: float) -> None:
    """Load both in turns, so that whatever else the machine does falls on both."""
    for _ in range(ROUNDS):
        for port, found in ((service, figures.service), (beside, figures.bare)):
            found.add(load.run(port, questions, connections=figures.connections, seconds=seconds / ROUNDS))


def zip_codes() -> list[str]:
    places = gazetteer()
    codes = [code for code in places.zips() if (entry := places.zip(code)) and entry.lat is not None]
    chosen = np.random.default_rng(11).choice(len(codes), DIFFERENT_PLACES, replace=False)
    return [codes[place] for place in chosen.tolist()]


class Server:
    """An application behind granian as the product serves it, on a free port, until the context ends."""

    def __init__(self, application: str, environ: Mapping[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._log = log
        self._output = log.open("wb")
        command = [sys.executable, *SERVER, "--host", "127.0.0.1", "--port", str(self.port), application]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environ),
            stdout=self._output,
            stderr=self._output,
            stdin=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Server":
        limit = time.monotonic() + START_LIMIT_S
        while time.monotonic() < limit and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return self
        self.__exit__()
        raise RuntimeError(self._log.read_text(encoding="utf-8", errors="replace")[-3000:])

    def __exit__(self, *failure: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()

    def resident_bytes(self) -> int:
        """Of the largest process: the one worker."""
        page = os.sysconf("SC_PAGE_SIZE")
        return max(
            int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * page
            for process in _with_children(self._process.pid)
        )


def _with_children(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return [process, *(each for child in children for each in _with_children(int(child)))]


def _markdown(figures: list[Figures], memories: list[Memory]) -> list[str]:
    lines = [
        "### The search end to end, beside a bare Flask endpoint with the same bytes",
        "",
        "| laboratories | asked for | question | connections | answers/s | p50, ms | p99 | p99/p50 | bare/s | ratio |",
        "|---:|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for figure in figures:
        p50, p99 = np.percentile(figure.service.latencies, (50, 99)) * 1e3
        lines.append(
            f"| {figure.laboratories:,} | {figure.kind} | {figure.question} | {figure.connections} "
            f"| {figure.service.rate:,.0f} | {p50:.2f} | {p99:.2f} | {p99 / p50:.1f} "
            f"| {figure.bare.rate:,.0f} | {figure.ratio:.2f} |"
        )
    lines += [
        "",
        "| laboratories | worker resident, MB | until it serves, s | first answer, ms |",
        "|---:|---:|---:|---:|",
    ]
    for memory in memories:
        lines.append(
            f"| {memory.laboratories:,} | {memory.resident_bytes / 1e6:.0f} | {memory.start_s:.1f} "
            f"| {memory.first_answer_s * 1e3:.1f} |"
        )
    if len(memories) > 1:
        smallest, largest = memories[0].laboratories, memories[-1].laboratories
        lines += [
            "",
            f"| asked for | question | connections | p50 at {largest:,} over p50 at {smallest:,} |",
            "|---|---|---:|---:|",
        ]
        medians = {
            (figure.laboratories, figure.kind, figure.question, figure.connections): float(
                np.median(figure.service.latencies)
            )
            for figure in figures
        }
        for (size, *what), median in medians.items():
            if size == largest:
                kind, question, connections = what
                growth = median / medians[smallest, kind, question, connections]
                lines.append(f"| {kind} | {question} | {connections} | {growth:.2f} |")
    return [*lines, ""]
