"""Every page for patients can be read by somebody who left school early, in both languages."""

import pytest

from bench.readability import ADDRESSES, Grades, documented, measure, read, sentences, table
from tests.support.client import PageClient
from tests.support.pages import Page

HARDEST_GRADE = 8.0
"""Of American schools, by Flesch-Kincaid; what health organizations advise for patients at most."""
FEWEST_POINTS = 60.0
"""By Fernández-Huerta: 60 to 70 is standard, eighth and ninth grade."""


def _told(grades: Grades) -> str:
    return (
        f"{grades.address}: Flesch-Kincaid grade {grades.flesch_kincaid:.1f}, SMOG {grades.smog:.1f}; in Spanish "
        f"Fernández-Huerta {grades.fernandez_huerta:.1f}, Szigriszt-Pazos {grades.szigriszt_pazos:.1f}"
    )


def test_pages_for_patients_are_easy_to_read(plain_client: PageClient) -> None:
    measured = [measure(plain_client, address) for address in ADDRESSES]
    hard = [
        _told(grades)
        for grades in measured
        if grades.flesch_kincaid > HARDEST_GRADE or grades.fernandez_huerta < FEWEST_POINTS
    ]
    assert not hard, "\n".join(["too hard:", *hard, "all pages:", *map(_told, measured)])


@pytest.mark.parametrize("language", ["en", "es"])
def test_there_is_text_to_measure_on_every_page(plain_client: PageClient, language: str) -> None:
    short = {address: len(read(plain_client, address, language).split()) for address in ADDRESSES}
    assert min(short.values()) >= 100, short


def test_the_documented_grades_are_those_measured(plain_client: PageClient) -> None:
    assert documented() == table(plain_client), "run: python -m bench.readability --write"


def test_what_is_measured_is_what_people_read() -> None:
    page = Page(
        """<main><p class="eyebrow">Learn</p><h1>One <em>page</em></h1><nav><a href="#x">Away</a></nav>
        <p>About 4.1 in 100 <sup class="cite">[<a href="#r">1</a>]</sup> have it. Two
        sentences:</p><ul><li>a first</li><li>is it?</li></ul><table><tr><th>Head</th><td>Cell</td></tr></table>
        <p lang="es">Una cosa</p><svg><text>drawn</text></svg><button>Print</button>
        <section class="references"><p>Somebody et al.</p></section></main>"""
    )
    assert list(sentences(page.main, "en")) == [
        "One page.",
        "About 4,1 in 100 have it. Two sentences.",
        "a first.",
        "is it?",
        "Head.",
        "Cell.",
    ]
