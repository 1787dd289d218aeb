"""Every act that the program writes to the audit has a label in plain words."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from registry.domain.workflow import Action
from registry.models import AuditEvent
from registry.moderation.audit_words import act_labels, act_words, before_and_after

PACKAGE = Path(__file__).resolve().parents[2] / "registry"


def trees() -> Iterator[ast.Module]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def _constants(node: ast.expr, known: dict[str, str]) -> set[str]:
    """The texts that *node* can be: a constant, a name for one, either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.Name) and node.id in known:
        return {known[node.id]}
    if isinstance(node, ast.IfExp):
        return _constants(node.body, known) | _constants(node.orelse, known)
    return set()


def written_acts() -> set[str]:
    """The acts of ``AuditEvent(action=…)``, also where a function passes on what it is given as ``action``."""
    passing: dict[str, set[int]] = {}
    known: dict[str, str] = {}
    for tree in trees():
        known |= _named(tree)
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            places = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
            names = {*places, *(argument.arg for argument in function.args.kwonlyargs)}
            if "action" in names and any(_is_call(node, "AuditEvent") for node in ast.walk(function)):
                place = places.index("action") if "action" in places else len(places)
                passing.setdefault(function.name, set()).add(place)
    found: set[str] = set()
    for tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name == "AuditEvent" or name in passing:
                given = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
                for node in given + [call.args[place] for place in passing.get(name, ()) if place < len(call.args)]:
                    found |= _constants(node, known)
    return found


def _named(tree: ast.Module) -> dict[str, str]:
    """The names of a module that stand for one text."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == name


def test_the_search_finds_what_is_written() -> None:
    assert {"publish", "confirm", "close_report", "plan_leaving", "export_audit", "dispute"} <= written_acts()


def test_every_act_has_a_label() -> None:
    acts = written_acts() | {action.value for action in Action}

    assert acts - act_labels().keys() == set()


@pytest.mark.parametrize("subject", ["lab", "submission", "report", "staff", "something new"])
def test_an_act_that_nobody_named_stands_as_it_is(app: Flask, subject: str) -> None:
    event = AuditEvent(
        at=datetime.now(UTC), action="made_up_act", subject_type=subject, subject_id=1, before=None, after=None
    )
    with app.test_request_context("/staff"):
        assert act_words(event) == "made up act"
        assert before_and_after(event) == []


def test_every_label_can_be_filled_with_nothing(app: Flask) -> None:
    with app.test_request_context("/staff"):
        for act in act_labels():
            event = AuditEvent(action=act, subject_type="lab", subject_id=1, before=None, after=None)
            assert "%(" not in act_words(event)


def test_what_changed_is_told_in_words_and_otherwise_as_it_is(app: Flask) -> None:
    event = AuditEvent(
        action="leave",
        subject_type="lab",
        subject_id=1,
        before={"state": "published", "days": {"a": "2026-01-01"}, "tests": []},
        after={"state": "withdrawn", "tests": ["a", "b"], "answered": True, "unheard_of": 1.5},
    )
    with app.test_request_context("/staff"):
        assert before_and_after(event) == [
            ("State", "On the list", "Left the list"),
            ("Days", '{"a": "2026-01-01"}', ""),
            ("Fingerprints of the tests", "–", "a, b"),
            ("Answered by mail", "", "yes"),
            ("unheard_of", "", "1.5"),
        ]
