"""The chain over the audit: each row's hash holds that of the row before it.

The rule is frozen: whoever changes it makes every chain that exists look broken.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

BEGINNING = "0" * 64
"""What stands for the hash before the first row."""


def link(previous: str, position: int, told: Mapping[str, Any]) -> str:
    """The SHA-256, in hexadecimal, of the row at *position* that says *told*, behind the one whose hash is *previous*.

    Times are written in UTC to the microsecond, the rest as JSON with sorted keys.
    """
    said = json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=_written)
    return hashlib.sha256(f"{previous}\n{position}\n{said}".encode("ascii")).hexdigest()


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} cannot be chained")
