"""A chart draws what its rows say, on one scale from zero, for one metric; the table and the file say the same."""

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from registry.education import charts
from registry.education.figures import Figure, figures, rows
from registry.education.references import references
from tests.education.reading import LANGUAGES, Shelf
from tests.support.client import PageClient
from tests.support.elements import Element

DRAWN = ("positivity", "by_ras", "survey")
TABLES = (*DRAWN, "more", "mutation", "amplification", "overexpression")
FILES = {
    "her2-positivity": "her2_positivity.csv",
    "her2-by-ras": "her2_by_ras.csv",
    "scoring-survey": "scoring_survey.csv",
}


@pytest.fixture(params=LANGUAGES)
def main(request: pytest.FixtureRequest, shelf: Shelf) -> Element:
    """The page of the numbers."""
    return shelf["numbers", request.param].main


def drawn(main: Element, name: str) -> Element:
    return main.one("figure", aria_labelledby=f"chart-{name}")


def tabled(main: Element, name: str) -> Element:
    return main.one("div", aria_labelledby=f"table-{name}").one("table")


def numbers(element: Element) -> list[str]:
    return [mark.text for mark in element.all("span", class_="figure")]


@pytest.mark.parametrize("name", DRAWN)
def test_bars_are_as_long_as_their_values(main: Element, name: str) -> None:
    chart = charts.chart(name)
    widths = [float(bar["width"]) for bar in drawn(main, name).all("rect")]

    assert len(widths) == len(chart.bars)
    for width, bar in zip(widths, chart.bars, strict=True):
        assert width * chart.ticks[-1] / 100 == pytest.approx(float(bar.figure.value), abs=0.01)


@pytest.mark.parametrize("name", DRAWN)
def test_the_thin_line_reaches_from_low_to_high(main: Element, name: str) -> None:
    chart = charts.chart(name)
    for item, bar in zip(drawn(main, name).all("li"), chart.bars, strict=True):
        spans = item.all("path", class_="rate-span")
        assert len(spans) == bool(bar.figure.low), bar.figure.slug
        for span in spans:
            reach = re.match(r"M([\d.]+) 13H([\d.]+)", span["d"])
            assert reach is not None
            ends = [float(end) * chart.ticks[-1] / 100 for end in reach.groups()]
            assert ends == pytest.approx([float(bar.figure.low), float(bar.figure.high)], abs=0.01)


@pytest.mark.parametrize("name", DRAWN)
def test_the_scale_begins_at_zero_and_holds_everything(main: Element, name: str) -> None:
    chart = charts.chart(name)
    shown = [tick.text for tick in drawn(main, name).one("div", class_="rate-scale").all("span")]
    grid = drawn(main, name).all("path", class_="rate-grid")[0]["d"]

    assert shown == [str(tick) for tick in chart.ticks[:-1]] + [f"{chart.ticks[-1]}%"]
    assert [float(at) for at in re.findall(r"M([\d.]+) 0V16", grid)] == pytest.approx(
        [100 * tick / chart.ticks[-1] for tick in chart.ticks], abs=0.01
    )
    assert chart.ticks[0] == 0
    assert all(0 <= share <= 100 for bar in chart.bars for share in (bar.width, bar.low, bar.high) if share is not None)


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        ("0.4", (0, 1)),
        ("6", (0, 1, 2, 3, 4, 5, 6)),
        ("6.9", (0, 2, 4, 6, 8)),
        ("43", (0, 10, 20, 30, 40, 50)),
        ("51", (0, 10, 20, 30, 40, 50, 60)),
        ("100", (0, 20, 40, 60, 80, 100)),
    ],
)
def test_a_scale_names_a_few_round_values(highest: str, ticks: tuple[int, ...]) -> None:
    assert charts.scale(Decimal(highest)) == ticks


@pytest.mark.parametrize("name", DRAWN)
def test_chart_and_table_say_the_same(main: Element, name: str) -> None:
    in_chart = [
        (item.one("span", class_="rate-label").text, set(numbers(item))) for item in drawn(main, name).all("li")
    ]
    in_table = []
    for row in tabled(main, name).one("tbody").all("tr"):
        years = {figures()[mark["data-figure"]].year for mark in row.all("span", class_="figure")}
        in_table.append((row.one("th").text, set(numbers(row)) - years))

    assert in_table == in_chart


@pytest.mark.parametrize("name", DRAWN)
def test_every_bar_has_its_words_and_its_source(main: Element, name: str) -> None:
    for item, bar in zip(drawn(main, name).all("li"), charts.chart(name).bars, strict=True):
        assert item.one("strong").text.startswith(bar.figure.value)
        assert item.one("sup").one("a").text == str(references()[bar.figure.reference].number)
        assert item.one("svg")["aria-hidden"] == "true", "the words beside it say the same"
        if bar.figure.low:
            assert "95%" in item.text
            assert bar.figure.low in item.text
            assert bar.figure.high in item.text


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_named_and_headed(main: Element, name: str) -> None:
    table = tabled(main, name)
    heads = table.one("thead").all("th")

    assert table.one("caption").text
    assert {head["scope"] for head in heads} == {"col"}
    for row, bar in zip(table.one("tbody").all("tr"), charts.chart(name).bars, strict=True):
        assert row.one("th")["scope"] == "row"
        assert len(row.all("th", "td")) == len(heads)
        assert {mark["data-figure"] for mark in row.all("span", class_="figure")} == {bar.figure.slug}
        assert row.one("sup").one("a").text == str(references()[bar.figure.reference].number)


def test_it_is_always_said_that_rates_vary(shelf: Shelf) -> None:
    said = shelf["numbers", "en"].main.text

    assert said.count("Rates vary with the test and with the scoring rule.") == 1 + len(DRAWN)


@pytest.mark.parametrize("name", TABLES)
def test_a_chart_is_of_one_metric(name: str) -> None:
    assert len({(bar.figure.more["metric"], bar.figure.unit) for bar in charts.chart(name).bars}) == 1


def test_mixed_metrics_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def mixed(file: str) -> tuple[Figure, ...]:
        first, second, *others = rows(file)
        return (first, replace(second, more=second.more | {"metric": "mutation"}), *others)

    monkeypatch.setattr(charts, "rows", mixed)

    with pytest.raises(ValueError, match="mixes metrics"):
        charts.chart("positivity")


def test_every_row_is_in_a_chart_or_table() -> None:
    shown = [bar.figure.slug for name in TABLES for bar in charts.chart(name).bars]
    kept = [row.slug for file in FILES.values() for row in rows(file)]

    assert sorted(shown) == sorted(kept)
    assert set(shown) == charts.LABELS.keys() == charts.COUNTED.keys()


def test_bars_run_from_the_highest_to_the_lowest() -> None:
    for name in TABLES:
        values = [float(bar.figure.value) for bar in charts.chart(name).bars if bar.figure.value]
        assert values == sorted(values, reverse=True), name


@pytest.mark.parametrize("name", FILES)
def test_the_rows_can_be_taken_along(name: str, plain_client: PageClient) -> None:
    answer = plain_client.get(f"/learn/numbers/{name}.csv")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in answer.headers
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeffslug,"), "spreadsheets know it by its mark"
    taken = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    for row, kept in zip(taken, rows(FILES[name]), strict=True):
        assert (row["slug"], row["value"], row["low"], row["high"], row["n"]) == (
            kept.slug,
            kept.value,
            kept.low,
            kept.high,
            kept.n,
        )
        assert row["source_address"] == references()[kept.reference].address
        assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in row.values())


def test_other_files_are_not_given_away(plain_client: PageClient) -> None:
    for name in ("references", "her2_positivity", "..", "demo_labs", "HER2-POSITIVITY"):
        assert plain_client.get(f"/learn/numbers/{name}.csv").status_code == 404, name


def test_the_page_leads_to_its_files(main: Element, plain_client: PageClient) -> None:
    links = [link["href"] for link in main.all("a") if "download" in link.attributes]

    assert [link.partition("?")[0] for link in links] == [f"/learn/numbers/{name}.csv" for name in FILES]
    assert {plain_client.get(link).status_code for link in links} == {200}
