"""What was made once is not made again until what it is made of changes; what broke off is never believed."""

import platform
from pathlib import Path

import pytest

from devtools.checkout import Checkout
from devtools.processes import Problem
from tests.toolchain.conftest import RecordingCheckout

ENVIRONMENT = ["Making the virtual environment", "Installing pip", "Installing Python packages"]
FRONT_END = ["Installing front-end packages", "Building assets"]
TRANSLATIONS = ["Compiling translations"]
DATABASE = ["Migrating the database", "Loading the demonstration"]


def test_a_second_run_makes_nothing(checkout: RecordingCheckout) -> None:
    checkout.prepare("run")
    checkout.load_demonstration()
    assert checkout.again() == [*ENVIRONMENT, *FRONT_END, *TRANSLATIONS, *DATABASE]
    checkout.prepare("run")
    checkout.load_demonstration()
    assert checkout.again() == []


@pytest.mark.parametrize(
    ("changed", "made_again"),
    [
        ("requirements/run.txt", ENVIRONMENT),
        ("requirements/build.txt", ENVIRONMENT),
        ("requirements/test.txt", []),
        ("package-lock.json", FRONT_END),
        ("static/src/app.css", ["Building assets"]),
        ("registry/translations/es_US/LC_MESSAGES/messages.po", TRANSLATIONS),
        ("migrations/versions/one.py", DATABASE),
        ("seed_data/places.bin", DATABASE),
    ],
)
def test_a_change_makes_again_only_what_depends_on_it(
    checkout: RecordingCheckout, changed: str, made_again: list[str]
) -> None:
    checkout.prepare("run")
    checkout.load_demonstration()
    checkout.again()
    (checkout.root / changed).write_text("something else")
    checkout.prepare("run")
    checkout.load_demonstration()
    assert checkout.again() == made_again


def test_a_new_source_file_builds_the_assets_again(checkout: RecordingCheckout) -> None:
    checkout.prepare("run")
    checkout.again()
    (checkout.root / "static" / "src" / "new.js").write_text("")
    checkout.prepare("run")
    assert checkout.again() == ["Building assets"]


def test_deleted_assets_are_built_again(checkout: RecordingCheckout) -> None:
    checkout.prepare("run")
    checkout.again()
    (checkout.root / "static" / "dist" / "manifest.json").unlink()
    checkout.prepare("run")
    assert checkout.again() == ["Building assets"]


def test_another_python_makes_the_environment_anew(
    checkout: RecordingCheckout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.install_python_packages("run")
    checkout.again()
    monkeypatch.setattr(platform, "python_version", lambda: "3.99.0")
    checkout.install_python_packages("run")
    assert checkout.again() == ENVIRONMENT


def test_the_environment_of_the_tests_serves_run(checkout: RecordingCheckout) -> None:
    checkout.install_python_packages("test")
    checkout.again()
    checkout.install_python_packages("run")
    assert checkout.again() == []


def test_the_environment_of_run_grows_into_that_of_the_tests(checkout: RecordingCheckout) -> None:
    checkout.install_python_packages("run")
    checkout.again()
    checkout.install_python_packages("test")
    assert checkout.again() == ["Installing Python packages"]


def test_an_environment_without_a_stamp_is_made_anew(checkout: RecordingCheckout) -> None:
    (checkout.venv / "bin").mkdir(parents=True)
    checkout.install_python_packages("run")
    assert checkout.again() == ENVIRONMENT


@pytest.mark.parametrize("lock", ["run", "test"])
@pytest.mark.parametrize("step", ENVIRONMENT)
def test_an_install_that_was_killed_begins_anew(checkout: RecordingCheckout, step: str, lock: str) -> None:
    checkout.breaks_at = step
    with pytest.raises(KeyboardInterrupt):
        checkout.install_python_packages(lock)
    checkout.again()
    checkout.breaks_at = ""
    checkout.install_python_packages(lock)
    assert checkout.again() == ENVIRONMENT


def test_growing_into_the_tests_that_was_killed_begins_anew(checkout: RecordingCheckout) -> None:
    checkout.install_python_packages("run")
    checkout.breaks_at = "Installing Python packages"
    with pytest.raises(KeyboardInterrupt):
        checkout.install_python_packages("test")
    checkout.again()
    checkout.breaks_at = ""
    checkout.install_python_packages("run")
    assert checkout.again() == ENVIRONMENT


@pytest.mark.parametrize("step", [*FRONT_END, *TRANSLATIONS])
def test_a_build_that_was_killed_is_done_again(checkout: RecordingCheckout, step: str) -> None:
    checkout.breaks_at = step
    with pytest.raises(KeyboardInterrupt):
        checkout.prepare("run")
    checkout.again()
    checkout.breaks_at = ""
    checkout.prepare("run")
    assert step in checkout.again()


def test_a_demonstration_half_loaded_is_loaded_again(checkout: RecordingCheckout) -> None:
    checkout.breaks_at = "Loading the demonstration"
    with pytest.raises(KeyboardInterrupt):
        checkout.load_demonstration()
    checkout.again()
    checkout.breaks_at = ""
    checkout.load_demonstration()
    assert checkout.again() == DATABASE


def test_a_database_elsewhere_is_always_asked(checkout: RecordingCheckout) -> None:
    checkout.environ["REGISTRY_DATABASE_URL"] = "postgresql://elsewhere/registry"
    checkout.load_demonstration()
    checkout.again()
    checkout.load_demonstration()
    assert checkout.again() == DATABASE


def test_reset_starts_afresh(checkout: RecordingCheckout) -> None:
    checkout.load_demonstration()
    checkout.again()
    checkout.reset()
    assert not checkout.instance.exists()
    checkout.load_demonstration()
    assert checkout.again() == DATABASE


def test_reset_without_an_instance_does_nothing(checkout: RecordingCheckout) -> None:
    checkout.reset()
    assert not checkout.instance.exists()


def test_reset_refuses_a_folder_that_run_did_not_make(checkout: RecordingCheckout) -> None:
    checkout.instance.mkdir()
    (checkout.instance / "precious.txt").write_text("mine")
    checkout.load_demonstration()
    with pytest.raises(Problem, match=r"instance/ was not made by dev\.py run"):
        checkout.reset()
    assert (checkout.instance / "precious.txt").read_text() == "mine"


def test_reset_refuses_to_follow_a_link(checkout: RecordingCheckout) -> None:
    elsewhere = checkout.root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".made-by-dev").touch()
    checkout.instance.symlink_to(elsewhere)
    with pytest.raises(Problem, match="was not made by"):
        checkout.reset()
    assert elsewhere.is_dir()


def test_a_password_in_the_instance_is_for_its_owner_alone(checkout: RecordingCheckout) -> None:
    checkout.load_demonstration()
    assert checkout.instance.stat().st_mode & 0o077 == 0


def test_steps_keep_their_bytecode_and_see_no_modules_of_elsewhere(tmp_path: Path) -> None:
    environ = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "/elsewhere", "REGISTRY_SMTP_HOST": "localhost"}
    assert Checkout(tmp_path, environ).environ == {"REGISTRY_SMTP_HOST": "localhost"}


def test_two_at_once_do_not_share_what_one_must_have_alone(checkout: RecordingCheckout) -> None:
    with (
        checkout.hold("serving", shared=True),
        checkout.hold("serving", shared=True),
        pytest.raises(Problem, match="being served"),
        checkout.hold("serving", refusal="This checkout is being served."),
    ):
        pass
    with checkout.hold("serving", refusal="This checkout is being served."):
        pass
