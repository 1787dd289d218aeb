"""Suggestions while typing, as JSON."""

import pytest

from tests.support.client import PageClient


@pytest.fixture
def engine_name() -> str:
    """One database is enough: none is asked."""
    return "sqlite"


def test_towns_and_zip_codes_that_begin_so(client: PageClient) -> None:
    body = client.get("/api/v1/places?q=st+lou&limit=2").get_json()

    assert body["query"] == "st lou"
    assert [item["label"] for item in body["items"]] == ["St. Louis, MO", "Saint Louis Park, MN"]
    assert body["items"][0] == {
        "label": "St. Louis, MO",
        "kind": "city",
        "state": "MO",
        "lat": pytest.approx(38.63, abs=0.05),
        "lon": pytest.approx(-90.20, abs=0.05),
    }
    zips = client.get("/api/v1/places?q=303").get_json()["items"]
    assert {item["kind"] for item in zips} == {"zip"}
    assert len(zips) == 8


def test_each_label_can_be_searched(client: PageClient) -> None:
    for item in client.get("/api/v1/places?q=springf").get_json()["items"]:
        place = client.get("/api/v1/labs", query_string={"near": item["label"]}).get_json()["place"]
        assert (place["label"], place["lat"], place["lon"]) == (item["label"], item["lat"], item["lon"])


def test_letters_are_given_as_they_are_written(client: PageClient) -> None:
    answer = client.get("/api/v1/places", query_string={"q": "Mayagü"})

    assert "Mayagüez" in answer.get_data(as_text=True)


@pytest.mark.parametrize("query", ["", "?q=", "?q=+", "?q=zzzzzz", "?q=%25", "?q=_", "?q=%ff", "?limit=3"])
def test_nothing_typed_or_known_is_an_empty_list(client: PageClient, query: str) -> None:
    answer = client.get(f"/api/v1/places{query}")

    assert (answer.status_code, answer.get_json()["items"]) == (200, [])


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("?q=a&q=b", "q"),
        (f"?q={'x' * 121}", "q"),
        ("?q=a%00", "q"),
        ("?q=%E2%80%AEa", "q"),
        ("?q=a&limit=0", "limit"),
        ("?q=a&limit=9", "limit"),
        ("?q=a&limit=-1", "limit"),
        ("?q=a&limit=٣", "limit"),
        ("?q=a&limit=", "limit"),
        ("?q=a&limit=1&limit=2", "limit"),
        ("?q=a&colour=blue", "colour"),
        ("?near=30303", "near"),
    ],
)
def test_what_cannot_be_meant_is_named(client: PageClient, query: str, named: str) -> None:
    answer = client.get(f"/api/v1/places{query}")

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert (answer.get_json()["type"], answer.get_json()["errors"][0]["parameter"]) == ("invalid-parameter", named)
    assert "max-age" not in answer.headers.get("Cache-Control", "")


def test_it_is_the_same_for_everybody_and_kept_for_a_day(client: PageClient) -> None:
    answer = client.get("/api/v1/places?q=boston")

    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.data == client.get("/api/v1/places?q=boston", headers={"Accept-Language": "es"}).data
