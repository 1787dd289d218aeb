"""A small checkout, and what is made of it by steps that are written down rather than done."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from devtools.checkout import Checkout

ROOT = Path(__file__).resolve().parent.parent.parent


class RecordingCheckout(Checkout):
    """A checkout that writes its steps down; `breaks_at` names the step at which it is killed."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, {"PATH": "/usr/bin:/bin"})
        self.work.mkdir()
        self.steps: list[str] = []
        self.breaks_at = ""

    def call(self, step: str, command: Sequence[str], *, online: bool = False) -> None:
        self.steps.append(step)
        if step == self.breaks_at:
            raise KeyboardInterrupt
        if step == "Making the virtual environment":
            shutil.rmtree(self.venv, ignore_errors=True)
            self.venv.mkdir()
        elif step == "Installing front-end packages":
            (self.root / "node_modules").mkdir(exist_ok=True)
        elif step == "Building assets":
            (self.work / "assets").mkdir()
            (self.work / "assets" / "manifest.json").write_text("{}")
        elif step == "Compiling translations":
            for catalogue in self.root.rglob("*.po"):
                catalogue.with_suffix(".mo").touch()
        elif step == "Migrating the database":
            (self.instance / "registry.sqlite").touch()

    def again(self) -> list[str]:
        """What the steps since the last question were."""
        steps, self.steps = self.steps, []
        return steps


@pytest.fixture
def checkout(tmp_path: Path) -> RecordingCheckout:
    """A checkout with one file of each kind and nothing made yet."""
    root = tmp_path / "checkout"
    for name in (
        "requirements/build.txt",
        "requirements/run.txt",
        "requirements/test.txt",
        "package.json",
        "package-lock.json",
        "static/src/app.css",
        "migrations/versions/one.py",
        "seed_data/places.bin",
        "registry/translations/es_US/LC_MESSAGES/messages.po",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return RecordingCheckout(root)
