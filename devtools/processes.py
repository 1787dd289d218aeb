"""Children of dev.py: how they start, how they end, and what to say when they fail."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import IO

SCARCE = 50_000_000  # bytes
STOP_LIMIT = 10.0  # seconds a child has to end after it was asked to

NO_DISK = re.compile(
    r"No space left on device|ENOSPC|Disk quota exceeded|disk is full|Read-only file system|EROFS"
    r"|readonly database"
)
NO_NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|NameResolutionError|Temporary failure"
    r"|Could not resolve|Failed to fetch|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT"
    r"|Network is unreachable"
)


class Problem(Exception):
    """What the person at the keyboard must know, in one sentence."""


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived."""


def start(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches it through `stop` alone."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def stop(children: Collection[subprocess.Popen[bytes]]) -> None:
    """End children and all they started: politely; by force after STOP_LIMIT or a second Ctrl-C."""
    try:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
        limit = time.monotonic() + STOP_LIMIT
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, limit - time.monotonic()))
    finally:
        for child in children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def run_logged(command: Sequence[str], folder: Path, environ: Mapping[str, str], log: Path) -> tuple[int, str]:
    """Run a child to its end with its output in a file; its exit code and what it printed."""
    with log.open("wb") as output:
        child = start(command, folder, environ, output)
        try:
            code = child.wait()
        except BaseException:
            stop([child])
            raise
    return code, log.read_text(errors="replace")


def run_attended(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> int:
    """Run a child that the person watches: on the same terminal, with time to clean up when interrupted."""
    child = subprocess.Popen(command, cwd=folder, env=environ)
    try:
        return child.wait()
    except BaseException as reason:
        if not isinstance(reason, KeyboardInterrupt):  # Ctrl-C has reached the child by itself
            child.send_signal(signal.SIGINT)
        try:
            child.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            child.kill()
        raise


def failure(step: str, output: str, log: str, *, free: int, online: bool) -> str:
    """The sentence for a step that failed, from what it printed and the bytes that the disk has left."""
    if NO_DISK.search(output) or free < SCARCE:  # not every tool passes on why a write failed
        return f"{step} failed: the disk is full or cannot be written to (details: {log})."
    if online and NO_NETWORK.search(output):
        return f"{step} failed: the network or the package registry did not answer; try again (details: {log})."
    return f"{step} failed (details: {log})."
