"""What people read is a translated message or data, every sentence is one message, and the language that an address
names stays with whoever came by it.

All of it is read in a language in which each message stands in marks. Told in English alone are what machines read
(the answers of ``/api``, the heads of CSV and GeoJSON files) and the command line of whoever runs the site.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from config import ROOT
from tests.support.databases import Databases
from tests.support.glue import glued, suspicious
from tests.support.pages import Element, Page, is_local
from tests.support.pseudo import CODE
from tests.support.speaking import speaking, walk
from tests.support.untranslated import data, untranslated

TYPED = data(
    r"Invented (?:Laboratory|Owl|Stork|Victim|Street)[\w ,]*",
    r"(?:Kite|Heron) Laboratory",
    r"(?:Ada|Alex) Invented",
    r"(?:Atlanta|Anchorage|Pago Pago|Springfield), ",
    "HER2 by immunohistochemistry, colorectal",
    "One block, or five slides of 4 micrometres",
    "HER2CRC",
    "Laboratory manager",
    "Client services",
    "Laptop of the office",
    "Tissue panel",
    "National Cancer Institute, Cancer Information Service",
    # Programs and tests by whom something was done, as the audit names them.
    ": (?:cms|the test)$",
    # What a hostile sender wrote.
    r"<script>flag</script>|[\u0600-\u06ff ]{3,}",
)

ASIDES = {
    "badge": "a mark beside a name",
    "count": "a number beside its label",
    "bar-number": "a number beside its label",
    "optional": "said of a field, in parentheses",
    "explained": "what the term before it means, on a line of its own",
    "small": "set apart, in small print",
    "place": "where a laboratory is, below its name",
    "visually-hidden": "names to screen readers what a button or a link is about",
    "of-test": "said of a row, below its name",
    "leads-away": "a link beside the address that it leads to",
    "said": "what an entry says",
    "said-line": "what an entry says, on a line of its own",
    "whose": "a letter that leads a choice",
    "drawing": "a score above its words",
    "flow-start": "a drawing in words",
    "flow-step": "a drawing in words",
}


@pytest.fixture(scope="module")
def pages(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Page]]:
    with databases.fresh("sqlite") as url, speaking(url, tmp_path_factory.mktemp("speaking")) as app:
        yield walk(app)


def test_all_that_pages_say_is_translated(pages: dict[str, Page]) -> None:
    found = {name: sorted(set(untranslated(page, TYPED))) for name, page in pages.items()}

    assert {name: texts for name, texts in found.items() if texts} == {}


def test_no_sentence_is_glued_from_pieces(pages: dict[str, Page]) -> None:
    found = {name: glued(page.one("body"), ASIDES) for name, page in pages.items()}

    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("line", "is_glued"),
    [
        ("⟦The number belongs to⟧ Kite Laboratory.", True),
        ("⟦Look at⟧ ⟦The list⟧", True),
        ("3 ⟦submissions wait⟧", True),
        ("Kite Laboratory ⟦became a part of this entry⟧", True),
        ("⟦Undo⟧ ⟦and bring the test back⟧", True),
        ("⟦and bring the test back⟧", True),
        ("⟦Sent⟧ yesterday", True),
        ("⟦Sent yesterday⟧", False),
        ("⟦3 submissions wait⟧", False),
        ("⟦The number belongs to ⟦somebody⟧.⟧ ⟦Nothing was changed.⟧", False),
        ("⟦Phone⟧: 404", False),
        ("⟦Waiting⟧ 12", False),
        ("⟦FFPE tissue block⟧, ⟦plasma⟧", False),
        ("A ⟦The entry as it stands now⟧", False),
    ],
)
def test_glue_is_found(line: str, is_glued: bool) -> None:
    assert suspicious(line) is is_glued


def test_the_language_of_an_address_stays_on_all_links_and_forms(pages: dict[str, Page]) -> None:
    lost = {
        name: [str(link) for link in page.all("a") if _is_page(link.get("href")) and not _keeps(link)]
        + [str(form) for form in page.all("form") if not _keeps_when_sent(form, page)]
        for name, page in pages.items()
    }

    assert sum(len(page.all("a")) for page in pages.values()) > 1000
    assert {name: places for name, places in lost.items() if places} == {}


def _is_page(address: str) -> bool:
    """Whether it leads to a page of ours, or a file made of one; anchors stay on theirs."""
    place = urlsplit(address)
    return bool(is_local(address) and (place.path or place.query) and not place.scheme) and not place.path.startswith(
        ("/static/", "/api/")
    )


def _keeps(link: Element) -> bool:
    # The links to the other languages name those.
    return bool(link.get("hreflang")) or _language(link["href"]) == [CODE]


def _keeps_when_sent(form: Element, page: Page) -> bool:
    buttons = [button["formaction"] for button in form.all("button", "input") if button.get("formaction")]
    if form.get("method") == "dialog":
        return True
    if form.get("method").lower() != "post":
        # The browser puts the fields in place of what the address asks.
        return [field.get("value") for field in form.all("input", name="lang")] == [CODE]
    return all(_language(address) == [CODE] for address in (form.get("action") or page.url, *buttons))


def _language(address: str) -> list[str]:
    return parse_qs(urlsplit(address).query).get("lang", [])


def test_scripts_have_no_words_of_their_own() -> None:
    """What a script says stands on the page, in a ``data-`` attribute, in the language of the page."""
    said = re.compile(
        r"(?:textContent|innerText|title|alt|placeholder)\s*[=:]\s*[\"'`]\s*\w"
        r"|(?:aria-label|title|alt|placeholder)[\"'`],\s*[\"'`]\s*\w"
        r"|[\"'`][A-Z][a-z]+ [a-z]+[^\"'`]*[.!?…]?[\"'`]"
    )
    scripts = [*(ROOT / "static" / "src").rglob("*.js")]
    found = {
        script.name: [line.strip() for line in script.read_text("utf-8").splitlines() if said.search(_code(line))]
        for script in scripts
    }

    assert len(scripts) > 10
    assert {name: lines for name, lines in found.items() if lines} == {}


def _code(line: str) -> str:
    return re.sub(r"(?:^|\s)//.*|^\s*\*.*|/\*.*", "", line)
