"""Rules of the house that no library checks: read from the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

from config import ROOT

LONGEST_MODULE = 300
OURS = sorted(path for folder in ("registry", "seed_data", "bench", "tests") for path in (ROOT / folder).rglob("*.py"))
# A module of an artful algorithm may be long; what people change every week may not.
LONG = {"registry/domain/vocabulary.py"}
NAMELESS = {"utils", "helpers", "misc", "common", "tools", "base_utils"}
# What lies below a view or a command takes time and chance as arguments.
BELOW = ("registry/domain/", "registry/models/", "registry/places/", "/queries.py", "/services.py")
CLOCKS = {"now", "utcnow", "today"}
WEB = {"flask", "werkzeug", "wtforms", "flask_wtf", "flask_babel", "flask_security", "flask_limiter"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _of_the_product(*stems: str) -> list[Path]:
    """The modules of the product; with *stems*, those of these names."""
    found = [path for path in OURS if _name(path).startswith("registry/")]
    return [path for path in found if path.stem in stems] if stems else found


def _calls(path: Path) -> Iterator[tuple[int, ast.Attribute]]:
    """Line and function of every call of the form ``something.function()``."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, node.func


def test_every_module_can_be_read_in_one_sitting() -> None:
    lengths = {_name(path): path.read_text("utf-8").count("\n") for path in OURS if _name(path) not in LONG}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_every_module_is_named_for_what_it_holds() -> None:
    assert [_name(path) for path in OURS if path.stem in NAMELESS] == []


def test_imports_stand_at_the_top() -> None:
    hidden = {
        f"{_name(path)}:{node.lineno}"
        for path in OURS
        for function in ast.walk(_tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert hidden == set()


def test_queries_and_services_know_nothing_of_the_web() -> None:
    imported = {
        f"{_name(path)}: {name}"
        for path in _of_the_product("queries", "services")
        for name in _imports(_tree(path))
        if name.partition(".")[0] in WEB
    }

    assert imported == set()


def test_queries_and_services_never_commit() -> None:
    ending = {
        f"{_name(path)}:{line}"
        for path in _of_the_product("queries", "services")
        for line, function in _calls(path)
        if function.attr in {"commit", "rollback"}
    }

    assert ending == set()


def test_below_the_views_time_is_an_argument() -> None:
    asked = {
        f"{_name(path)}:{line}"
        for path in _of_the_product()
        if any(part in _name(path) for part in BELOW)
        for line, function in _calls(path)
        if function.attr in CLOCKS
        and isinstance(function.value, ast.Name)
        and function.value.id in {"datetime", "date"}
    }

    assert asked == set()
