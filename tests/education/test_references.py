"""The references are one numbered list, as in a paper: each is cited, each citation is listed, the numbers run on."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from registry.education.marks import cite
from registry.education.pages import PAGES
from registry.education.references import KINDS, Reference, read, references
from seed_data.order_references import in_order_of_citation, reordered
from tests.education.reading import LANGUAGES, Shelf, citations, listed
from tests.support.client import PageClient

LINK = re.compile(r"https://[a-z0-9.\-]+(?:/[^\s<>\"]*)?")
SERVICE = ("/", "/about", "/privacy", "/terms", "/accessibility", "/contact", "/join")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_numbers_run_in_the_order_of_first_citation(shelf: Shelf, language: str) -> None:
    cited = [number for page in PAGES for number in citations(shelf[page.name, language])]

    assert list(dict.fromkeys(cited)) == list(range(1, len(references()) + 1))


def test_each_page_lists_what_it_cites(shelf: Shelf, language: str) -> None:
    for (name, _), page in shelf.items():
        if name != "references":
            assert listed(page) == sorted(set(citations(page))), name


def test_one_page_lists_them_all(shelf: Shelf, language: str) -> None:
    page = shelf["references", language]

    assert listed(page) == [reference.number for reference in references().values()]
    shown = [item.text for item in page.main.one("ol", class_="reference-list").all("li")]
    for reference, text in zip(references().values(), shown, strict=True):
        assert reference.title in text, reference.key
        assert reference.authors.rstrip(".") in text, reference.key


def test_a_reference_leads_to_its_source(shelf: Shelf) -> None:
    items = shelf["references", "en"].main.one("ol", class_="reference-list").all("li")
    for reference, item in zip(references().values(), items, strict=True):
        link = item.one("a")
        assert link["href"] == reference.address
        assert set(link["rel"].split()) >= {"noopener", "noreferrer"}, reference.key


@pytest.mark.parametrize("key", references())
def test_a_reference_says_enough_to_be_found(key: str) -> None:
    reference = references()[key]

    assert re.fullmatch(r"[a-z][a-z0-9_]*", key)
    assert reference.title or reference.authors, "neither a title nor who wrote it"
    assert reference.year or reference.accessed, "neither a year nor the day on which it was read"
    assert not reference.year or re.fullmatch(r"(?:19|20)\d\d", reference.year)
    assert not reference.accessed or date.fromisoformat(reference.accessed)
    assert not reference.doi or re.fullmatch(r"10\.\d{4,9}/\S+", reference.doi)
    assert LINK.fullmatch(reference.address), "no address, or none that is secure"
    assert reference.kind in KINDS
    assert reference.language in {"", "es"}


def test_no_source_stands_twice() -> None:
    addresses = [reference.address.lower().rstrip("/") for reference in references().values()]
    titles = [reference.title.lower() for reference in references().values() if reference.title]

    assert {address for address in addresses if addresses.count(address) > 1} == set()
    assert {title for title in titles if titles.count(title) > 1} == set()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_pages_of_the_service_list_what_they_cite_too(client: PageClient) -> None:
    for address in SERVICE:
        page = client.load(address)
        assert set(citations(page)) <= set(listed(page)), address


class TestCiting:
    def test_several_sources_stand_in_one_mark_by_number(self, plain_app: Flask) -> None:
        first, second = list(references())[:2]
        with plain_app.test_request_context("/"):
            mark = cite(second, first)

        assert mark == (
            '<sup class="cite">[<a href="#reference-1" aria-label="Reference 1">1</a>, '
            '<a href="#reference-2" aria-label="Reference 2">2</a>]</sup>'
        )

    def test_an_unknown_source_is_an_error(self, plain_app: Flask) -> None:
        with plain_app.test_request_context("/"), pytest.raises(KeyError, match="nobody_2026"):
            cite("nobody_2026")


class TestFile:
    HEAD = "key,authors,title,published_in,year,doi,url,accessed,kind,language\n"

    def test_a_key_stands_once(self, tmp_path: Path) -> None:
        file = tmp_path / "references.csv"
        file.write_text(self.HEAD + "a,,T,,,,,,paper,\na,,U,,,,,,paper,\n", "utf-8")

        with pytest.raises(ValueError, match="the key a stands twice"):
            read(file)

    def test_rows_are_put_in_the_order_of_citation(self) -> None:
        rows = [{"key": key, "title": key.upper()} for key in "abcd"]

        assert [row["key"] for row in reordered(rows, ["c", "a", "d"])] == ["c", "a", "d", "b"]

    def test_the_file_is_in_order(self, plain_app: Flask) -> None:
        assert in_order_of_citation(plain_app) == list(references())

    def test_a_source_in_words(self) -> None:
        source = Reference(1, "k", "Doe J, et al.", "Does it?", "Journal 1", "2020", "", "", "", "paper", "")

        assert source.in_words == "Doe J, et al. Does it? Journal 1, 2020."
