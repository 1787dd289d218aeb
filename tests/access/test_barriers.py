"""What looks for barriers finds them: each is built here once, and nothing is found where none is."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.support.barriers import barriers
from tests.support.browser import accessibility_faults

STYLE = """
  body { margin: 0; font-size: 1rem; } :focus-visible { outline: 3px solid #000; }
  .skip { position: absolute; left: -1000px; } .skip:focus { left: 0; }
  a, button { display: inline-block; min-height: 24px; min-width: 24px; border: 1px solid; }
  @media print { button, nav { display: none; } }
"""
SOUND = """
  <a class="skip" href="#main">Skip</a>
  <nav><ul><li><a href="/one" aria-current="page" style="font-weight: 700">One</a></li>
  <li><a href="/two">Two</a></li></ul></nav>
  <main id="main" tabindex="-1"><h1>Title</h1><p>Words with a <a href="/link">link</a>.</p>
  <button>Act</button>%s</main>
"""
BROKEN = {
    "<p>on paper</p><form><input aria-label='x' style='border: 1px solid; min-height: 24px'></form>": "is printed",
    "<p style='width: 40rem'>wide</p>": "px too wide",
    "<p style='height: 1rem; overflow: hidden'>much<br>more</p>": "is cut by",
    "<p style='height: 1.5em; overflow: hidden; font: 16px/1.5 serif'>a</p>"
    "<p style='height: 24px; overflow: hidden'>grows with the text</p>": "with text twice as large: <p>",
    "<p>lower</p><p style='margin-top: -2.2em'>upper</p>": "overlaps",
    "<p><button style='all: revert; width: 9px'>a</button><button style='all: revert; width: 9px'>b</button></p>": (
        "is small and too near"
    ),
    "<ul><li><a href='/a'>Edit</a></li><li><a href='/b'>Edit</a></li></ul>": "called “a Edit”",
    "<p style='transition: color 1s'>moves</p>": "may move",
    "<p class='badge' style='background: #eee'>state</p>": "no border in forced colors",
    "<nav><a href='/a' aria-current='page'>here</a> <a href='/b'>there</a></nav>": "is current and looks like",
    "<div class='error-summary' style='border: 1px solid' tabindex='-1'>wrong</div>": "does not begin at what is wrong",
    "<a href='/es' hreflang='es'>Español</a>": "does not say its language",
    "<p><label>x <select aria-invalid='true' style='min-height: 24px'></select></label></p>": "not say what is wrong",
    "<p class='notice notice-error' style='border: 1px solid'>wrong</p>": "is not announced",
    "<a href='/x' style='outline: none'>no focus</a>": "does not show its focus",
    "<a href='/x' style='position: fixed; top: 0'>below</a>"
    "<p style='position: fixed; inset: 0; margin: 0; background: #fff'></p>": "has the focus and cannot be seen",
    "<a href='/x' onfocus='document.body.querySelector(`.skip`).focus()'>back</a><a href='/y'>y</a>": (
        "the Tab key leads to"
    ),
    "<a href='/x' onkeydown='event.preventDefault()'>trap</a><a href='/y'>after</a>": "the Tab key does not come to",
    "<div style='display: flex; flex-direction: column-reverse'><a href='/x'>x</a><a href='/y'>y</a></div>": (
        "stands before it"
    ),
    "<details><summary>Closed</summary><p style='width: 40rem'>wide</p></details>": "px too wide",
}


def found(page: Page, more: str) -> list[str]:
    page.set_content(f"<!doctype html><html lang='en'><style>{STYLE}</style><body>{SOUND % more}</body></html>")
    page.evaluate(AXE_SCRIPT)
    return barriers(page, narrow=True, opened=True)


def test_each_barrier_is_found_and_nothing_else(page: Page) -> None:
    assert found(page, "") == []
    told = {more: found(page, more) for more in BROKEN}
    missed = {more: told[more] for more, words in BROKEN.items() if words not in " ".join(told[more])}

    assert missed == {}


def test_the_first_thing_leads_past_the_navigation(page: Page) -> None:
    page.set_content("<main><h1>Title</h1><a href='/x'>x</a></main>")
    page.evaluate(AXE_SCRIPT)

    assert "the first thing is not the way past the navigation" in barriers(page, narrow=True)


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ("<button style='all: revert; width: 9px; padding: 0'>a</button>" * 3, "target-size"),
        ("<a href='/x' aria-label='Elsewhere'>Read on</a>", "label-content-name-mismatch"),
        ("<h4>Left out</h4>", "heading-order"),
        ("<input autocomplete='nonsense' aria-label='x'>", "autocomplete-valid"),
    ],
)
def test_axe_asks_for_version_2_2_and_for_best_practice(page: Page, more: str, rule: str) -> None:
    page.set_content(f"<!doctype html><html lang='en'><title>t</title><main><h1>Title</h1><p>{more}</p></main></html>")

    assert rule in " ".join(accessibility_faults(page, (320,)))
