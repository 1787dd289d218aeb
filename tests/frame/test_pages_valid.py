"""Every page in its main states is valid HTML, by the checks of the client and by html-validate."""

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import ROOT
from devtools.checkout import NODE
from tests.frame.routes import ROUTES
from tests.support.elements import Element
from tests.support.looking import people, seen
from tests.support.looks import LOOKS
from tests.support.pages import Page
from tests.support.scenes import set_scene

VALIDATOR = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
# What the HTML standard and accessibility ask; "recommended" adds matters of taste.
RULES = {
    "root": True,
    "extends": ["html-validate:standard", "html-validate:a11y"],
    "rules": {
        # A button of a form sends it: that is its standard.
        "no-implicit-button-type": "off",
        # A table that scrolls is a named region on its own; a section would put it into the outline.
        "prefer-native-element": ["error", {"exclude": ["region"]}],
    },
}

# Forms that nobody sends wrong with what the page offers: a choice that is made already, or a note that may be empty.
NEVER_WRONG = {
    "POST /staff/labs/<lab_id>/versions/<version_id>",
    "POST /staff/labs/merge",
    "POST /staff/people/<member>/role",
    "POST /staff/submissions/<submission_id>/hold",
}
# WCAG 1.3.5: what one writes about oneself, and the names by which a browser knows it. What is asked of others (a
# colleague, the laboratory's line for the public) it must not fill in.
PURPOSES = {
    "contact_name": {"name"},
    "contact_email": {"email"},
    "contact_role": {"organization-title", "off"},
    "email": {"email", "username", "off"},
    "phone": {"tel", "off"},
    "password": {"current-password", "new-password"},
    "again": {"new-password"},
    "code": {"one-time-code"},
    "zip": {"postal-code"},
    "city": {"address-level2"},
    "state": {"address-level1"},
    "address_line1": {"address-line1"},
    "address_line2": {"address-line2"},
}


@pytest.fixture(scope="module")
def loaded() -> dict[str, Page]:
    """What one test of the module loaded, for the others: nobody changes a page."""
    return {}


@pytest.fixture
def pages(request: pytest.FixtureRequest, engine_name: str, loaded: dict[str, Page]) -> dict[str, Page]:
    """The looks by name, as the client loaded and checked them."""
    if not loaded:
        loaded |= _load(request.getfixturevalue("app"), request.getfixturevalue("session"))
    return loaded


def _load(app: Flask, session: Session) -> dict[str, Page]:
    scene = set_scene(app, session)
    clients = people(app)
    return {look.name: seen(clients[look.who], look, scene.address(look)) for look in LOOKS}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_page_is_valid_html(pages: dict[str, Page], tmp_path: Path) -> None:
    names = {}
    for number, (name, page) in enumerate(pages.items()):
        file = tmp_path / f"{number:02}.html"
        file.write_text(page.html, "utf-8")
        names[str(file)] = name
    configuration = tmp_path / "rules.json"
    configuration.write_text(json.dumps(RULES))

    # Node ends without emptying a pipe, so its report goes to a file.
    report = tmp_path / "report.json"
    with report.open("wb") as output:
        run = subprocess.run(
            [sys.executable, *NODE, VALIDATOR, "--config", configuration, "--formatter", "json", *names],
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert report.stat().st_size, run.stderr.decode()
    faults = [
        f"{names[result['filePath']]}: line {fault['line']}: {fault['message']} ({fault['ruleId']})"
        for result in json.loads(report.read_text("utf-8"))
        for fault in result["messages"]
    ]
    assert faults == []


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_titles_tell_pages_apart(pages: dict[str, Page]) -> None:
    titles: dict[str, list[str]] = {}
    for name, page in pages.items():
        if ", " not in name and "Spanish" not in name:
            titles.setdefault(page.title, []).append(name)

    alike = {title: names for title, names in titles.items() if len({pages[name].h1 for name in names}) > 1}
    assert alike == {}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_error_is_told_at_its_field_and_in_the_summary(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        if not name.endswith(", errors"):
            continue
        summary = page.all(class_="error-summary")
        assert summary, f"{name} has no summary"
        targets = [link["href"].removeprefix("#") for link in summary[0].all("a")]
        ids = {element.get("id") for element in page.root.walk()}
        # What is wrong with a pair of fields, such as a name with its password, has no one place.
        assert targets or name == "sign in, errors", f"{name}: the summary links to nothing"
        assert set(targets) <= ids, f"{name}: the summary links to what is not there"


def route_to(address: str) -> str:
    """The route of what is sent to *address*."""
    path = address.partition("?")[0]
    routes = [route for route in ROUTES if route.startswith("POST ")]
    fitting = [one for one in routes if re.fullmatch(re.sub("<[a-z_]+>", "[^/]+", one), f"POST {path}")]
    return min(fitting, key=lambda route: route.count("<"))


def offered(form: Element) -> list[Element]:
    """What a person can fill in or choose in *form*."""
    return [
        one
        for one in form.all("input", "select", "textarea")
        if one.get("type") not in {"hidden", "submit", "button"}
        and not any("trap" in parent.get("class").split() for parent in one.ancestors)
    ]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_form_is_looked_at_with_what_is_wrong(pages: dict[str, Page]) -> None:
    posting = [(page, form) for page in pages.values() for form in page.all("form", method="post")]
    forms = {route_to(urljoin(page.url, form.get("action") or page.url)) for page, form in posting if offered(form)}
    wrong = {route_to(pages[look.name].url) for look in LOOKS if look.press}

    assert forms - wrong == NEVER_WRONG


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_help_stands_in_the_same_place_of_every_page(pages: dict[str, Page]) -> None:
    steady = {"/about", "/contact", "/privacy", "/terms", "/accessibility"}
    # The way to the other language leads to the page itself.
    ways = {
        tuple(path for link in page.one("footer").all("a") if (path := link["href"].partition("?")[0]) in steady)
        for page in (pages[name] for name in pages if pages[name].url.partition("?")[0] not in steady)
    }

    assert [set(way) for way in ways] == [steady]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_fields_about_a_person_say_so_to_the_browser(pages: dict[str, Page]) -> None:
    forms = [(name, form) for name, page in pages.items() for form in page.main.all("form", method="post")]
    fields = [(name, field) for name, form in forms for field in offered(form)]
    asked = [(name, field) for name, field in fields if field.get("name") in PURPOSES]

    odd = [
        f"{name}: {field.get('name')} is {field.get('autocomplete')!r}"
        for name, field in asked
        if field.get("autocomplete") not in PURPOSES[field["name"]]
    ]
    assert odd == []
    # The second step of signing in has settings of its own.
    assert {field["name"] for _, field in asked} == set(PURPOSES) - {"code"}
