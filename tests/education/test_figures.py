"""Every number on a page to learn from comes from a row with a source; nothing stands in a row that no page says."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask

from registry.education.figures import FILES, FOLDER, VERIFIED, figures
from registry.education.marks import figure
from registry.education.pages import PAGES
from registry.education.references import references
from tests.education.reading import LANGUAGES, Shelf, untraced
from tests.support.client import PageClient
from tests.support.pages import Page

NAMES = {
    r"\bHER2\b": "the gene and its protein",
    r"\bERBB2\b": "the gene, by its other name",
    r"\bCEP17\b|\b(?:chromosome|cromosoma) 17\b": "the chromosome that HER2 lies on, and its marker",
    r"(?<![\d.,])[0-3]\+": "a score of IHC",
    r"\bIHC 1\b|(?<![\d.,])\b0\b(?![.,]?\d|\s?%| (?:in|of|de) )": "a score of IHC without plus",
    r"\bDESTINY-CRC0[12](?:/02)?\b|\bMOUNTAINEER-03\b": "trials",
    r"\bCAP/ASCP/ASCO 2016\b|\bASCO/CAP 20(?:18|23)\b|\(20(?:18|23)(?:/20(?:18|23))?\)": "editions of a guideline",
    r"\b4B5\b|\bDG44\b|\bCB11\b": "clones of antibodies",
    r"\bGuardant360\b": "an assay",
    r"\b95% (?:confidence )?interval|[Ii]ntervalo (?:de confianza )?del 95%": "what an interval is",
    r"\bin 100\b|\bof 100\b|\bde cada 100\b|\b100 (?:people|personas)\b": "in a hundred: the other way to say percent",
    r"\b(?:CPT )?88\d{3}\b|\b81\d{3}\b|\b0\d{3}U\b": "billing codes",
    r"\b\d{5}-\d\b": "codes of LOINC",
}
"""What has digits and is no figure, and why."""

CLINICAL = re.compile(r"\d\s?%|\b(?:in|of|de cada) 100\b|\b\d+ (?:in|of|de cada) \d|\b100 (?:people|personas)\b")
"""What a number of clinical use looks like, on pages that otherwise count days and pages."""
ZOOM = re.compile(r"\b[24]00\s?%")
"""How large text and pages can be made."""
SERVICE = {
    "/": 200,
    "/about": 200,
    "/privacy": 200,
    "/terms": 200,
    "/accessibility": 200,
    "/contact": 200,
    "/join": 200,
    "/labs": 200,
    "/nothing": 404,
}
"""Pages about the service, which count days and minutes: settings of the product, told by the code that keeps them."""


def without_names(text: str) -> str:
    for name in NAMES:
        text = re.sub(name, " ", text)
    return text


def slugs(page: Page) -> Iterator[str]:
    return (element["data-figure"] for element in page.main.walk() if "data-figure" in element.attributes)


def test_no_number_stands_on_a_page_without_its_row(shelf: Shelf) -> None:
    left = {
        key: re.findall(r".{0,30}\d.{0,30}", without_names(untraced(page)))
        for key, page in shelf.items()
        if key[0] != "references"
    }

    assert {key: found for key, found in left.items() if found} == {}


def test_a_typed_number_would_be_found() -> None:
    page = Page("<main>About 4 in 100, <i data-figure=x>4.1%</i>; 3+ in 4.1% of 1,195, IHC 3+ by 2024.</main>")

    assert re.findall(r"\d[\d.,%]*", without_names(untraced(page))) == ["4", "4.1%", "1,195,", "2024."]


@pytest.mark.parametrize("text", ["4.1% of them", "4.1 % de ellas", "1 in 25", "4 in 100", "4 de cada 100"])
def test_a_clinical_number_would_be_known(text: str) -> None:
    assert CLINICAL.search(text)


def test_every_figure_on_a_page_has_a_row(shelf: Shelf) -> None:
    unknown = {key: set(slugs(page)) - figures().keys() for key, page in shelf.items()}

    assert {key: found for key, found in unknown.items() if found} == {}


def test_both_languages_say_the_same_figures(shelf: Shelf) -> None:
    for page in PAGES:
        assert sorted(slugs(shelf[page.name, "en"])) == sorted(slugs(shelf[page.name, "es"])), page.name


def test_no_row_is_dead(shelf: Shelf) -> None:
    said = {slug for page in shelf.values() for slug in slugs(page)}

    assert figures().keys() - said == set()


def test_every_row_has_a_source_that_was_read() -> None:
    assert {row.slug: row.reference for row in figures().values() if row.reference not in references()} == {}
    assert {row.slug: row.status for row in figures().values() if row.status not in VERIFIED} == {}


def test_invented_examples_stand_in_their_table_alone(shelf: Shelf) -> None:
    homes = {
        (name, next(node.get("class") for node in element.ancestors if node.tag == "table"))
        for (name, _), page in shelf.items()
        for element in page.main.walk()
        if "data-example" in element.attributes
    }

    assert homes == {("scoring", "table schemes worked")}


@pytest.mark.parametrize("file", FILES)
def test_the_rows_of_a_file_make_sense(file: str) -> None:
    for row in (row for row in figures().values() if row.file == file):
        if row.unit == "date":
            assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", row.value), row
            continue
        low, value, high = (Decimal(number) if number else None for number in (row.low, row.value, row.high))
        assert value is not None or (low is not None and high is not None), f"{row.slug} says nothing"
        assert (low is None) == (high is None), f"{row.slug} has half an interval"
        if low is not None and high is not None:
            assert low <= (value if value is not None else low) <= high, row.slug
        if row.unit == "percent":
            assert all(0 <= number <= 100 for number in (low, value, high) if number is not None), row.slug
        assert not row.n or int(row.n) > 0, row.slug
        assert not row.year or re.fullmatch(r"20\d\d", row.year), row.slug
        assert row.population, row.slug


def test_every_file_is_read() -> None:
    named = {path.name for path in FOLDER.glob("*.csv") if path.read_text("utf-8").startswith("slug,value,low,high,")}

    assert named == set(FILES)


class TestForms:
    """How a figure is written."""

    FORMS = [
        ("crc_positivity", "plain", "4.1", "4.1"),
        ("crc_positivity", "rounded", "4", "4"),
        ("breast_positivity", "percent", "15.0%", "15.0%"),
        ("crc_positivity", "n", "17,589", "17,589"),
        ("crc_positivity", "studies", "52", "52"),
        ("crc_positivity", "low", "3.4", "3.4"),
        ("crc_positivity", "high", "5.0", "5.0"),
        ("approval_tucatinib", "date", "January 19, 2023", "19 de enero de 2023"),
        ("approval_tucatinib", "month", "January 2023", "enero de 2023"),
        ("approval_tucatinib", "year", "2023", "2023"),
    ]

    @pytest.mark.parametrize(("slug", "form", "english", "spanish"), FORMS)
    def test_a_figure_is_written_for_its_readers(
        self, plain_app: Flask, slug: str, form: str, english: str, spanish: str
    ) -> None:
        for language, expected in (("en", english), ("es", spanish)):
            with plain_app.test_request_context(f"/?lang={language}"):
                assert figure(slug, form) == f'<span class="figure" data-figure="{slug}">{expected}</span>'

    def test_halves_go_up(self, plain_app: Flask) -> None:
        with plain_app.test_request_context("/"):
            assert figure("tested_in_house", "rounded").striptags() == "20"
            assert figure("survey_in_united_states", "rounded").striptags() == "84"

    def test_a_range_is_two_shares(self, plain_app: Flask) -> None:
        with plain_app.test_request_context("/"):
            assert figure("lung_overexpression", "range").striptags() == "2.4% to 38%"
            assert figure("crc_positivity", "interval").striptags() == "3.4 to 5.0"

    @pytest.mark.parametrize("form", ["plain", "rounded", "percent", "n"])
    def test_what_a_row_leaves_empty_is_not_written(self, plain_app: Flask, form: str) -> None:
        with plain_app.test_request_context("/"), pytest.raises(ValueError, match="leaves empty"):
            figure("lung_overexpression", form)

    def test_a_figure_keeps_its_mark_inside_a_message(self, plain_app: Flask) -> None:
        source = "{{ _('About %(number)s & %(evil)s', number=figure('crc_positivity'), evil='<b>') }}"
        with plain_app.test_request_context("/"):
            written = plain_app.jinja_env.from_string(source).render()

        assert written == 'About <span class="figure" data-figure="crc_positivity">4.1</span> & &lt;b&gt;'


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_pages_of_the_service_hold_no_clinical_number_without_its_row(client: PageClient) -> None:
    for address, status in SERVICE.items():
        for language in LANGUAGES:
            page = client.load(f"{address}?lang={language}", status=status)
            assert CLINICAL.findall(ZOOM.sub(" ", untraced(page))) == [], f"{address} in {language}"
            assert set(slugs(page)) <= figures().keys(), address
