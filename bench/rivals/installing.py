"""The rivals' programs, which are no dependencies of the registry."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Installed:
    """A Python with the rivals' packages, a folder of Node modules, the folder of PostgreSQL's programs, and the
    account that runs PostgreSQL when the caller is root.
    """

    python: Path
    node_modules: Path
    postgres: Path
    postgres_account: str


def rivals_python(folder: Path) -> Path:
    """A virtual environment in *folder* with what ``requirements.txt`` names; an old one is brought up to date."""
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    requirements = str(HERE / "requirements.txt")
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
    return python


def node_modules(folder: Path) -> Path:
    """Node modules in *folder* as ``package.json`` names them."""
    shutil.copy(HERE / "package.json", folder)
    command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel", "error"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder / "node_modules"


def postgres_programs() -> Path:
    """Where PostgreSQL's server is, as pg_config says. Raises FileNotFoundError without one."""
    found = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
    return Path(found.stdout.strip())
