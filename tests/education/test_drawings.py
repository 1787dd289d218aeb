"""The drawings of the patient pages show what the texts beside them say, to readers who see colors and to others."""

import re

import pytest

from config import ROOT
from registry.education.figures import figures
from tests.education.reading import LANGUAGES, Shelf
from tests.support.elements import Element

PAGES = ("her2", "testing", "report")
SPOKEN = ("figcaption", "h3", "p")
STYLES = (ROOT / "static" / "src" / "css" / "learn.css").read_text(encoding="utf-8")
FORCED = STYLES.split("@media (forced-colors: active)", 1)[1]


def drawings(shelf: Shelf, name: str, language: str = "en") -> list[Element]:
    return [svg for svg in shelf[name, language].main.all("svg") if svg.matches((), {"class_": "draw"})]


def classes(drawing: Element) -> list[str]:
    return [name for element in drawing.walk() for name in element.get("class").split()]


def count(drawing: Element, name: str) -> int:
    return classes(drawing).count(name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_drawing_is_told_in_words_beside_it(shelf: Shelf, name: str, language: str) -> None:
    found = drawings(shelf, name, language)
    assert found
    for drawing in found:
        assert drawing["aria-hidden"] == "true"
        assert not drawing.all("text"), "words in a drawing do not grow with the text"
        assert drawing.parent is not None
        assert any(len(words.text) > 3 for words in drawing.parent.all(*SPOKEN)), drawing.parent


@pytest.mark.parametrize("language", LANGUAGES)
def test_as_many_people_are_filled_as_the_number_says(shelf: Shelf, language: str) -> None:
    (crowd,) = (each for each in drawings(shelf, "her2", language) if count(each, "d-person"))
    meant = round(float(figures()["crc_positivity"].value))
    assert (count(crowd, "d-person-meant"), count(crowd, "d-person")) == (meant, 100 - meant)


def test_overexpression_shows_proteins_and_amplification_shows_genes(shelf: Shelf) -> None:
    cells = [each for each in drawings(shelf, "her2") if count(each, "d-cell")]
    usual, cancer, overexpressed, amplified = ((count(cell, "d-protein"), count(cell, "d-gene")) for cell in cells)
    assert overexpressed[0] > usual[0]
    assert overexpressed[1] == usual[1] == 2
    assert amplified[1] > usual[1]
    assert amplified[0] == usual[0]
    assert cancer[0] > usual[0]
    assert cancer[1] > usual[1]


@pytest.mark.parametrize("name", ["testing", "report"])
def test_the_scores_stand_in_order_under_their_cells(shelf: Shelf, name: str) -> None:
    stained = [each for each in drawings(shelf, name) if count(each, "d-rim")]
    said = [each.parent.all("strong")[0].text for each in stained if each.parent is not None]
    assert said == ["0", "1+", "2+", "3+"]
    for score, patch in enumerate(stained):
        assert count(patch, f"d-rim-{score}") == count(patch, "d-rim")


def test_only_the_amplified_nucleus_has_more_genes_than_chromosomes(shelf: Shelf) -> None:
    nuclei = [each for each in drawings(shelf, "testing") if count(each, "d-chromosome")]
    plain, amplified = ((count(each, "d-gene-dot"), count(each, "d-chromosome")) for each in nuclei)
    assert plain == (2, 2)
    assert amplified[1] == 2
    assert amplified[0] > 4 * amplified[1]


def test_no_part_of_a_drawing_is_lost_without_its_colors(shelf: Shelf) -> None:
    used = {name for page in PAGES for each in drawings(shelf, page) for name in classes(each)}
    # A score differs by the width and the gaps of its line, which forced colors leave as they are.
    unstyled = {name for name in used if not re.search(rf"\.{name}\b(?!-)", STYLES)}
    unforced = {name for name in used if not re.search(rf"\.{name}\b(?!-)", FORCED)}
    assert unstyled == set()
    assert unforced == {f"d-rim-{score}" for score in range(4)}
