"""The first time a page uses a word of the glossary, it leads to its meaning; nothing else of the page changes."""

import re
import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.education.glossary import linked, order
from registry.education.pages import CLINICIANS, EVERYBODY, LABORATORIES, PAGES, PATIENTS
from registry.education.terms import WORDS
from tests.support.client import PageClient
from tests.support.pages import Page

LINK = re.compile(r'<a class="term" href="/g#([a-z0-9-]+)">([^<]*)</a>')


def uses(page: str, language: str = "en") -> list[tuple[str, str]]:
    """Slug and wording of each link that *page* got."""
    return LINK.findall(linked(page, language, "/g"))


def test_the_first_use_of_a_word_leads_to_its_meaning() -> None:
    page = "<h2>IHC</h2><p>A test.</p>\n<p>The IHC score. IHC again.</p><ul><li>FISH</li></ul>"
    assert linked(page, "en", "/g") == (
        '<h2>IHC</h2><p>A test.</p>\n<p>The <a class="term" href="/g#ihc">IHC</a> score. IHC again.</p>'
        '<ul><li><a class="term" href="/g#fish">FISH</a></li></ul>'
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Biopsies are small. A biopsy is one.", [("biopsy", "Biopsies")]),
        ("a liquid biopsy, then a biopsy", [("liquid-biopsy", "liquid biopsy"), ("biopsy", "biopsy")]),
        ("HER2-positive tumors have HER2", [("her2-positive", "HER2-positive"), ("her2", "HER2")]),
        ("a tissue\n  block", [("ffpe-block", "tissue\n  block")]),
        ("generation, genetic, hygiene, XRAS, RASx, non-RAS", []),
        ("I went to fish, and ras is nothing", []),
        ("(RAS), “BRAF”; MSI.", [("ras", "RAS"), ("braf", "BRAF"), ("msi", "MSI")]),
        ("a gene&#39;s plan &amp; a protein", [("gene", "gene"), ("protein", "protein")]),
    ],
)
def test_words_are_whole_the_longest_and_keep_their_letters(text: str, found: list[tuple[str, str]]) -> None:
    assert uses(f"<p>{text}</p>") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("La biopsia líquida busca ADN.", [("liquid-biopsy", "biopsia líquida"), ("dna", "ADN")]),
        ("Patólogos y oncólogas", [("pathologist", "Patólogos")]),
        ("Mutación: el gen cambió", [("mutation", "Mutación"), ("gene", "gen")]),
        ("El informe muestra cuánta hay; los genéricos también", []),
        ("un tumor HER2 positivo", [("her2-positive", "HER2 positivo")]),
    ],
)
def test_spanish_pages_lead_from_spanish_words(text: str, found: list[tuple[str, str]]) -> None:
    assert uses(f"<p>{text}</p>", "es") == found


@pytest.mark.parametrize(
    "page",
    [
        '<p><a href="/x">IHC</a></p>',
        "<p><strong><a href='/x'>about <em>IHC</em></a></strong></p>",
        "<h1>IHC</h1><h3>IHC</h3>",
        "<ul><li><label>IHC</label><button>IHC</button></li></ul>",
        "<p><code>IHC</code></p>",
        "<ul><li><svg><title>IHC</title><text>IHC</text><path/></svg></li></ul>",
        '<p><span class="big figure">IHC</span></p>',
        '<p><span lang="es">IHC</span></p>',
        "<div>IHC</div><dl><dt>IHC</dt></dl>",
        '<p><img alt="IHC"><!-- IHC --></p>',
        '<p title="IHC" data-x="a > IHC">-</p>',
    ],
)
def test_links_headings_controls_drawings_and_marks_stay_as_they_are(page: str) -> None:
    assert linked(page, "en", "/g") == page


def test_the_word_is_linked_after_what_was_passed_over() -> None:
    page = '<p><a href="/x">IHC</a><br>and <svg><path/></svg><input> IHC</p><table><tr><td>ISH</td></tr></table>'
    assert uses(page) == [("ihc", "IHC"), ("ish", "ISH")]


_PIECES = (
    "<p>",
    "</p>",
    "<ul>",
    "<li>",
    "</li>",
    "<a href='/x?a=1&amp;b=2'>",
    "</a>",
    "<br>",
    "<svg viewBox='0 0 1 1'>",
    "</svg>",
    '<span class="figure" data-figure="x">',
    "</span>",
    "<!-- RAS -->",
    "&nbsp;",
    "&#39;",
    "&",
    " < ",
    "HER2",
    "HER2-positive",
    "RAS",
    " wild-type",
    "\n",
    "ñandú ",
    "amplificación ",
    "x",
)


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join), st.sampled_from(["en", "es"]))
def test_nothing_but_the_links_is_added(page: str, language: str) -> None:
    found = uses(page, language)
    assert LINK.sub(r"\2", linked(page, language, "/g")) == page
    assert len({slug for slug, _word in found}) == len(found)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_form_leads_to_one_word(language: str) -> None:
    forms = [(form.casefold(), word.slug) for word in WORDS for form in word.forms(language)]
    assert len({form for form, _slug in forms}) == len(forms)
    for form, slug in forms:
        assert form == unicodedata.normalize("NFC", form).strip()
        assert [found for found, _word in uses(f"<p>{_spelled(form, language)}</p>", language)] == [slug]


def _spelled(form: str, language: str) -> str:
    return next(each for word in WORDS for each in word.forms(language) if each.casefold() == form)


def test_words_are_ordered_as_the_language_orders_them() -> None:
    names = ["zona", "ñandú", "Nudo", "árbol", "Arco", "ISH (x)", "ácido", "n-z"]
    assert sorted(names, key=order) == ["ácido", "árbol", "Arco", "ISH (x)", "Nudo", "n-z", "ñandú", "zona"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_glossary_has_every_word_in_order(plain_client: PageClient, language: str) -> None:
    page = plain_client.load(f"/learn/glossary?lang={language}")
    names = [term.text for term in page.all("dt")]
    assert len(names) == len(WORDS)
    assert names == sorted(names, key=order)
    letters = [link.text for link in page.one("nav", class_="letters").all("a")]
    assert letters == [heading.text for heading in page.one("div", class_="glossary").all("h2")]
    assert letters == sorted({order(name)[0].upper() for name in names})
    assert {word.slug for word in WORDS} <= {entry.get("id") for entry in page.all("div")}
    assert not page.all("a", class_="term")


def test_pages_lead_to_the_glossary_in_their_language(plain_client: PageClient) -> None:
    for language in ("en", "es"):
        known = {entry.get("id") for entry in plain_client.load(f"/learn/glossary?lang={language}").all("div")}
        for page in PAGES:
            words = _words(plain_client.load(f"{page.address}?lang={language}"))
            assert len({slug for _address, slug in words}) == len(words), page.name
            for address, slug in words:
                assert address == f"/learn/glossary?lang={language}", page.name
                assert slug in known, page.name
            if page.audience in {CLINICIANS, LABORATORIES}:
                assert not words, page.name
        assert _words(plain_client.load(f"/learn/results?lang={language}")), language


def test_the_address_names_the_language_only_where_the_reader_chose_it(plain_client: PageClient) -> None:
    for page in PAGES:
        if page.audience in {PATIENTS, EVERYBODY}:
            assert {address for address, _slug in _words(plain_client.load(page.address))} <= {"/learn/glossary"}


def _words(page: Page) -> list[tuple[str, str]]:
    links = [unescape(link["href"]).partition("#") for link in page.all("a", class_="term")]
    return [(address, slug) for address, _hash, slug in links]
