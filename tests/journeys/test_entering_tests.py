"""A laboratory enters several tests at a browser: what follows is filled in, what does not apply is not asked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.people import answer, press
from tests.registration.walk import TEST, YOU
from tests.support.browser import Live, assert_accessible

pytestmark = pytest.mark.parametrize("live", ["sqlite"], indirect=True)


def box(page: Page, name: str) -> Locator:
    """The label, hints and inputs of a question."""
    return page.locator(f'.field:has(> [name="{name}"]), .field:has(.choice [name="{name}"])')


def choice(page: Page, name: str, value: str) -> Locator:
    return page.locator(f'[name="{name}"][value="{value}"]')


def said(page: Page, name: str) -> Locator:
    """What was said at the question of what was filled in."""
    return box(page, name).locator(".follows")


def test_a_second_test_takes_little_and_a_removed_one_comes_back(live: Live, person: Callable[..., Page]) -> None:
    page = person()
    page.goto(f"{live.url}/join/you")
    answer(page, **YOU)
    press(page, "Save and continue")
    page.goto(f"{live.url}/join/test-1")
    for name in ("reports_copy_number", "assay_name"):
        expect(box(page, name)).to_be_hidden()

    # By keyboard: the assay brings its method, and that is said where it is filled in.
    page.locator("#assay").focus()
    page.keyboard.type("PATHWAY")
    page.keyboard.press("Tab")
    expect(choice(page, "method", "ihc")).to_be_checked()
    expect(said(page, "method")).to_contain_text("Method: set to “Immunohistochemistry (IHC)”, because you chose")
    expect(box(page, "specimens").get_by_label("Plasma")).to_be_hidden()
    assert_accessible(page, (320, 1280))
    # Unusual is not impossible.
    box(page, "specimens").get_by_role("button", name="Show the less usual choices").click()
    expect(box(page, "specimens").get_by_label("Whole blood, cfDNA tube")).to_be_focused()
    expect(box(page, "specimens").get_by_label("Plasma")).to_be_visible()

    # A kit brings its status, another one takes it back; what a person chose stays.
    answer(page, assay="hercept_test")
    expect(choice(page, "regulatory_status", "fda_approved_modified")).to_be_checked()
    answer(page, assay="ventana_4b5")
    expect(page.locator('[name="regulatory_status"]:checked')).to_have_count(0)
    answer(page, regulatory_status="ldt", assay="pathvysion")
    expect(choice(page, "method", "fish")).to_be_checked()
    expect(choice(page, "regulatory_status", "ldt")).to_be_checked()
    answer(page, method="ihc")
    expect(said(page, "method")).to_be_empty()
    expect(said(page, "assay")).to_contain_text("belongs to another method: Fluorescence")
    answer(page, assay="ventana_4b5")
    expect(said(page, "assay")).to_be_empty()

    # A method that leaves a question out, and back: what was typed is there again.
    page.get_by_text("More about what to send").click()
    answer(page, slides_min=5, method="ngs_ctdna")
    expect(box(page, "slides_min")).to_be_hidden()
    expect(box(page, "reports_copy_number")).to_be_visible()
    expect(choice(page, "reflex_policy", "not_applicable")).to_be_checked()
    answer(page, method="ihc")
    expect(page.locator("#slides_min")).to_have_value("5")
    expect(page.locator('[name="reflex_policy"]:checked')).to_have_count(0)

    wanted = ("name", "scoring_criterion", "reflex_policy", "specimens", "tat_min", "tat_max", "tat_unit")
    answer(page, **{name: tuple(v) if isinstance(v := TEST[name], list) else v for name in wanted})
    answer(page, tat_clock_start="specimen_receipt", accepts_outside_specimens="yes")
    press(page, "Save and continue")

    press(page, "Add one like the last")
    expect(page.locator("#name")).to_be_focused()
    expect(page.get_by_text(f"Like “{TEST['name']}”, but")).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.type("HER2 in blood")
    answer(page, assay="guardant360_cdx", reports_copy_number="yes", specimens=("whole_blood_cfdna",))
    for tissue in TEST["specimens"]:
        choice(page, "specimens", tissue).uncheck()
    press(page, "Save and continue")
    expect(page.locator(".entry .hint").nth(1)).to_contain_text("Next-generation sequencing, blood (ctDNA) · About 3–5")

    press(page, "Up HER2 in blood")
    expect(page.locator("#test-1")).to_be_focused()
    expect(page.locator("#test-1")).to_contain_text("HER2 in blood")
    press(page, "Remove HER2 in blood")
    expect(page.locator("#removed")).to_be_focused()
    assert_accessible(page, (320, 1280))
    page.reload()
    page.keyboard.press("Tab")
    press(page, "Undo and bring the test back")
    expect(page.locator(".entry strong")).to_have_text(["HER2 in blood", TEST["name"]])
    page.get_by_role("link", name="Change HER2 in blood").click()
    expect(choice(page, "specimens", "whole_blood_cfdna")).to_be_checked()
    expect(choice(page, "specimens", "ffpe_block")).to_be_hidden()


def test_without_javascript_every_question_stands_there(live: Live, person: Callable[..., Page]) -> None:
    page = person(java_script_enabled=False)
    page.goto(f"{live.url}/join/you")
    answer(page, **YOU)
    page.get_by_role("button", name="Save and continue").click()
    page.goto(f"{live.url}/join/test-1")
    for name in ("reports_copy_number", "assay_name"):
        expect(box(page, name)).to_be_visible()
    for slug in ("ffpe_block", "plasma"):
        expect(choice(page, "specimens", slug)).to_be_visible()
    page.get_by_text("What the criteria are").click()
    expect(page.get_by_text("Made for colorectal cancer")).to_be_visible()
