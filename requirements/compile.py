"""Rebuild the lock files beside this one from the ranges in pyproject.toml.

    uv run --no-project python requirements/compile.py [--upgrade]

Needs `uv`. Versions stay as locked unless --upgrade is given or a range no longer holds them. run.txt comes
first and binds the others, so that one machine can go from `run` to `test` by adding packages alone.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ["uv", "pip", "compile", "--universal", "--generate-hashes", "--no-emit-index-url", "--quiet"]
HEADER = "python requirements/compile.py"
PROJECT = "pyproject.toml"
GROUPS = {
    "build": ["--group", "build"],
    "run": [PROJECT],
    "test": [PROJECT, "--group", "test", "--constraints", "requirements/run.txt"],
    "dev": [PROJECT, "--group", "dev", "--constraints", "requirements/test.txt"],
    "prod": [PROJECT, "--group", "prod", "--constraints", "requirements/run.txt"],
}


def main() -> None:
    """Write every lock file, in order."""
    for name, groups in GROUPS.items():
        target = ["--output-file", f"requirements/{name}.txt", "--custom-compile-command", HEADER]
        subprocess.run([*COMMAND, *groups, *target, *sys.argv[1:]], cwd=ROOT, check=True)
        print(f"requirements/{name}.txt")


if __name__ == "__main__":
    main()
