"""The lock files: exact, hashed, in step with pyproject.toml, and silent about where packages come from."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.toolchain.conftest import ROOT

LOCKS = {
    "build": (False, ["build"]),
    "run": (True, []),
    "test": (True, ["test"]),
    "dev": (True, ["test", "dev"]),
    "prod": (True, ["prod"]),
}
ADDRESS = re.compile(r"https?://|file:|--(extra-)?index-url|--find-links|(^|\s)/[a-z]+/", re.IGNORECASE)


def lock_file(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes of each package of a lock file."""
    packages: dict[str, tuple[str, int]] = {}
    current = ""
    for line in lock_file(name).read_text().splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", line):
            current = canonicalize_name(match[1])
            packages[current] = (match[2], 0)
        elif line.strip().startswith("--hash=sha256:"):
            version, hashes = packages[current]
            packages[current] = (version, hashes + 1)
    return packages


def direct(name: str) -> list[Requirement]:
    """What pyproject.toml asks of a lock file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    with_project, groups = LOCKS[name]
    lines = list(project["project"]["dependencies"]) if with_project else []
    for group in groups:
        lines += [line for line in project["dependency-groups"][group] if isinstance(line, str)]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_exact_and_hashed(name: str) -> None:
    packages = locked(name)
    assert packages
    assert [package for package, (_, hashes) in packages.items() if not hashes] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_in_step_with_the_project(name: str) -> None:
    packages = locked(name)
    for requirement in direct(name):
        version = packages[canonicalize_name(requirement.name)][0]
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}"


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_an_address_or_a_machine(name: str) -> None:
    assert [line for line in lock_file(name).read_text().splitlines() if ADDRESS.search(line)] == []


@pytest.mark.parametrize(("smaller", "larger"), [("run", "test"), ("test", "dev"), ("run", "prod")])
def test_the_larger_lock_holds_the_smaller_at_the_same_versions(smaller: str, larger: str) -> None:
    assert {package: version for package, (version, _) in locked(smaller).items()}.items() <= {
        package: version for package, (version, _) in locked(larger).items()
    }.items()


def test_no_other_lock_is_committed() -> None:
    assert [name for name in ("uv.lock", "pylock.toml", "poetry.lock", "yarn.lock") if (ROOT / name).exists()] == []


def test_the_front_end_is_exact_hashed_and_names_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    packages = json.loads(text)["packages"]
    asked = json.loads((ROOT / "package.json").read_text())
    wanted = {**asked["dependencies"], **asked["devDependencies"]}
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, package in packages.items() if name and not package.get("integrity")] == []


@pytest.mark.parametrize("platform", ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"])
def test_the_bundler_is_locked_for_every_platform(platform: str) -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert packages[f"node_modules/@esbuild/{platform}"]["optional"] is True


def test_npm_runs_no_scripts_of_packages() -> None:
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"} <= set(
        (ROOT / ".npmrc").read_text().splitlines()
    )
