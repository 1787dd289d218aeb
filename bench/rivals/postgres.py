"""A PostgreSQL of its own in a folder, reached through a socket in it alone."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

# What no connection can set for itself: the data fits in memory.
SETTINGS = {"listen_addresses": "", "shared_buffers": "2GB", "maintenance_work_mem": "512MB"}
START_LIMIT_S = 60.0


class Postgres:
    """Runs until the context ends, as *account* when the caller is root, which the server refuses to be."""

    def __init__(self, folder: Path, programs: Path, account: str) -> None:
        self.sockets = folder / "postgres"
        self._programs = programs
        self._account: dict[str, Any] = {}
        self.sockets.mkdir(mode=0o700)
        if os.geteuid() == 0:
            self._account = {"user": account, "group": account, "extra_groups": []}
            shutil.chown(self.sockets, account, account)
        self._log = (folder / "postgres.log").open("wb")

    def __enter__(self) -> "Postgres":
        data = self.sockets / "data"
        create = ["initdb", "-D", str(data), "-U", "registry", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        create[0] = str(self._programs / create[0])
        subprocess.run(create, cwd=self.sockets, stdout=self._log, check=True, **self._account)
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [str(self._programs / "postgres"), "-D", str(data), "-k", str(self.sockets), *settings],
            cwd=self.sockets,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            **self._account,
        )
        limit = time.monotonic() + START_LIMIT_S
        while time.monotonic() < limit and self._process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(host=str(self.sockets), user="registry", dbname="postgres").close()
                return self
            time.sleep(0.1)
        self.__exit__()
        raise RuntimeError(Path(self._log.name).read_text(encoding="utf-8", errors="replace")[-3000:])

    @property
    def process(self) -> int:
        return self._process.pid

    def __exit__(self, *failure: object) -> None:
        # Interrupted, it ends its sessions; asked to terminate, it would wait for them.
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
