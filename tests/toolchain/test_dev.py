"""dev.py says in one sentence what is wrong, and leaves nothing running."""

import ast
import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

import dev
from devtools import machine, serving
from devtools.checkout import Checkout
from devtools.processes import Problem, failure
from tests.toolchain.conftest import ROOT


class DevPy(Protocol):
    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def dev_py(tmp_path: Path) -> DevPy:
    """dev.py as a person starts it, in a folder of its own: nothing is made in this checkout."""
    shutil.copy(ROOT / "dev.py", tmp_path)
    shutil.copytree(ROOT / "devtools", tmp_path / "devtools")

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(tmp_path / "dev.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    return call


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield int(holder.getsockname()[1])


@pytest.mark.parametrize("version", [(3, 6), (3, 8), (3, 10)])
def test_an_old_python_is_told_so(version: tuple[int, int]) -> None:
    complaint = dev.python_complaint(version)
    assert complaint == f"This needs Python 3.11 or newer; this is Python {version[0]}.{version[1]}."


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 15), (4, 0)])
def test_a_newer_python_is_welcome(version: tuple[int, int]) -> None:
    assert dev.python_complaint(version) is None


def test_windows_is_told_where_it_runs() -> None:
    assert dev.python_complaint((3, 13), system="nt") == (
        "This runs on Linux and macOS; on Windows, run it inside WSL."
    )


def test_an_old_python_can_read_as_far_as_the_complaint() -> None:
    tree = ast.parse((ROOT / "dev.py").read_text(), feature_version=(3, 6))
    before: list[ast.stmt] = []
    for statement in tree.body:
        before.append(statement)
        if isinstance(statement, ast.If):
            break
    imported = {alias.name for node in before if isinstance(node, ast.Import) for alias in node.names}
    assert imported == {"os", "sys"}
    assert "python_complaint" in ast.unparse(before[-1])
    # What an old Python would evaluate of a function it only defines must mean something to it.
    (function,) = (node for node in before if isinstance(node, ast.FunctionDef))
    annotations = [function.returns, *(argument.annotation for argument in function.args.args)]
    assert all(isinstance(note, ast.Constant) or ast.unparse(note) == "str" for note in annotations if note)


def test_dev_py_needs_the_standard_library_alone() -> None:
    allowed = sys.stdlib_module_names | {"devtools"}
    for path in [ROOT / "dev.py", *(ROOT / "devtools").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert {name.partition(".")[0] for name in names} <= allowed, path


def test_a_taken_port_is_one_sentence(dev_py: DevPy, taken_port: int) -> None:
    done = dev_py("run", "--port", str(taken_port))
    assert done.returncode == 1
    assert done.stderr == (f"Port {taken_port} is taken; choose another: python3 dev.py run --port {taken_port + 1}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--port", "-1"), "-1 is no port: choose one from 1 to 65535.\n"),
        (("--port", "70000"), "70000 is no port: choose one from 1 to 65535.\n"),
        (
            ("--host", "300.1.1.1"),
            "300.1.1.1 is no address of this machine; without --host it is 127.0.0.1.\n",
        ),
        (("--host", "192.0.2.1"), "Cannot serve on 192.0.2.1 port 8000: Cannot assign requested address.\n"),
    ],
)
def test_an_impossible_address_is_one_sentence(dev_py: DevPy, arguments: tuple[str, str], sentence: str) -> None:
    done = dev_py("run", *arguments)
    assert (done.returncode, done.stderr) == (1, sentence)


def test_a_checkout_without_its_files_is_one_sentence(dev_py: DevPy) -> None:
    done = dev_py("run", "--port", "0")
    assert done.returncode == 1
    assert re.fullmatch(r"The system refused: .*No such file or directory: .*requirements/build\.txt'\.\n", done.stderr)


def test_an_unknown_option_is_refused(dev_py: DevPy) -> None:
    done = dev_py("run", "--prot", "1")
    assert done.returncode == 2
    assert "unrecognized arguments: --prot 1" in done.stderr


def test_port_zero_takes_one_that_is_free() -> None:
    port = machine.free_port("127.0.0.1", 0)
    assert machine.free_port("127.0.0.1", port) == port > 0


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("registry.example.org", "http://registry.example.org:8000"),
    ],
)
def test_the_address_shown_is_one_that_opens(host: str, url: str) -> None:
    assert serving.base_url(host, 8000) == url


def test_without_a_network_the_install_says_so(tmp_path: Path) -> None:
    """A pip that finds nobody listening, on the step as it is; the environment is the one of this test."""
    (tmp_path / "requirements").mkdir()
    lock = (ROOT / "requirements" / "build.txt").read_text()
    (tmp_path / "requirements" / "build.txt").write_text(lock.replace("pip==", "pip-of-nowhere=="))
    checkout = Checkout(tmp_path, os.environ)
    checkout.environ |= {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9",
        "PIP_RETRIES": "1",
    }
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        checkout.environ.pop(name, None)
    checkout.work.mkdir()
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--dest",
        str(tmp_path),
        "-r",
        "requirements/build.txt",
    ]
    with pytest.raises(Problem) as caught:
        checkout.call("Installing pip", command, online=True)
    assert str(caught.value) == (
        "Installing pip failed: the network or the package registry did not answer; try again"
        " (details: .dev/installing-pip.log)."
    )
    assert "NewConnectionError" in (tmp_path / ".dev" / "installing-pip.log").read_text()


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        (
            "npm error code ENOSPC",
            "Step failed: the disk is full or cannot be written to (details: .dev/step.log).",
        ),
        (
            "OSError: [Errno 28] No space left on device",
            "Step failed: the disk is full or cannot be written to (details: .dev/step.log).",
        ),
        (
            "npm error network request failed ECONNREFUSED",
            "Step failed: the network or the package registry did not answer; try again (details: .dev/step.log).",
        ),
        ("Traceback: a fault", "Step failed (details: .dev/step.log)."),
    ],
)
def test_a_failed_step_is_one_sentence_and_a_log(tmp_path: Path, printed: str, sentence: str) -> None:
    checkout = Checkout(tmp_path, os.environ)
    checkout.work.mkdir()
    failing = [sys.executable, "-c", f"import sys; sys.exit({printed!r})"]
    with pytest.raises(Problem, match=f"^{re.escape(sentence)}$"):
        checkout.call("Step", failing, online=True)
    assert printed in (checkout.work / "step.log").read_text()


def test_a_step_that_does_not_say_why_failed_on_a_full_disk() -> None:
    sentence = failure("Step", "exit status 1", ".dev/step.log", free=1_000_000, online=True)
    assert sentence == "Step failed: the disk is full or cannot be written to (details: .dev/step.log)."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "full"), "The disk is full; free some space and try again."),
        (
            OSError(errno.EROFS, "read-only", ".dev"),
            ".dev cannot be written to; use a checkout of your own.",
        ),
        (OSError(errno.EIO, "Input/output error"), "The system refused: [Errno 5] Input/output error."),
    ],
)
def test_what_the_system_refuses_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError, sentence: str
) -> None:
    def refuse(*arguments: object) -> int:
        raise error

    monkeypatch.setattr(dev, "test", refuse)
    monkeypatch.setattr(signal, "signal", lambda *arguments: None)
    assert dev.main(["test"]) == 1
    assert capsys.readouterr().err == f"{sentence}\n"


def test_ctrl_c_while_preparing_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "test", interrupted)
    monkeypatch.setattr(signal, "signal", lambda *arguments: None)
    assert dev.main(["test"]) == 130
    assert capsys.readouterr().err.strip() == ("Stopped before it was done; the same command goes on from here.")


def test_continuous_integration_calls_the_command_of_the_readme() -> None:
    command = "python3 dev.py test"
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == command
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert re.search(rf"^\s*{command}\b", (ROOT / "README.md").read_text(), re.MULTILINE)
