"""What cannot be meant: people are told at the field, with what they typed; programs are told the parameter's name."""

from urllib.parse import parse_qsl, quote

import pytest
from sqlalchemy.orm import Session

from registry.directory.forms import PARAMETERS
from tests.support.client import PageClient, page_of
from tests.support.factories import publish

NEAR = "near=30303"
LONG = "x" * 10_000
LONGEST_PLACE = 120
# The query, the parameter at fault, and words of the message.
REFUSED = [
    ("near=", "near", "Type a ZIP code"),
    ("near=%20%09%20", "near", "Type a ZIP code"),
    (f"near={LONG}", "near", "too long"),
    ("near=30303&near=30304", "near", "once"),
    ("near=30303&near=30303", "near", "once"),
    (f"{NEAR}&within=-5", "within", "Choose a distance"),
    (f"{NEAR}&within=7", "within", "Choose a distance"),
    (f"{NEAR}&within=", "within", "Choose a distance"),
    (f"{NEAR}&within=50.0", "within", "Choose a distance"),
    (f"{NEAR}&within=%D9%A5%D9%A0", "within", "Choose a distance"),
    (f"{NEAR}&within={LONG}", "within", "Choose a distance"),
    (f"{NEAR}&within=any&within=any", "within", "once"),
    (f"{NEAR}&method=magic", "method", "test methods"),
    (f"{NEAR}&method=ihc&method=IHC", "method", "test methods"),
    (f"{NEAR}&method=%00", "method", "test methods"),
    (f"{NEAR}" + "&method=ihc" * 5_000, "method", "test methods"),
    (f"{NEAR}&specimen=tea", "specimen", "specimens"),
    (f"{NEAR}&criterion=best", "criterion", "scoring criteria"),
    (f"{NEAR}&reflex=knee", "reflex", "reflex testing"),
    (f"{NEAR}&accreditation=self", "accreditation", "accreditations"),
    (f"{NEAR}&service=valet", "service", "service levels"),
    (f"{NEAR}&max_days=0", "max_days", "whole number"),
    (f"{NEAR}&max_days=-3", "max_days", "whole number"),
    (f"{NEAR}&max_days=366", "max_days", "from 1 to 365"),
    (f"{NEAR}&max_days=007", "max_days", "whole number"),
    (f"{NEAR}&max_days=1e3", "max_days", "whole number"),
    (f"{NEAR}&max_days=%D9%A5", "max_days", "whole number"),
    (f"{NEAR}&max_days={'9' * 5000}", "max_days", "whole number"),
    (f"{NEAR}&max_days=3&max_days=5", "max_days", "once"),
    (f"{NEAR}&from_state=ny", "from_state", "two letters"),
    (f"{NEAR}&from_state=XX", "from_state", "two letters"),
    (f"{NEAR}&from_state=New+York", "from_state", "two letters"),
    (f"{NEAR}&from_state=NY&from_state=CA", "from_state", "once"),
    (f"{NEAR}&outside=yes", "outside", "1 or left out"),
    (f"{NEAR}&outside=1&outside=1", "outside", "once"),
    (f"{NEAR}&sort=quality", "sort", "Sort by"),
    (f"{NEAR}&sort=Distance", "sort", "Sort by"),
    (f"{NEAR}&sort=name&sort=name", "sort", "once"),
    (f"{NEAR}&page=0", "page", "whole number"),
    (f"{NEAR}&page=-1", "page", "whole number"),
    (f"{NEAR}&page=1.5", "page", "whole number"),
    (f"{NEAR}&page=", "page", "whole number"),
    (f"{NEAR}&page={10**9}", "page", "whole number"),
    (f"{NEAR}&page=501", "page", "Narrow the search"),
    (f"{NEAR}&page=999999999", "page", "Narrow the search"),
    (f"{NEAR}&page=1&page=2", "page", "once"),
    (f"{NEAR}&after=", "after", "no address of a next page"),
    (f"{NEAR}&after=n.1-a%27", "after", "no address of a next page"),
    (f"{NEAR}&after={LONG}", "after", "no address of a next page"),
    (f"{NEAR}&after=n.1-a&after=n.1-a", "after", "once"),
    (f"{NEAR}&color=blue", "color", "color"),
    (f"{NEAR}&=blue", "", "no setting"),
    (f"{NEAR}&{LONG}=1", "x" * 40, "no setting"),
    (f"{NEAR}&NEAR=30303", "NEAR", "no setting"),
    (f"{NEAR}&%00=1", "\0", "no setting"),
]
NO_PLACES = [
    "2134", "0303", "303033", "00000", "91,0", "0,181", "NaN,NaN", "inf,0", "1e400,0", "40.7;-74", ",", "40.7,", "%",
    "_", "%%%", "____", "3030_", "'; DROP TABLE lab;--", "\0", "3030\x003", "\x1b[2J", "\ud800", "\u202e30303",
    "\ufeff", "x" * LONGEST_PLACE, "🧪" * 100, "<script>alert(1)</script>", "../../etc/passwd", "{{7*7}}", "%s%n",
    "٣٠٣٠٣", "Springfield",
]  # fmt: skip
AT_FIELD = {"near", "within", "from_state", "max_days"}


def test_people_are_told_at_the_field_and_programs_by_name(client: PageClient) -> None:
    for query, name, words in REFUSED:
        answer = client.get(f"/labs?{query}")
        shown = query[:80]
        assert answer.status_code == 422, shown
        page = page_of(answer)
        assert page.h1 == "Check your search", shown
        assert page.title.startswith("Error"), shown
        assert words in page.main.text, shown
        if name in AT_FIELD:
            assert words in page.errors()[name], shown
        program = client.get(f"/api/v1/labs?{query}")
        assert (program.status_code, program.mimetype) == (422, "application/problem+json"), shown
        (error,) = program.get_json()["errors"]
        assert error["parameter"] == name, shown
        assert words in error["detail"], shown


def test_an_error_opens_the_filter_that_holds_it(client: PageClient) -> None:
    for name in ("method", "specimen", "criterion", "reflex", "accreditation", "service"):
        page = client.load(f"/labs?{NEAR}&{name}=nothing", status=422)
        field = page.one("input", id=page.one("details", class_="filters").all("input", name=name)[0]["id"])
        folds = [node for node in field.ancestors if node.tag == "details"]
        assert len(folds) == 2
        assert all("open" in fold.attributes for fold in folds), name
        assert any("field-error" in one.get("class") for one in folds[0].walk()), name


def test_what_was_typed_is_still_there(client: PageClient) -> None:
    query = "near=Macon%2C+GA&within=100&method=ihc&specimen=plasma&outside=1&from_state=NY&max_days=7&sort=turnaround"
    for bad in ("&page=0", "&service=valet", "&color=blue"):
        page = client.load(f"/labs?{query}{bad}", status=422)
        again = client.submit(page, button="Find laboratories")
        assert again.status_code == 200
        assert sorted(parse_qsl(again.request.query_string.decode())) == sorted(parse_qsl(query)), bad
    page = client.load(f"/labs?{NEAR}&method=ihc&method=magic&method=ish", status=422)
    boxes = page.all("input", name="method")
    assert [box["value"] for box in boxes if "checked" in box.attributes] == ["ihc", "ish"]
    for near in ("Macon, GA", "<b>&\"'", "2134 x", "مختبر"):
        page = client.load(f"/labs?near={quote(near)}&within=7", status=422)
        assert page.one("input", id="near")["value"] == near
    page = client.load(f"/labs?near={LONG}", status=422)
    assert page.one("input", id="near")["value"] == "x" * LONGEST_PLACE


def test_every_fault_is_told_at_once(client: PageClient) -> None:
    query = "near=&within=7&method=x&specimen=x&criterion=x&reflex=x&accreditation=x&service=x&outside=x"
    query += "&max_days=x&from_state=x&sort=x&page=x&after=x&other=x"
    program = client.get(f"/api/v1/labs?{query}")
    assert {error["parameter"] for error in program.get_json()["errors"]} == {*PARAMETERS, "other"}
    page = client.load(f"/labs?{query}", status=422)
    for error in program.get_json()["errors"]:
        assert error["detail"] in page.main.text, error
        assert page.main.text.count(error["detail"]) == 1, error


def test_what_is_no_place_is_unknown_and_nothing_worse(session: Session, client: PageClient) -> None:
    publish(session)
    for near in NO_PLACES:
        query = "near=" + quote(near, errors="surrogatepass")
        if not near.strip():
            continue
        assert client.get(f"/labs?{query}").status_code == 404, ascii(near)
        program = client.get(f"/api/v1/labs?{query}")
        assert (program.status_code, program.get_json()["type"]) == (404, "place-not-found"), ascii(near)
        assert client.get(f"/labs.csv?{query}").status_code == 404, ascii(near)


def test_wildcards_find_nothing_more(session: Session, client: PageClient) -> None:
    publish(session)
    for text in ("%25", "_", "*", ".*"):
        for name in ("method", "specimen", "from_state", "accreditation"):
            assert client.get(f"/api/v1/labs?{name}={text}").status_code == 422, (name, text)


def test_pages_behind_the_last_are_not_there_for_people_and_empty_for_programs(
    session: Session, client: PageClient
) -> None:
    publish(session)
    assert client.get(f"/labs?{NEAR}&page=2").status_code == 404
    assert client.get(f"/labs?{NEAR}&page=500").status_code == 404
    empty = client.get(f"/api/v1/labs?{NEAR}&page=500").get_json()
    assert (empty["total"], empty["items"], empty["next"]) == (1, [], None)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_query_that_is_no_utf8_is_answered(client: PageClient) -> None:
    for query in ("near=%ff%fe", "near=%C3", "%ff=1", "method=%ff", "near=a%zz", "near=+", "&&&", "=", "near"):
        for address in ("/labs", "/api/v1/labs", "/labs.csv", "/labs.geojson"):
            assert client.get(f"{address}?{query}").status_code in {200, 404, 422}, (address, query)
