"""Laboratories side by side: which test stands beside which, what differs, and what cannot be meant."""

import re

import pytest
from sqlalchemy.orm import Session

from registry.models import Lab
from tests.support.client import PageClient
from tests.support.factories import an_offering, publish
from tests.support.pages import Element, Page

FISH = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none")


def address(*labs: Lab | str, more: str = "") -> str:
    slugs = [lab if isinstance(lab, str) else lab.slug for lab in labs]
    return "/labs/compare?" + "&".join([*(f"lab={slug}" for slug in slugs), *([more] if more else [])])


def rows(page: Page, section: str | None = None) -> dict[str, list[str]]:
    """The cells of each row by the row's label; of the whole table, or of one section."""
    found: dict[str, list[str]] = {}
    for body in page.one("table").all("tbody"):
        if section is not None and body.all("th", scope="rowgroup")[0].text != section:
            continue
        for row in body.all("tr"):
            labels = row.all("th", scope="row")
            if labels:
                found[label_of(labels[0])] = [cell.text for cell in row.all("td")]
    return found


def label_of(header: Element) -> str:
    return header.text.replace("≠ differs", "").strip()


def marked(page: Page) -> set[str]:
    """The labels of the rows that are marked as different."""
    headers = page.one("table").all("th", scope="row")
    return {label_of(header) for header in headers if "≠ differs" in header.text}


def sections(page: Page) -> list[str]:
    return [header.text for header in page.one("table").all("th", scope="rowgroup")]


def columns(page: Page) -> list[str]:
    return [header.all("a")[0].text for header in page.one("table").all("th", scope="col")]


def test_fields_stand_beside_each_other_and_differences_are_marked_in_words(
    session: Session, client: PageClient
) -> None:
    one = publish(session, name="Gray Heron")
    other = publish(session, name="White Heron", offerings=(an_offering(scoring_criterion="harmonized_crc"),))

    page = client.load(address(one, other))

    assert columns(page) == ["Gray Heron", "White Heron"]
    assert rows(page)["Scoring criterion"] == ["HERACLES (colorectal)", "Harmonized CRC criteria (Japan/US/Korea)"]
    assert marked(page) == {"Scoring criterion"}


def test_what_is_a_laboratorys_own_is_never_marked(session: Session, client: PageClient) -> None:
    one = publish(session, name="Gray Heron")
    other = publish(session, name="White Heron", phone="(404) 555-0199", website="", address_line1="Elsewhere 5")

    page = client.load(address(one, other))

    assert marked(page) == set()
    assert rows(page)["Phone"] == ["(404) 555-0123", "(404) 555-0199"]
    assert rows(page)["Web site"] == ["https://example.org/", "Not stated"]


def test_the_same_specimens_in_another_order_are_no_difference(session: Session, client: PageClient) -> None:
    one = publish(session, offerings=(an_offering(specimens=("ffpe_block", "resection")),))
    other = publish(session, offerings=(an_offering(specimens=("resection", "ffpe_block")),))

    assert "Specimens" not in marked(client.load(address(one, other)))


def test_tests_stand_by_method_and_a_missing_one_is_told(session: Session, client: PageClient) -> None:
    one = publish(session, name="Gray Heron", offerings=(an_offering(), FISH))
    other = publish(session, name="White Heron", offerings=(an_offering(),))

    page = client.load(address(one, other))

    fish = "Fluorescence in situ hybridization (FISH)"
    assert sections(page)[:2] == ["Immunohistochemistry (IHC)", fish]
    assert rows(page, fish)["Name of the test"] == ["HER2 FISH", "Not offered"]
    assert rows(page, fish)["Assay or clone"] == ["PathVysion HER-2 DNA Probe Kit (Abbott)"]
    missing = page.one("table").one("td", class_="missing")
    assert missing["rowspan"] == str(len(rows(page, fish)))


def test_several_tests_of_one_method_stand_beside_the_most_alike(session: Session, client: PageClient) -> None:
    heracles = an_offering(name="A", scoring_criterion="heracles")
    stomach = an_offering(name="B", scoring_criterion="gea_cap_ascp_asco_2016")
    one = publish(session, offerings=(heracles, stomach))
    other = publish(session, offerings=(an_offering(name="C", scoring_criterion="gea_cap_ascp_asco_2016"),))

    page = client.load(address(one, other))

    assert sections(page)[:2] == [
        "Immunohistochemistry (IHC), test 1 of 2",
        "Immunohistochemistry (IHC), test 2 of 2",
    ]
    assert rows(page, sections(page)[0])["Name of the test"] == ["A", "Not offered"]
    assert rows(page, sections(page)[1])["Name of the test"] == ["B", "C"]


def test_only_differences_is_a_link_and_leaves_them_alone(session: Session, client: PageClient) -> None:
    one = publish(session, offerings=(an_offering(), FISH))
    other = publish(session, offerings=(an_offering(tat_max=9),))

    page = client.load(client.load(address(one, other)).link("Show only differences"))

    assert set(rows(page)) == {"Turnaround", "Calendar days, at most about", "Name of the test"}
    assert marked(page) == set(rows(page))
    assert len(rows(client.load(page.link("Show everything")))) > 20


def test_laboratories_that_do_not_differ_are_told_so(session: Session, client: PageClient) -> None:
    page = client.load(address(publish(session), publish(session), more="only=differences"))

    assert "these laboratories do not differ" in page.text


def test_a_laboratory_is_removed_and_another_added_by_links(session: Session, client: PageClient) -> None:
    one, other = publish(session, name="Gray Heron"), publish(session, name="White Heron")
    far = publish(session, name="Far Heron", at=(47.0, -122.0), city="Seattle", state="WA")

    page = client.load(address(one, other, more="only=differences"))
    added = client.load(page.link("Far Heron"))
    left = client.load(added.link("Remove: Gray Heron"))

    assert columns(added) == ["Gray Heron", "White Heron", "Far Heron"]
    assert columns(left) == ["White Heron", "Far Heron"]
    assert "only=differences" in left.url
    assert far.slug in left.url


@pytest.mark.parametrize(("count", "words"), [(0, "open the page of one"), (1, "Add another laboratory")])
def test_too_few_explains_how_to_compare(count: int, words: str, session: Session, client: PageClient) -> None:
    labs = [publish(session) for _ in range(count)]

    page = client.load(address(*labs))

    assert words in page.main.text
    assert page.all("table") == []


def test_more_than_four_keeps_the_first_four_and_says_so(session: Session, client: PageClient) -> None:
    labs = [publish(session, name=f"Heron {number}") for number in range(6)]

    page = client.load(address(*labs), status=422)

    assert "At most four laboratories" in page.one("p", role="alert").text
    assert columns(page) == ["Heron 0", "Heron 1", "Heron 2", "Heron 3"]


def test_one_that_is_not_listed_is_told_by_name_and_the_others_shown(session: Session, client: PageClient) -> None:
    one, other = publish(session), publish(session)
    gone = publish(session, name="Hidden Heron")
    gone.state = "hidden"
    session.commit()

    page = client.load(address(one, "no-such-lab", gone, other))

    assert "“no-such-lab” is not on the list" in page.text
    assert f"“{gone.slug}” is not on the list" in page.text
    assert "Hidden Heron" not in page.text
    assert len(columns(page)) == 2


def test_none_of_them_listed_is_not_found(client: PageClient) -> None:
    assert "“nobody” is not on the list" in client.load("/labs/compare?lab=nobody", status=404).text


def test_the_same_one_twice_stands_once(session: Session, client: PageClient) -> None:
    one, other = publish(session, name="Gray Heron"), publish(session, name="White Heron")

    assert columns(client.load(address(one, other, one, one, one))) == ["Gray Heron", "White Heron"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("color=blue", "“color” is not something"),
        ("only=same", "“only”"),
        ("only=differences&only=differences", "“only”"),
        ("page=2", "“page”"),
    ],
)
def test_what_cannot_be_meant_is_said_and_the_rest_shown(
    more: str, words: str, session: Session, client: PageClient
) -> None:
    page = client.load(address(publish(session), publish(session), more=more), status=422)

    assert words in page.one("p", role="alert").text
    assert len(columns(page)) == 2


@pytest.mark.parametrize(
    "query",
    [
        "lab=%00",
        "lab=%ED%A0%80",
        "lab=<script>alert(1)</script>",
        "lab=" + "x" * 5000,
        "lab='%3B DROP TABLE lab",
        "lab",
    ],
)
def test_hostile_slugs_are_laboratories_that_are_not_listed(query: str, client: PageClient) -> None:
    answer = client.get(f"/labs/compare?{query}")

    assert answer.status_code in {200, 404}
    assert "<script>alert" not in answer.text


def test_ten_thousand_slugs_are_answered_at_once(client: PageClient) -> None:
    query = "&".join(f"lab=x{number}" for number in range(10_000))

    assert client.get(f"/labs/compare?{query}").status_code == 422


def test_a_name_that_is_markup_is_text(session: Session, client: PageClient) -> None:
    evil = "<script>alert(1)</script>"
    labs = [publish(session, name=evil, offerings=(an_offering(name=evil, assay_name=evil),)) for _ in range(2)]

    assert "<script>alert" not in client.get(address(*labs)).text


def test_a_link_that_a_browser_would_run_is_no_link(session: Session, client: PageClient) -> None:
    labs = [publish(session, website="javascript:alert(1)") for _ in range(2)]

    assert 'href="javascript:' not in client.get(address(*labs)).text


def test_a_repeated_look_is_answered_by_its_tag_until_something_changes(session: Session, client: PageClient) -> None:
    asked = address(publish(session), publish(session))
    first = client.get(asked)

    assert client.get(asked, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    publish(session)
    assert client.get(asked, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert "Set-Cookie" not in first.headers


def test_a_listing_leads_here(session: Session, client: PageClient) -> None:
    lab = publish(session)

    page = client.load(client.load(f"/labs/{lab.slug}").link("Compare"))

    assert lab.name in page.main.text


def test_spanish_is_kept_on_every_link(session: Session, client: PageClient) -> None:
    page = client.load(address(publish(session), publish(session), more="lang=es"))

    links = [link["href"] for link in page.main.all("a") if link["href"].startswith("/labs/")]
    assert links
    assert [link for link in links if not re.search(r"[?&]lang=es", link)] == []
