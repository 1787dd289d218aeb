"""What the machine must bring: system packages, a browser for the tests, a free port."""

import errno
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from devtools.processes import Problem, failure

BROWSERS = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]


def browser() -> str | None:
    """Where Chromium or Chrome is, if anywhere."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def lacking(*, with_browser: bool) -> dict[str, str]:
    """The Debian packages that bring what this machine has not, each with what that is."""
    importlib.invalidate_caches()
    lacks = {}
    if importlib.util.find_spec("ensurepip") is None:
        lacks["python3-venv"] = "Python's venv module"
    if with_browser and browser() is None:
        lacks["chromium"] = "Chromium or Chrome"
    return lacks


def install_system_packages(log: Path, *, with_browser: bool) -> None:
    """Let apt install what Debian leaves out of Python, and the browser; or say the line to run, and stop."""
    lacks = lacking(with_browser=with_browser)
    if not lacks:
        return
    names, what = " ".join(lacks), " and ".join(lacks.values())
    if shutil.which("apt-get") is None:
        raise Problem(f"This machine lacks {what}: install that with its package manager, then try again.")
    line = f"apt-get update && apt-get install --yes --no-install-recommends {names}"
    by_hand = f"As root, run this line, then try again:\n{line}"
    sudo: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None:
            raise Problem(f"This machine lacks {what}. {by_hand}")
        sudo = ["sudo"] if sys.stdin.isatty() else ["sudo", "-n"]
    print(f"This machine lacks {what}: apt-get installs {names} … ", end="", flush=True)
    began = time.monotonic()
    with log.open("wb") as output:
        command = [*sudo, "sh", "-c", f"export DEBIAN_FRONTEND=noninteractive; {line}"]
        code = subprocess.call(command, stdout=output, stderr=output)
    if code != 0:
        print("failed", flush=True)
        said, free = log.read_text(errors="replace"), shutil.disk_usage("/").free
        raise Problem(f"{failure(f'Installing {names}', said, f'.dev/{log.name}', free=free, online=True)} {by_hand}")
    print(f"{time.monotonic() - began:.1f} s", flush=True)
    if lacks := lacking(with_browser=with_browser):
        raise Problem(f"{names} installed, yet {sys.executable} still lacks {' and '.join(lacks.values())}.")


def free_port(host: str, port: int) -> int:
    """The port to serve on, any free one for 0, after a look whether it can be had."""
    if not 0 <= port <= 65535:  # the system would take the rest of a division
        raise Problem(f"{port} is no port: choose one from 1 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except socket.gaierror:
        raise Problem(f"{host} is no address of this machine; without --host it is 127.0.0.1.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < 65535 else port - 1
            raise Problem(f"Port {port} is taken; choose another: python3 dev.py run --port {other}") from None
        raise Problem(f"Cannot serve on {host} port {port}: {error.strerror}.") from None
