"""The search as JSON: its shape is a contract."""

from urllib.parse import urlencode

from sqlalchemy.orm import Session

from tests.support.client import PageClient
from tests.support.factories import publish

ITEM = {
    "slug", "name", "distance_miles", "city", "state", "zip", "lat", "lon", "location_precision", "phone", "website",
    "accepts_outside_specimens", "accreditations", "state_permits", "offerings", "verification", "last_confirmed",
    "freshness", "disputed", "dispute_answered",
}  # fmt: skip
OFFERING = {
    "name", "method", "assay", "assay_name", "reports_copy_number", "scoring_criterion", "reflex_policy", "specimens",
    "specimen_notes", "slides_min", "tumor_content_min_pct", "path_report_required", "transport_temp", "turnaround",
    "calendar_days", "regulatory_status", "accepts_outside_specimens", "service_level", "cpt_codes", "order_code",
    "catalogue_url", "last_confirmed",
}  # fmt: skip


def test_the_shape_of_an_answer(session: Session, client: PageClient) -> None:
    publish(session, name="Shapely Heron")
    answer = client.get("/api/v1/labs?near=30303&method=ihc&method=ngs")
    body = answer.get_json()
    assert answer.mimetype == "application/json"
    assert body.keys() == {"query", "place", "total", "expanded", "items", "next"}
    assert body["query"] == {
        "near": "30303",
        "within": 50,
        "method": ["ihc", "ngs"],
        "specimen": [],
        "outside": False,
        "max_days": None,
        "criterion": [],
        "reflex": [],
        "accreditation": [],
        "service": [],
        "from_state": None,
        "sort": "distance",
        "page": 1,
    }
    assert body["place"].keys() == {"label", "lat", "lon", "precision"}
    assert body["items"][0].keys() == ITEM
    assert body["items"][0]["offerings"][0].keys() == OFFERING
    assert body["items"][0]["offerings"][0]["turnaround"].keys() == {"min", "max", "unit", "clock_start"}


def test_the_query_is_told_as_it_was_understood(session: Session, client: PageClient) -> None:
    asked = {
        "near": "Atlanta, GA",
        "within": "any",
        "method": ["ihc", "ish"],
        "specimen": ["plasma"],
        "outside": True,
        "max_days": 12,
        "criterion": ["heracles"],
        "reflex": ["none"],
        "accreditation": ["cap", "iso_15189"],
        "service": ["global"],
        "from_state": "NY",
        "sort": "turnaround",
        "page": 2,
    }
    query = urlencode({**asked, "outside": 1, "near": "  Atlanta,   GA "}, doseq=True)
    assert client.get(f"/api/v1/labs?{query}").get_json()["query"] == asked
    assert client.get("/api/v1/labs").get_json()["query"]["sort"] == "name"


def test_the_next_page_is_named_until_the_last(session: Session, client: PageClient) -> None:
    for number in range(21):
        publish(session, name=f"Row {number:02}")
    first = client.get("/api/v1/labs?near=30303&within=any").get_json()
    assert first["next"].startswith("http://localhost/api/v1/labs?")
    second = client.get(first["next"].removeprefix("http://localhost")).get_json()
    assert [item["name"] for item in second["items"]] == ["Row 20"]
    assert second["next"] is None


def test_without_a_place_all_stand_by_name(session: Session, client: PageClient) -> None:
    for name in ("beta", "Alpha", "Élan"):
        publish(session, name=name)
    body = client.get("/api/v1/labs").get_json()
    assert body["place"] is None
    assert [item["name"] for item in body["items"]] == ["Alpha", "beta", "Élan"]
    assert body["items"][0]["distance_miles"] is None


def test_an_unknown_place_is_a_problem_with_suggestions(client: PageClient) -> None:
    answer = client.get("/api/v1/labs?near=2134")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    body = answer.get_json()
    assert (body["type"], body["status"], body["reason"]) == ("place-not-found", 404, "unknown")
    assert "02134" in " ".join(body["suggestions"])


def test_each_bad_parameter_is_named(client: PageClient) -> None:
    answer = client.get("/api/v1/labs?near=30303&within=7&colour=blue&specimen=tea")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    named = {error["parameter"] for error in answer.get_json()["errors"]}
    assert named == {"within", "colour", "specimen"}


def test_one_laboratory_by_its_slug(session: Session, client: PageClient) -> None:
    lab = publish(session, name="Single Heron")
    assert client.get(f"/api/v1/labs/{lab.slug}").get_json()["name"] == "Single Heron"
    missing = client.get("/api/v1/labs/nobody")
    assert (missing.status_code, missing.get_json()["type"]) == (404, "laboratory-not-found")


def test_what_does_not_exist_is_a_problem_too(client: PageClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    wrong = client.post("/api/v1/labs")
    assert wrong.status_code in {400, 405}
    assert wrong.mimetype == "application/problem+json"
