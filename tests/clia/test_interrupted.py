"""An import whose process is killed leaves the old quarter whole, and the next one works."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from registry.clia.importing import Report
from registry.models import CliaQuarter
from tests.clia.loading import READING, REPLACING, load_until
from tests.support.cms import write_file

LONGEST_S = 60.0


def killed(settings: Settings, file: Path, moment: str) -> None:
    """Load *file* in a child process and kill it when *moment* has come."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.clia.loading"])
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=load_until, args=(settings, file, moment, theirs), daemon=True)
    child.start()
    assert ours.poll(LONGEST_S), "the import never came so far"
    assert ours.recv() == moment
    child.kill()
    child.join()


@pytest.mark.parametrize("moment", [READING, REPLACING])
def test_a_killed_import_leaves_the_old_quarter_whole(
    moment: str,
    settings: Settings,
    load_file: Callable[..., Report],
    numbers: Callable[[], list[str]],
    session: Session,
    tmp_path: Path,
) -> None:
    load_file(write_file(tmp_path / "old.csv", range(1, 31)), quarter="2026-Q1")
    before = numbers()
    new = write_file(tmp_path / "new.csv", range(11, 1_011))

    killed(settings, new, moment)

    assert numbers() == before
    assert session.get_one(CliaQuarter, 1).label == "2026-Q1"
    tables = sa.inspect(session.get_bind()).get_table_names()
    assert sorted(name for name in tables if name.startswith("clia")) == ["clia_quarter", "clia_record"]
    assert load_file(new).loaded == 1_000
    assert len(numbers()) == 1_000
