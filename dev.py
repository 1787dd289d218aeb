"""The two commands of this checkout, on a machine that has nothing but Python.

python3 dev.py run [--port N] [--host H] [--reset]   serve the site with demonstration data
python3 dev.py test [pytest arguments]               check everything; with arguments, run those tests alone
"""

import os
import sys


def python_complaint(version: "tuple[int, ...]", system: str = os.name) -> "str | None":
    """What is wrong with a Python of this version on this kind of system, or None."""
    if tuple(version[:2]) < (3, 11):
        return "This needs Python 3.11 or newer; this is Python {}.{}.".format(*version[:2])
    if system != "posix":
        return "This runs on Linux and macOS; on Windows, run it inside WSL."
    return None


# An old Python must be able to read this file to say so: its syntax stays that of Python 3.6.
if __name__ == "__main__" and python_complaint(sys.version_info[:2]):
    sys.exit(python_complaint(sys.version_info[:2]))

import argparse
import errno
import signal
import time
import types
from collections.abc import Sequence
from pathlib import Path

from devtools.checkout import Checkout
from devtools.machine import free_port, install_system_packages
from devtools.processes import Problem, Terminated, run_attended
from devtools.serving import base_url, serve

ROOT = Path(__file__).resolve().parent
CHECKS = [
    ("style", ["-m", "ruff", "check", "."]),
    ("format", ["-m", "ruff", "format", "--check", "."]),
    ("types", ["-m", "mypy"]),
    ("imports", ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"]),
    ("templates", ["-m", "djlint", "templates", "--lint", "--quiet"]),
]

# One process more than there are processors, as tests wait now and then; each has its own PostgreSQL.
# The tests of one file stay together, for they share servers.
WHOLE_SUITE = ["-q", "-n", str((os.cpu_count() or 2) + 1), "--dist", "loadfile", "--no-loadscope-reorder"]


def run(checkout: Checkout, host: str, port: int, reset: bool) -> int:
    """Make what is not made yet, and serve the demonstration until stopped."""
    port = free_port(host, port)
    checkout.environ.setdefault("REGISTRY_BASE_URL", base_url(host, port))
    checkout.environ.update(REGISTRY_MODE="demonstration", REGISTRY_INSTANCE=str(checkout.instance))
    checkout.work.mkdir(exist_ok=True)
    install_system_packages(checkout.work / "system-packages.log", with_browser=False)
    if reset:
        with checkout.hold("serving", refusal="This checkout is being served; stop that, then reset."):
            checkout.reset()
    with checkout.hold("preparing"):
        checkout.prepare("run")
        checkout.load_demonstration()
    with checkout.hold("serving", shared=True):
        serve(checkout, host, port)
    return 0


def test(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Every check and every test, or the tests named; pytest's summary is the last line when all pass."""
    checkout.work.mkdir(exist_ok=True)
    install_system_packages(checkout.work / "system-packages.log", with_browser=True)
    with checkout.hold("preparing"):
        checkout.prepare("test")
    # Playwright's own Node.js needs a system library (libatomic) that a bare Debian has not; this one does not.
    checkout.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", checkout.node())
    for name, command in [] if arguments else CHECKS:
        print(f"== {name}", flush=True)
        began = time.monotonic()
        if run_attended([checkout.python, *command], checkout.root, checkout.environ) != 0:
            raise Problem(f"The check '{name}' failed; what it found stands above.")
        print(f"   {time.monotonic() - began:.1f} s", flush=True)
    print("== tests", flush=True)
    pytest = [checkout.python, "-m", "pytest", *(arguments or WHOLE_SUITE)]
    return run_attended(pytest, checkout.root, checkout.environ)


def system_complaint(error: OSError) -> str:
    """The sentence for an operation that the system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full; free some space and try again."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"{error.filename or 'This checkout'} cannot be written to; use a checkout of your own."
    return f"The system refused: {error}."


def terminated(number: int, frame: "types.FrameType | None") -> None:
    """Let a request to end pass through every `finally`."""
    raise Terminated


def main(arguments: Sequence[str]) -> int:
    """Parse, do, and turn whatever goes wrong into one sentence and an exit code."""
    parser = argparse.ArgumentParser(prog="dev.py", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="serve the site with demonstration data")
    runner.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    runner.add_argument("--port", type=int, default=8000, help="port, 0 for any that is free (default: 8000)")
    runner.add_argument("--reset", action="store_true", help="throw the demonstration data away first")
    commands.add_parser("test", help="check everything; with pytest arguments, run those tests alone")
    if arguments[:1] == ["test"] and arguments[1:] not in (["-h"], ["--help"]):
        options, rest = parser.parse_args(["test"]), arguments[1:]
    else:
        options, rest = parser.parse_args(arguments), []
    # Started in the background of a script, Ctrl-C would be ignored, by us and by all we start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, terminated)
    checkout = Checkout(ROOT, os.environ)
    try:
        if options.command == "test":
            return test(checkout, rest)
        return run(checkout, options.host, options.port, options.reset)
    except Problem as problem:
        sentence, code = str(problem), 1
    except OSError as error:
        sentence, code = system_complaint(error), 1
    except (KeyboardInterrupt, Terminated):
        sentence, code = "\nStopped before it was done; the same command goes on from here.", 130
    print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
