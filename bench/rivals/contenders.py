"""The servers that are asked the same question, and how each is asked and read."""

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.rivals import data
from bench.rivals.installing import HERE, Installed
from bench.rivals.postgres import Postgres
from bench.serve import ROOT, SERVICE, Server
from devtools.serving import SERVER

REGISTRY = "registry"
NAMES = {
    REGISTRY: "registry",
    "django": "Django, PostGIS",
    "django-tuned": "Django, PostGIS tuned",
    "datasette": "Datasette, the same file",
    "datasette-indexed": "Datasette, indexed",
    "node": "Node, geokdbush",
}
MILES = 100
METHODS = ("ngs_tissue", "ngs_ctdna")
"""What the registry's group ``ngs`` stands for."""

# For eight connections on few processors: no query is spread over several processes nor compiled, and the planner
# knows that all is in memory.
TUNED = {
    "work_mem": "64MB",
    "effective_cache_size": "6GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}

Command = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Answer:
    """How many laboratories were found, and slug and miles of the nearest, in order."""

    total: int
    nearest: tuple[tuple[str, float], ...]


class Program(Server):
    """Any server on a free port, until the context ends; ``{port}`` in its command stands for the port."""

    def __init__(self, command: Command, environ: Mapping[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._log = log
        self._output = log.open("wb")
        self._process = subprocess.Popen(
            [str(part).replace("{port}", str(self.port)) for part in command],
            cwd=ROOT,
            env=dict(environ),
            stdout=self._output,
            stderr=self._output,
            stdin=subprocess.DEVNULL,
        )

    @property
    def process(self) -> int:
        return self._process.pid

    def last_words(self) -> str:
        """How it ended, if it did, and the end of what it wrote."""
        return f"exit code {self._process.poll()}\n{self._log.read_text(encoding='utf-8', errors='replace')[-3000:]}"


@dataclass(frozen=True, slots=True)
class Contender:
    """A running server, all of its processes, and what to ask: the path lacks the ZIP code that it ends in.

    ``geodesic``: it measures on the ellipsoid, the others on a sphere.
    """

    name: str
    port: int
    processes: tuple[int, ...]
    last_words: Callable[[], str]
    path: str
    read: Callable[[bytes], Answer]
    geodesic: bool

    def paths(self, codes: Sequence[str]) -> list[str]:
        return [self.path + code for code in codes]


class Arena:
    """Starts contenders; all end with *stack*. *folder* holds ``registry.sqlite``, the registry's filled file."""

    def __init__(self, stack: ExitStack, folder: Path, installed: Installed) -> None:
        self._stack = stack
        self._folder = folder
        self._installed = installed
        self._file = folder / "registry.sqlite"
        self._zips = data.zip_points()
        self._postgres: Postgres | None = None

    def start(self, name: str) -> Contender:
        """Give a contender its data and start it."""
        starts = {
            REGISTRY: self._registry,
            "django": lambda: self._django({}),
            "django-tuned": lambda: self._django(TUNED),
            "datasette": lambda: self._datasette("same", indexed=False),
            "datasette-indexed": lambda: self._datasette("indexed", indexed=True),
            "node": self._node,
        }
        program, path, read, geodesic = starts[name]()
        processes = [program.process]
        if name.startswith("django") and self._postgres:
            processes.append(self._postgres.process)
        return Contender(NAMES[name], program.port, tuple(processes), program.last_words, path, read, geodesic)

    def _run(self, name: str, command: Command, environ: Mapping[str, str]) -> Program:
        program = Program(command, {**os.environ, **environ}, self._folder / f"{name}.log")
        self._stack.enter_context(program)
        return program

    def _registry(self) -> "Started":
        environ = {
            "REGISTRY_MODE": "demonstration",
            "REGISTRY_INSTANCE": str(self._folder),
            "REGISTRY_SECRET_KEY": secrets.token_hex(),
        }
        program = self._run("registry", [*_granian(sys.executable), SERVICE], environ)
        return program, f"/api/v1/labs?within={MILES}&method=ngs&near=", _items, True

    def _django(self, settings: Mapping[str, str]) -> "Started":
        environ = {"DJANGO_SETTINGS_MODULE": "bench.rivals.django_site.settings"}
        python = self._installed.python
        if self._postgres is None:
            postgres = Postgres(self._folder, self._installed.postgres, self._installed.postgres_account)
            self._postgres = self._stack.enter_context(postgres)
            environ["RIVAL_POSTGRES_SOCKETS"] = str(postgres.sockets)
            migrate = [str(python), "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"]
            subprocess.run(migrate, cwd=ROOT, env={**os.environ, **environ}, check=True)
            data.for_postgis(self._file, postgres.sockets, self._zips)
        environ["RIVAL_POSTGRES_SOCKETS"] = str(self._postgres.sockets)
        environ["PGOPTIONS"] = " ".join(f"-c {name}={value}" for name, value in settings.items())
        name = "django-tuned" if settings else "django"
        program = self._run(name, [*_granian(python), "django.core.wsgi:get_wsgi_application"], environ)
        return program, _with_methods("/labs"), _items, True

    def _datasette(self, stem: str, *, indexed: bool) -> "Started":
        file = self._folder / f"{stem}.sqlite"
        data.for_datasette(self._file, file, self._zips, indexed=indexed)
        program = self._run(
            f"datasette-{stem}",
            [
                *(self._installed.python, "-m", "datasette", "serve", "--host", "127.0.0.1", "--port", "{port}"),
                *("--immutable", file, "--metadata", data.metadata(self._folder, HERE / "nearest.sql", stem)),
                *("--plugins-dir", HERE / "datasette_plugins", "--setting", "sql_time_limit_ms", "60000"),
            ],
            {},
        )
        asked = f"_shape=array&within={MILES}&method={METHODS[0]}&or_method={METHODS[1]}&near="
        return program, f"/{stem}/nearest.json?{asked}", _rows, False

    def _node(self) -> "Started":
        file = self._folder / "labs.ndjson"
        data.for_node(self._file, file, self._zips)
        program = self._run(
            "node", ["node", HERE / "node_server.mjs", self._installed.node_modules, file, "{port}"], {}
        )
        return program, _with_methods("/labs"), _items, False


Started = tuple[Program, str, Callable[[bytes], Answer], bool]


def _granian(python: str | Path) -> list[str | Path]:
    """The registry's own server and settings, for whatever WSGI application comes after."""
    return [python, *SERVER, "--host", "127.0.0.1", "--port", "{port}"]


def _with_methods(address: str) -> str:
    return f"{address}?within={MILES}&{'&'.join(f'method={method}' for method in METHODS)}&near="


def _items(body: bytes) -> Answer:
    answer: dict[str, Any] = json.loads(body)
    # The registry shows the nearest beyond the radius when there is none within it; the others do not.
    items = answer["items"] if answer["total"] else []
    return Answer(answer["total"], tuple((item["slug"], item["distance_miles"]) for item in items))


def _rows(body: bytes) -> Answer:
    rows: list[dict[str, Any]] = json.loads(body)
    nearest = tuple((row["slug"], row["distance_miles"]) for row in rows)
    return Answer(rows[0]["total"] if rows else 0, nearest)
