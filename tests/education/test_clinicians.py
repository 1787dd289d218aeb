"""The pages for clinicians and laboratories: schemes side by side, the same slide under each, reflex rules, permits."""

import pytest

from registry.domain.vocabulary import REFLEX_POLICY, SCORING_CRITERION, STATE_PERMIT
from registry.education.figures import VERIFIED, rows
from registry.education.references import references
from registry.education.scoring import (
    BIOPSY,
    EQUIVOCAL,
    EXAMPLES,
    FILE,
    MODERATE,
    NEGATIVE,
    NOT_POSITIVE,
    NOT_STATED,
    OUTCOME,
    POSITIVE,
    POSITIVE_WITH_ISH,
    STRONG,
    WORKED,
    Slide,
    outcome,
    rules,
    without_rules,
)
from tests.education.reading import Shelf, citations
from tests.support.client import PageClient
from tests.support.elements import Element
from tests.support.pages import Page

HERACLES, HARMONIZED, GASTRIC, MYPATHWAY, BREAST = WORKED
WITH_RULES = {row.more["criterion"] for row in rows(FILE)}
CLINICIANS = ("clinicians", "scoring", "specimens", "ordering", "why_test")


def table(page: Page, caption: str) -> Element:
    """The table of *page* with this caption."""
    return next(each for each in page.main.all("table") if each.one("caption").text == caption)


def first_cells(found: Element) -> list[str]:
    return [row.one("th").text for row in found.one("tbody").all("tr")]


class TestTable:
    """Scoring criteria side by side."""

    @pytest.fixture
    def side_by_side(self, shelf: Shelf) -> dict[str, Element]:
        """The row of each scheme, by its slug."""
        found = table(shelf["scoring", "en"], "Scoring criteria for HER2 in colorectal cancer")
        return {row["data-criterion"]: row for row in found.one("tbody").all("tr")}

    def test_every_scheme_with_rules_has_a_row_and_no_other(self, side_by_side: dict[str, Element]) -> None:
        assert side_by_side.keys() == WITH_RULES
        assert WITH_RULES | {term.slug for term in without_rules()} == set(SCORING_CRITERION.slugs)
        for slug, row in side_by_side.items():
            assert row.one("th").text.startswith(SCORING_CRITERION.label(slug))

    def test_each_row_cites_the_sources_of_its_numbers(self, side_by_side: dict[str, Element]) -> None:
        for slug, row in side_by_side.items():
            cited = {int(link.text) for link in row.one("th").all("a")}
            assert cited >= {references()[rule.reference].number for rule in rules(slug)}, slug

    def test_each_row_writes_its_own_rules(self, side_by_side: dict[str, Element]) -> None:
        for slug, row in side_by_side.items():
            written = {mark["data-figure"] for mark in row.all("span", class_="figure")}
            assert written >= {rule.slug for rule in rules(slug)}, slug

    def test_a_phone_names_the_column_of_every_cell(self, shelf: Shelf) -> None:
        for found in shelf["scoring", "en"].main.all("table"):
            _, *columns = [head.text for head in found.one("thead").all("th")]
            for row in found.one("tbody").all("tr"):
                assert row.one("th")["scope"] == "row"
                assert [cell["data-label"] for cell in row.all("td")] == columns

    def test_every_rule_was_read(self) -> None:
        assert {rule.status for rule in rows(FILE)} <= VERIFIED
        assert {rule.more["criterion"] for rule in rows(FILE)} <= set(SCORING_CRITERION.slugs)


class TestOutcome:
    """The same slide under different rules."""

    CASES = [
        (HERACLES, Slide(STRONG, 50), POSITIVE),
        (HERACLES, Slide(STRONG, 49), POSITIVE_WITH_ISH),
        (HERACLES, Slide(STRONG, 11), POSITIVE_WITH_ISH),
        (HERACLES, Slide(STRONG, 10), NEGATIVE),
        (HERACLES, Slide(MODERATE, 50), EQUIVOCAL),
        (HERACLES, Slide(MODERATE, 49), NEGATIVE),
        (HERACLES, Slide(STRONG, 80, complete=False), POSITIVE),
        (HERACLES, Slide(STRONG, 10, BIOPSY, cells=40), NEGATIVE),
        (HARMONIZED, Slide(STRONG, 11), POSITIVE),
        (HARMONIZED, Slide(STRONG, 10), NOT_POSITIVE),
        (HARMONIZED, Slide(MODERATE, 11), EQUIVOCAL),
        (HARMONIZED, Slide(MODERATE, 10), NOT_POSITIVE),
        (HARMONIZED, Slide(STRONG, 1, BIOPSY), POSITIVE),
        (HARMONIZED, Slide(MODERATE, 1, BIOPSY), EQUIVOCAL),
        (HARMONIZED, Slide(STRONG, 80, complete=False), NOT_STATED),
        (GASTRIC, Slide(STRONG, 10), POSITIVE),
        (GASTRIC, Slide(STRONG, 9), NEGATIVE),
        (GASTRIC, Slide(MODERATE, 10), EQUIVOCAL),
        (GASTRIC, Slide(STRONG, 10, complete=False), POSITIVE),
        (GASTRIC, Slide(STRONG, 1, BIOPSY, cells=5), POSITIVE),
        (GASTRIC, Slide(MODERATE, 1, BIOPSY, cells=5), EQUIVOCAL),
        (GASTRIC, Slide(STRONG, 1, BIOPSY, cells=4), NOT_STATED),
        (MYPATHWAY, Slide(STRONG, 20), POSITIVE),
        (MYPATHWAY, Slide(STRONG, 9), NEGATIVE),
        (MYPATHWAY, Slide(MODERATE, 20), EQUIVOCAL),
        (MYPATHWAY, Slide(STRONG, 1, BIOPSY, cells=5), POSITIVE),
        (BREAST, Slide(STRONG, 11), POSITIVE),
        (BREAST, Slide(STRONG, 10), EQUIVOCAL),
        (BREAST, Slide(MODERATE, 11), EQUIVOCAL),
        (BREAST, Slide(STRONG, 80, complete=False), EQUIVOCAL),
        (BREAST, Slide(MODERATE, 80, complete=False), EQUIVOCAL),
        (BREAST, Slide(MODERATE, 10), NOT_STATED),
    ]

    @pytest.mark.parametrize(("criterion", "slide", "expected"), CASES)
    def test_a_slide_under_a_rule(self, criterion: str, slide: Slide, expected: str) -> None:
        assert outcome(criterion, slide) == expected

    def test_the_page_shows_the_verdicts(self, shelf: Shelf) -> None:
        shown = table(shelf["scoring", "en"], "Verdict of IHC by criterion").one("tbody").all("tr")

        assert [[cell.text for cell in row.all("td")] for row in shown] == [
            [OUTCOME.label(outcome(criterion, example.slide)) for criterion in WORKED] for example in EXAMPLES
        ]
        assert [row.one("span")["data-example"] for row in shown] == [""] * len(EXAMPLES)

    def test_the_examples_show_each_verdict(self) -> None:
        assert {verdict.slug for example in EXAMPLES for verdict in example.outcomes} == set(OUTCOME.slugs)


def test_the_reflex_table_explains_every_rule_that_a_laboratory_may_name(shelf: Shelf) -> None:
    found = table(shelf["clinicians", "en"], "What a laboratory of this list may say about reflex testing")

    assert first_cells(found) == [policy.label for policy in REFLEX_POLICY]
    for row, policy in zip(found.one("tbody").all("tr"), REFLEX_POLICY, strict=True):
        meaning, advice = row.all("td")
        assert meaning.text == policy.explanation
        assert advice.text


def test_the_permits_are_those_that_laboratories_report_each_with_its_source(shelf: Shelf) -> None:
    page = shelf["ordering", "en"]
    found = table(page, "What states ask of laboratories elsewhere")

    assert first_cells(found) == [permit.label for permit in STATE_PERMIT]
    kinds = {reference.number: reference.kind for reference in references().values()}
    for row in found.one("tbody").all("tr"):
        assert {kinds[int(link.text)] for link in row.all("a")} <= {"statute", "regulator"}, row.text
        assert row.all("a"), row.text


def test_the_request_has_no_place_for_who_the_patient_is(shelf: Shelf) -> None:
    request = shelf["ordering", "en"].main.one("div", class_="request").text.lower()

    assert "her2 in colorectal carcinoma" in request
    assert [word for word in ("patient", "name:", "birth", "record number") if word in request] == []


def test_nothing_is_called_approved_for_this_use(shelf: Shelf) -> None:
    said = shelf["clinicians", "en"].main.text

    assert "we know of no test that FDA has approved for HER2 in colorectal cancer" in said


@pytest.mark.parametrize("name", CLINICIANS)
def test_each_page_cites_its_sources_and_leads_to_its_parts(shelf: Shelf, name: str) -> None:
    page = shelf[name, "en"]
    ids = {element["id"] for element in page.root.walk() if "id" in element.attributes}
    inner = [link["href"][1:] for link in page.main.all("a") if link.get("href").startswith("#")]

    assert citations(page)
    assert set(inner) <= ids


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_who_thinks_of_testing_comes_to_the_form_and_back(client: PageClient) -> None:
    page = client.load(client.load("/learn/why-test").link("Join our list of labs"))

    assert page.h1 == "Join our list of labs"
    assert client.load(page.link("Why test for HER2")).h1 == "Why test for HER2 in colorectal cancer?"
