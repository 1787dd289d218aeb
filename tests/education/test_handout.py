"""What patients take along: what results can mean, questions on one sheet of paper, and whom to call."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser

from config import HelpLine
from registry.education.figures import figures
from registry.education.medicines import medicines
from registry.education.pages import PAGES
from registry.education.references import references
from tests.support.browser import Live
from tests.support.client import PageClient
from tests.support.pages import Page

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
ADVICE = re.compile(
    r"\byou (?:should|must|need to) (?:take|get|start|stop|have|use|choose)|should be treated|\b(?:we|is|are) recommend"
    r"|\bbest (?:treatment|medicine|laborator)|\bcures?\b",
    re.IGNORECASE,
)


def test_each_medicine_stands_with_its_approval_and_its_label(plain_client: PageClient) -> None:
    page = plain_client.load("/learn/results")
    shown = page.all("section", class_="medicine")
    assert len(shown) == len(medicines()) >= 2
    for medicine, section in zip(medicines(), shown, strict=True):
        assert section.one("span", data_figure=medicine.approval).text
        addresses = [link["href"] for link in section.all("a")]
        assert medicine.regulator_url in addresses
        assert medicine.label_url in addresses
        cited = [f"#reference-{references()[key].number}" for key in (medicine.reference, medicine.label)]
        assert set(cited) <= set(addresses)
        # Two things to ask about at least, and what kind of approval it is.
        assert len(section.all("li")) >= len(medicine.for_whom) + 2 + 2
        assert "Accelerated approval" in section.text
    assert "Continued approval may depend on a confirming trial" in page.main.text


def test_medicines_come_from_regulators_alone() -> None:
    for medicine in medicines():
        assert medicine.regulator_url.startswith("https://www.fda.gov/")
        assert medicine.label_url.startswith("https://dailymed.nlm.nih.gov/")
        assert figures()[medicine.approval].status in {"V", "V2"}
        assert {references()[key].kind for key in (medicine.reference, medicine.label)} == {"regulator"}


def test_no_page_for_patients_gives_advice(plain_client: PageClient) -> None:
    for page in PAGES:
        if page.audience == "patients":
            said = plain_client.load(page.address).main.text
            assert not ADVICE.search(said), page.name
            assert "This page is information only." in said


def test_questions_are_ticked_without_sending_anything(plain_client: PageClient) -> None:
    page = plain_client.load("/learn/questions").main
    boxes = page.all("input")
    assert len(boxes) >= 12
    assert {box.get("type") for box in boxes} == {"checkbox"}
    assert not page.all("form")
    assert not any(control.get("name") for control in page.all("input", "textarea"))
    assert "hidden" in page.one("button", data_print="").attributes


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_questions_print_on_one_sheet(live: Live, browser: Browser) -> None:
    page = browser.new_page()
    for language in ("en", "es"):
        page.goto(f"{live.url}/learn/questions?lang={language}")
        page.get_by_role("checkbox").first.check()
        for paper in ("Letter", "A4"):
            sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper))
            assert len(sheets) == 1, f"{len(sheets)} sheets of {paper} in {language}"
    page.close()


def _help(app: Flask) -> Page:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client.load("/learn/help")


@on_sqlite
def test_the_operator_says_whom_to_call(make_app: Callable[..., Flask]) -> None:
    lines = (
        HelpLine(name="Invented Line & Sons", phone="1-202-555-0100", url="https://line.example/", spanish=True),
        HelpLine(name="Only a Page", url="https://page.example/"),
        HelpLine(name="Only a Name"),
    )
    page = _help(make_app(help_lines=lines, trial_finder_name="Invented Finder", trial_finder_url="https://t.example/"))
    shown = [child for child in page.one("ul", class_="help-lines").children if not isinstance(child, str)]
    first, second, third = shown
    assert [link["href"] for link in first.all("a")] == ["tel:+1-202-555-0100", "https://line.example/"]
    assert "Invented Line & Sons" in first.text
    assert "Also in Spanish" in first.text
    assert [link["href"] for link in second.all("a")] == ["https://page.example/"]
    assert "Also in Spanish" not in second.text
    assert third.text == "Only a Name"
    assert page.link("Invented Finder") == "https://t.example/"
    assert page.link("911") == "tel:911"


@on_sqlite
def test_without_lines_and_finder_the_page_still_helps(make_app: Callable[..., Flask]) -> None:
    page = _help(make_app(help_lines=(), trial_finder_url=""))
    assert not page.all("ul", class_="help-lines")
    assert "Your care team or your hospital can tell you whom to call." in page.main.text
    assert "clinical trial" not in " ".join(heading.text for heading in page.all("h2"))


def test_the_first_page_opens_a_door_for_each_reader(plain_client: PageClient) -> None:
    page = plain_client.load("/learn")
    links = {link["href"] for link in page.main.all("a")}
    assert {each.address for each in PAGES} <= links
    doors = [door.one("h2").text for door in page.all("section", class_="door")]
    assert doors == ["For patients and families", "For clinicians", "For laboratories"]
    assert page.link("Join our list of labs").startswith("/join")
