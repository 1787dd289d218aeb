"""What dev.py needs of the machine, and what it starts and stops there."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from devtools import machine, serving
from devtools.checkout import Checkout
from devtools.processes import Problem, Terminated, run_attended, run_logged
from tests.toolchain.conftest import ROOT, RecordingCheckout


def test_a_machine_without_venv_is_told_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "lacking", lambda with_browser: {"python3-venv": "Python's venv module"})
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "apt-get").write_text("#!/bin/sh\n")
    (tools / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(Problem) as caught:
        machine.install_system_packages(tmp_path / "log", with_browser=False)
    assert str(caught.value) == (
        "This machine lacks Python's venv module. As root, run this line, then try again:\n"
        "apt-get update && apt-get install --yes --no-install-recommends python3-venv"
    )


def test_a_machine_without_apt_is_told_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "browser", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Problem, match="This machine lacks Chromium or Chrome: install that"):
        machine.install_system_packages(tmp_path / "log", with_browser=True)


def test_run_asks_for_no_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "browser", lambda: None)
    machine.install_system_packages(tmp_path / "log", with_browser=False)
    assert not (tmp_path / "log").exists()


def test_an_interrupted_step_leaves_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step whose grandchild would write a file after a second is stopped with it."""
    late = tmp_path / "late"
    grandchild = f"sleep 1; touch {late}"
    begun = tmp_path / "begun"

    def terminated(number: int, frame: object) -> None:
        raise Terminated

    before = signal.signal(signal.SIGALRM, terminated)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(Terminated):
            run_logged(["sh", "-c", f"touch {begun}; ({grandchild}) & wait"], tmp_path, os.environ, tmp_path / "log")
    finally:
        signal.signal(signal.SIGALRM, before)
    assert begun.exists()
    time.sleep(1.2)
    assert not late.exists()


def test_a_check_that_is_ended_may_clean_up(tmp_path: Path) -> None:
    cleaned = tmp_path / "cleaned"
    child = (
        "import time, pathlib\n"
        f"try:\n    pathlib.Path({str(tmp_path / 'begun')!r}).touch(); time.sleep(30)\n"
        f"except KeyboardInterrupt:\n    pathlib.Path({str(cleaned)!r}).touch()\n"
    )

    def terminated(number: int, frame: object) -> None:
        raise Terminated

    before = signal.signal(signal.SIGALRM, terminated)
    try:
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        with pytest.raises(Terminated):
            run_attended([sys.executable, "-c", child], tmp_path, os.environ)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert cleaned.exists()


def test_the_node_of_the_environment_answers(tmp_path: Path) -> None:
    checkout = Checkout(ROOT, os.environ)
    checkout.venv = Path(sys.prefix)
    code, output = run_logged([checkout.node(), "--version"], ROOT, os.environ, tmp_path / "log")
    assert code == 0
    assert re.match(r"v(2[2-9]|[3-9][0-9])\.", output)


@pytest.mark.parametrize("name", ["server", "mail worker"])
def test_when_one_ends_the_other_is_stopped(
    checkout: RecordingCheckout, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    alive = checkout.root / "alive"
    writing = f"import os, time; os.symlink(str(os.getpid()), {str(alive)!r}); time.sleep(60)"
    lasting = ["-c", writing]
    waiting = f"import os, sys, time\nwhile not os.path.lexists({str(alive)!r}): time.sleep(0.02)\nsys.exit(3)"
    ending = ["-c", waiting]
    monkeypatch.setattr(serving, "SERVER", ending if name == "server" else lasting)
    monkeypatch.setattr(serving, "WORKER", lasting if name == "server" else ending)
    monkeypatch.setattr(serving, "healthy", lambda url: True)
    checkout.python = sys.executable
    checkout.environ["REGISTRY_BASE_URL"] = "http://127.0.0.1:9"
    sentence = f"The {name} ended by itself (exit code 3), so everything was stopped."
    with pytest.raises(Problem, match=f"^{re.escape(sentence)}$"):
        serving.serve(checkout, "127.0.0.1", 9)
    with pytest.raises(ProcessLookupError):
        os.kill(int(alive.readlink().name), 0)


def test_the_announcement_names_the_account_and_the_mail(checkout: RecordingCheckout) -> None:
    checkout.instance.mkdir()
    account = '{"email": "staff@example.org", "password": "made-at-first-run"}'
    (checkout.instance / "staff_account.json").write_text(account)
    text = serving.announcement(checkout, "http://127.0.0.1:8000")
    for part in ("http://127.0.0.1:8000/ ", "/staff ", "staff@example.org", "made-at-first-run", "/dev/mail"):
        assert part in text
