"""Processor time of servers, which tells of their work even where others keep the machine busy."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
# Of the fields after the name: user and system time of the process, and of its children that have ended.
_TIMES = slice(11, 15)


def processor_seconds(processes: Iterable[int]) -> float:
    """What these processes and all that they started have used since they began (proc(5), Linux)."""
    ticks = 0
    pending = list(processes)
    while pending:
        process = Path(f"/proc/{pending.pop()}")
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            ticks += sum(map(int, (process / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[_TIMES]))
            for children in process.glob("task/*/children"):
                pending += map(int, children.read_text(encoding="ascii").split())
    return ticks * _TICK_S
