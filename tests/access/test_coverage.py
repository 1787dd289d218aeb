"""What looks at whole pages comes to every page, and to every form with what is wrong in it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import MapAdapter

from tests.frame.routes import ROUTES, Access
from tests.support.looks import LOOKS

CONVERTER = re.compile(r"<[^<>]*:")
FILLED = re.compile(r"\{[a-z_]+\}")
FILES = (".csv", ".geojson", ".ico", ".txt", ".vcf", ".xml")
# Addresses that answer no page of ours: data, ways that lead on, a mail as the mail program gets it.
NO_PAGES = {"GET /guard/challenge", "GET /healthz", "GET /readyz", "GET /staff", "GET /dev/mail/<name>/html"}
# Pages of an application with other settings: tests/access/test_second_step.py goes there.
ELSEWHERE = {
    "GET /staff/tf-setup",
    "GET /staff/tf-validate",
    "GET /staff/mf-recovery",
    "GET /staff/mf-recovery-codes",
    "GET /dev/components",
    "GET /dev/mail",
    "GET /dev/mail/<name>",
}


@pytest.fixture
def routes(make_app: Callable[..., Flask]) -> MapAdapter:
    return make_app(mode="demonstration").url_map.bind("localhost")


def route_of(routes: MapAdapter, address: str) -> str:
    """The route to which *address* of a look leads; nothing, for an address that is none."""
    try:
        rule, _ = routes.match(FILLED.sub("1", address).partition("?")[0], method="GET", return_rule=True)
    except NotFound:
        return ""
    return "GET " + CONVERTER.sub("<", rule.rule)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_page_is_looked_at(routes: MapAdapter) -> None:
    pages = {
        route
        for route, access in ROUTES.items()
        if route.startswith("GET ")
        and not route.startswith("GET /api/")
        and not route.endswith(FILES)
        and access is not Access.NOBODY
    }
    looked_at = {route_of(routes, look.address) for look in LOOKS} - {""}

    assert pages - looked_at - ELSEWHERE == NO_PAGES
    assert looked_at & (NO_PAGES | ELSEWHERE) == set()


def test_what_is_looked_at_elsewhere_is_looked_at() -> None:
    walked = Path(__file__).with_name("test_second_step.py").read_text("utf-8")

    parts = {route.removeprefix("GET ").replace("<name>", "") for route in ELSEWHERE}
    assert {part for part in parts if part not in walked} == set()


def test_looks_have_names_of_their_own() -> None:
    names = [look.name for look in LOOKS]

    assert {name for name in names if names.count(name) > 1} == set()
