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
SERVICE = "registry.app:create_app"
BARE = "bench.bare:create_app"
QUESTIONS = {
    "25 miles": "within=25",
    "100 miles, method": "within=100&method=ngs",
    "any distance": "within=any",
}
CONNECTIONS = (1, 16)
DIFFERENT_PLACES = 1_000
ROUNDS = 4
START_LIMIT_S = 600.0


@dataclass(frozen=True, slots=True)
class Figures:
    """One load on the service and on the bare endpoint."""

    laboratories: int
    question: str
    connections: int
    service: load.Load
    bare: load.Load

    @property
    def ratio(self) -> float:
        return self.service.rate / self.bare.rate


@dataclass(frozen=True, slots=True)
class Memory:
    """The worker's resident bytes and the seconds of its first answer, for which it builds its index."""

    laboratories: int
    resident_bytes: int
    first_answer_s: float


def tables(sizes: Sequence[int], *, seconds: float) -> list[str]:
    """Fill, serve and load a registry of each size; the figures as Markdown."""
    figures: list[Figures] = []
    memories: list[Memory] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
            more, memory = measure(Path(folder), size, seconds=seconds)
        figures += more
        memories.append(memory)
    return _markdown(figures, memories)


def measure(folder: Path, size: int, *, seconds: float) -> tuple[list[Figures], Memory]:
    """Figures of one size, and what its worker takes."""
    filling.fill(folder / "registry.sqlite", size)
    places = _places()
    paths = {
        question: [f"/api/v1/labs?near={code}&{query}" for code in places] for question, query in QUESTIONS.items()
    }
    environ = {
        **os.environ,
        "REGISTRY_MODE": "demonstration",
        "REGISTRY_INSTANCE": str(folder),
        "REGISTRY_SECRET_KEY": secrets.token_hex(),
        bare.ANSWERS_FILE: str(folder / "answers.pickle"),
    }
    with ExitStack() as stack:
        service = stack.enter_context(Server(SERVICE, environ, folder / "service.log"))
        started = time.perf_counter()
        next(load.bodies(service.port, paths["25 miles"][:1]))
        first_answer_s = time.perf_counter() - started
        answers = {
            path.partition("?")[2].encode(): body
            for asked in paths.values()
            for path, body in zip(asked, load.bodies(service.port, asked), strict=True)
        }
        (folder / "answers.pickle").write_bytes(pickle.dumps(answers))
        beside = stack.enter_context(Server(BARE, environ, folder / "bare.log"))
        figures = [
            _alternate(size, question, connections, service.port, beside.port, paths[question], seconds)
            for question in QUESTIONS
            for connections in CONNECTIONS
        ]
        return figures, Memory(size, service.resident_bytes(), first_answer_s)


def _alternate(
    size: int, question: str, connections: int, service: int, beside: int, paths: list[str], seconds: float
) -> Figures:
    """Load both in turns, so that whatever else the machine does falls on both."""
    figures = Figures(size, question, connections, load.Load(), load.Load())
    for _ in range(ROUNDS):
        for port, found in ((service, figures.service), (beside, figures.bare)):
            found.add(load.run(port, paths, connections=connections, seconds=seconds / ROUNDS))
    return figures


def _places() -> list[str]:
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
        "### `/api/v1/labs` end to end, beside a bare Flask endpoint with the same bytes",
        "",
        "| laboratories | question | connections | answers/s | p50, ms | p99 | bare/s | bare p50 | ratio |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for figure in figures:
        p50, p99 = np.percentile(figure.service.latencies, (50, 99)) * 1e3
        bare_p50 = float(np.percentile(figure.bare.latencies, 50)) * 1e3
        lines.append(
            f"| {figure.laboratories:,} | {figure.question} | {figure.connections} "
            f"| {figure.service.rate:,.0f} | {p50:.2f} | {p99:.2f} "
            f"| {figure.bare.rate:,.0f} | {bare_p50:.2f} | {figure.ratio:.2f} |"
        )
    lines += ["", "| laboratories | worker resident, MB | first answer, s |", "|---:|---:|---:|"]
    for memory in memories:
        lines.append(f"| {memory.laboratories:,} | {memory.resident_bytes / 1e6:.0f} | {memory.first_answer_s:.1f} |")
    if len(memories) > 1:
        smallest, largest = memories[0].laboratories, memories[-1].laboratories
        growth = f"p50 at {largest:,} over p50 at {smallest:,}"
        lines += ["", f"| question | connections | {growth} |", "|---|---:|---:|"]
        for question in QUESTIONS:
            for connections in CONNECTIONS:
                few, many = (
                    float(np.median(figure.service.latencies))
                    for figure in figures
                    if (figure.question, figure.connections) == (question, connections)
                    and figure.laboratories in (smallest, largest)
                )
                lines.append(f"| {question} | {connections} | {many / few:.2f} |")
    return [*lines, ""]
