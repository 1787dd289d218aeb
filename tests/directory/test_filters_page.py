"""The filters over HTTP: found, counted, shown, removed; the address is the whole state."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy.orm import Session

from registry.directory.criteria import SEVERAL
from registry.directory.forms import OPTIONS
from registry.directory.index import DirectoryIndex
from registry.models import DirectoryVersion
from tests.support.client import PageClient
from tests.support.factories import an_offering, publish
from tests.support.pages import Element, Page

SLOW = an_offering(
    method="ngs_ctdna",
    assay="lab_developed",
    scoring_criterion="ngs_copy_number_lab",
    reflex_policy="ngs_positive_to_ihc",
    specimens=("plasma",),
    tat_max=14,
    tat_unit="calendar_days",
    accepts_outside_specimens="no",
    service_level="send_out",
)
QUICK = an_offering(tat_max=2, tat_unit="calendar_days", service_level="global")
SILENT = an_offering(method="fish", assay="pathvysion", tat_min=None, tat_max=None, tat_unit="", tat_clock_start="")
LABS: list[dict[str, Any]] = [
    {"name": "Slow", "at": (33.76, -84.39), "offerings": (SLOW,), "accreditations": ("cola",)},
    {"name": "Quick", "at": (33.9, -84.39), "offerings": (QUICK,), "accreditations": ("cap", "iso_15189")},
    {"name": "Silent", "at": (34.1, -84.39), "offerings": (SILENT,), "state_permits": ("ny_clep",)},
    {"name": "Distant", "at": (45.0, -110.0), "offerings": (QUICK, SLOW)},
]
NEAR = "near=30303"
FOUND = [
    ("", ["Slow", "Quick", "Silent"]),
    ("method=ihc", ["Quick"]),
    ("method=ngs", ["Slow"]),
    ("method=ish&method=ngs_ctdna", ["Slow", "Silent"]),
    ("specimen=plasma", ["Slow"]),
    ("specimen=plasma&specimen=ffpe_block", ["Slow", "Quick", "Silent"]),
    ("outside=1", ["Quick", "Silent"]),
    ("max_days=2", ["Quick"]),
    ("max_days=13", ["Quick"]),
    ("max_days=14", ["Slow", "Quick"]),
    ("criterion=ngs_copy_number_lab", ["Slow"]),
    ("reflex=ihc_2plus_to_ish_auto", ["Quick", "Silent"]),
    ("accreditation=cap", ["Quick"]),
    ("accreditation=cola&accreditation=iso_15189", ["Slow", "Quick"]),
    ("service=global", ["Quick"]),
    ("from_state=NY", ["Silent"]),
    ("from_state=PA", ["Quick", "Silent"]),
    ("from_state=GU", ["Quick", "Silent"]),
    ("sort=name", ["Quick", "Silent", "Slow"]),
    ("sort=turnaround", ["Quick", "Slow", "Silent"]),
    ("sort=distance", ["Slow", "Quick", "Silent"]),
    ("within=any", ["Slow", "Quick", "Silent", "Distant"]),
    ("within=10", ["Slow"]),
    ("within=any&method=ihc&max_days=7&outside=1&service=global&sort=turnaround", ["Quick", "Distant"]),
    ("method=&outside=&max_days=&from_state=&sort=", ["Slow", "Quick", "Silent"]),
]
BESIDE: list[tuple[str, list[str]]] = [
    ("near=30303", ["Quick", "Silent", "Distant"]),
    ("near=30303&method=ngs", []),
    ("near=30303&max_days=14", ["Quick", "Distant"]),
    ("near=30303&outside=1", []),
    ("near=30303&method=ihc", []),
    ("near=30303&sort=name", []),
    ("near=30303&sort=turnaround", []),
    ("near=34.1,-84.39", []),
    ("", []),
]


@pytest.fixture
def directory(session: Session) -> None:
    for lab in LABS:
        publish(session, **lab)


def names(page: Page) -> list[str]:
    """The laboratories of the main list."""
    (found,) = [found for found in page.all("ol", class_="results") if "type" not in found.attributes]
    return [heading.text for heading in found.all("h3", "h4")]


def beside(page: Page) -> list[tuple[str, str]]:
    """Those under “Nearest that accept shipped specimens”, with the distances that they bear."""
    found = page.all("ol", class_="results", type="A")
    return [
        (item.all("h3", "h4")[0].text, item.one("p", class_="distance").text)
        for one in found
        for item in one.all("li", data_lab="")
    ]


def chips(page: Page) -> dict[str, str]:
    """The address behind each chip and behind “Clear all filters”."""
    links = [link for found in page.all("ul", class_="chips") for link in found.all("a")]
    return {link.text.removeprefix("Remove the filter:").removesuffix("×").strip(): link["href"] for link in links}


def number(element: Element) -> int:
    found = re.search(r"([0-9,]+)\)?$", element.text)
    assert found is not None, element.text
    return int(found[1].replace(",", ""))


def told(page: Page, name: str, value: str) -> int:
    """The count beside an option."""
    if name in SEVERAL:
        return number(page.one("label", for_=f"{name}-{value}"))
    if name == "outside":
        return number(page.one("label", for_="outside"))
    return number(page.one("select", id=name).one("option", value=value))


def found_by_program(client: PageClient, query: str) -> list[str]:
    answer = client.get(f"/api/v1/labs?{query}")
    assert answer.status_code == 200
    return [item["name"] for item in answer.get_json()["items"]]


def test_each_filter_finds_the_same_for_people_and_programs(client: PageClient, directory: None) -> None:
    for query, expected in FOUND:
        assert names(client.load(f"/labs?{NEAR}&{query}")) == expected, query
        assert found_by_program(client, f"{NEAR}&{query}") == expected, query


def test_two_tests_of_one_laboratory_do_not_add_up(client: PageClient, directory: None) -> None:
    for query in ("method=ihc&specimen=plasma", "method=ngs&outside=1", "service=send_out&max_days=5"):
        assert found_by_program(client, query) == []
        assert names(client.load(f"/labs?{query}")) == []


def test_a_count_is_what_choosing_leaves(client: PageClient, directory: None) -> None:
    page = client.load(f"/labs?{NEAR}&within=any&method=ihc&max_days=14")
    for name, value in [
        *((name, term.slug) for name, terms in OPTIONS.items() if name != "method" for term in terms),
        ("outside", "1"),
        *(("from_state", state) for state in ("NY", "CA", "PA", "GA", "GU")),
    ]:
        query = f"{NEAR}&within=any&method=ihc&max_days=14&{name}={value}"
        assert told(page, name, value) == len(found_by_program(client, query)), (name, value)
    for term in OPTIONS["method"]:
        query = f"{NEAR}&within=any&max_days=14&method={term.slug}"
        assert told(page, "method", term.slug) == len(found_by_program(client, query)), term.slug
    for days in (3, 5, 7, 10, 14, 21):
        query = f"{NEAR}&within=any&method=ihc&max_days={days}"
        assert told(page, "max_days", str(days)) == len(found_by_program(client, query)), days


def test_a_chip_removes_its_filter_and_no_other(client: PageClient, directory: None) -> None:
    query = (
        "near=30303&within=100&method=ihc&method=ish&specimen=ffpe_block&outside=1&from_state=GA&max_days=30"
        "&criterion=heracles&reflex=ihc_2plus_to_ish_auto&accreditation=cap&service=global&sort=name"
    )
    pairs = parse_qsl(query)
    shown = chips(client.load(f"/labs?{query}"))
    cleared = shown.pop("Clear all filters")
    filters = [pair for pair in pairs if pair[0] not in {"near", "within", "sort"}]
    assert len(shown) == len(filters)
    removed = []
    for address in shown.values():
        left = parse_qsl(urlsplit(address).query)
        (gone,) = [pair for pair in pairs if pair not in left]
        assert [pair for pair in left if pair not in pairs] == []
        assert len(left) == len(pairs) - 1
        assert gone not in parse_qsl(urlsplit(client.load(address).url).query)
        removed.append(gone)
    assert sorted(removed) == sorted(filters)
    assert parse_qsl(urlsplit(cleared).query) == [("near", "30303"), ("within", "100"), ("sort", "name")]
    assert chips(client.load(cleared)) == {}


def test_chips_say_what_they_are(client: PageClient, directory: None) -> None:
    shown = chips(client.load("/labs?method=ihc&outside=1&from_state=NY&max_days=1"))
    assert list(shown) == [
        "Immunohistochemistry (IHC)",
        "Accepts specimens from anywhere",
        "Specimen from New York",
        "At most 1 calendar day",
        "Clear all filters",
    ]
    spanish = chips(client.load("/labs?method=ihc&max_days=3&lang=es"))
    assert all(dict(parse_qsl(urlsplit(address).query))["lang"] == "es" for address in spanish.values())


def test_the_address_is_the_state(client: PageClient, directory: None) -> None:
    query = "near=30303&within=250&method=ish&specimen=ffpe_block&outside=1&from_state=NY&max_days=12&sort=name"
    page = client.load(f"/labs?{query}")
    again = client.submit(page, button="Find laboratories")
    asked = [pair for pair in parse_qsl(again.request.query_string.decode()) if pair[1]]
    assert sorted(asked) == sorted(parse_qsl(query))
    assert names(again.page) == names(page)  # type: ignore[attr-defined]
    # From page two of a list one comes to the first page of the next.
    assert "page" not in dict(asked)
    assert "after" not in dict(asked)


def test_an_unstated_turnaround_is_kept_apart_and_told(client: PageClient, directory: None) -> None:
    page = client.load(f"/labs?{NEAR}&max_days=7")
    assert names(page) == ["Quick"]
    assert "1 more laboratory does not state its turnaround" in page.text
    assert "does not state its turnaround" not in client.load(f"/labs?{NEAR}&max_days=7&method=ihc").text
    assert "does not state its turnaround" not in client.load(f"/labs?{NEAR}").text
    last = client.load(f"/labs?{NEAR}&sort=turnaround")
    assert names(last)[-1] == "Silent"
    assert "those that state none come last" in last.text


def test_a_state_that_asks_for_a_permit_is_explained(client: PageClient, directory: None) -> None:
    page = client.load(f"/labs?{NEAR}&from_state=NY")
    assert names(page) == ["Silent"]
    assert "New York asks every laboratory" in page.text
    assert told(page, "from_state", "NY") == 1
    assert "asks" not in client.load(f"/labs?{NEAR}&from_state=TX").main.text


class TestSpecimensTravel:
    def test_those_that_accept_stand_beside_with_their_own_distances(self, client: PageClient, directory: None) -> None:
        page = client.load(f"/labs?{NEAR}&within=10")
        assert names(page) == ["Slow"]
        program = client.get(f"/api/v1/labs?{NEAR}&within=any&outside=1").get_json()["items"]
        assert beside(page) == [(item["name"], f"{item['distance_miles']:,.1f} miles") for item in program]
        assert [name for name, _ in beside(page)] == ["Quick", "Silent", "Distant"]

    def test_only_when_the_nearest_does_not_accept_them(self, client: PageClient, directory: None) -> None:
        for query, shown in BESIDE:
            assert [name for name, _ in beside(client.load(f"/labs?{query}"))] == shown, query


def test_the_last_page_is_there_though_one_laboratory_went(session: Session, client: PageClient) -> None:
    labs = [publish(session, name=f"Row {number:02}", at=(33.7 + number / 100, -84.4)) for number in range(41)]
    page = client.load("/labs?near=30303&within=any")
    second = client.load(page.link("Next"))
    third = second.link("Next")
    gone = next(lab for lab in labs if lab.name == names(page)[0])
    gone.state = "hidden"
    gone.version = DirectoryVersion.advance(session)
    session.commit()
    shown = {*names(page), *names(second), *names(client.load(third))}
    assert shown == {lab.name for lab in labs}
    client.load("/labs?near=30303&within=any&page=3", status=404)


def test_who_has_the_answer_already_costs_no_search(
    client: PageClient, directory: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = ("/labs?near=30303&method=ihc", "/api/v1/labs?near=30303&method=ihc", "/labs.csv?near=30303", "/labs")
    tags = {address: client.get(address).headers["ETag"] for address in addresses}

    def asked(*args: object, **more: object) -> None:
        raise AssertionError("the index was asked")

    for name in ("search", "nearest", "ordered", "tally", "place_behind", "cursor_behind"):
        monkeypatch.setattr(DirectoryIndex, name, asked)
    for address, tag in tags.items():
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b""), address
