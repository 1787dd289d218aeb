"""The whole answer as a file: what spreadsheets and maps read is what was published, and nothing runs."""

import csv
import io
import json

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.directory import searching
from registry.domain import spreadsheets
from registry.domain.geometry import METRES_PER_MILE
from registry.domain.text import order_key
from registry.models import Lab
from tests.directory.words import distance
from tests.support.client import PageClient
from tests.support.factories import ATLANTA, an_offering, publish

EVIL = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("https://evil.example","x")',
    '"quoted", and; more',
    "two\nlines",
    "مختبر الأنسجة",
    "'already",
    "Ωmega é́",
]
FISH = an_offering(name="HER2 FISH", method="fish", accepts_outside_specimens="no")
FILTERED: list[tuple[str, list[str]]] = [
    ("", ["Far", "Near"]),
    ("near=30303", ["Near"]),
    ("near=30303&within=any", ["Near", "Far"]),
    ("near=30303&within=any&sort=name", ["Far", "Near"]),
    ("method=fish", ["Far"]),
    ("near=30303&within=any&outside=1", ["Near"]),
    ("near=30303&within=10&method=fish", []),
    ("from_state=TX&lang=es", ["Near"]),
]


def rows(answer: TestResponse) -> list[dict[str, str]]:
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), strict=True))


def features(answer: TestResponse) -> list[dict[str, object]]:
    """The features of a whole and valid FeatureCollection (RFC 7946)."""
    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json")
    whole = json.loads(answer.data)
    assert whole.keys() == {"type", "features"}
    assert whole["type"] == "FeatureCollection"
    for feature in whole["features"]:
        assert feature.keys() == {"type", "id", "geometry", "properties"}
        assert feature["type"] == "Feature"
        assert feature["geometry"].keys() == {"type", "coordinates"}
        assert feature["geometry"]["type"] == "Point"
        longitude, latitude = feature["geometry"]["coordinates"]
        assert -180 <= longitude <= 180
        assert -90 <= latitude <= 90
        assert isinstance(feature["properties"], dict)
    ids = [feature["id"] for feature in whole["features"]]
    assert len(ids) == len(set(ids))
    return list(whole["features"])


def many(session: Session, count: int) -> None:
    """*count* laboratories at once, north of Atlanta."""
    like = publish(session, name="Row 0000")
    columns = {column.key: getattr(like, column.key) for column in sa.inspect(Lab).column_attrs if column.key != "id"}
    version = like.version + 1
    copies = []
    for number in range(1, count):
        slug, name, lat = f"row-{number:04}", f"Row {number:04}", ATLANTA[0] + number / 10_000
        card = json.dumps({**like.item, "slug": slug, "name": name, "lat": lat})
        changes = {"slug": slug, "name": name, "name_key": order_key(name), "lat": lat, "card": card, "clia_number": ""}
        copies.append({**columns, **changes, "version": version})
    session.execute(sa.insert(Lab), copies)
    session.execute(sa.text("UPDATE directory_version SET version = :version"), {"version": version})
    session.commit()


class TestCsv:
    def test_what_a_spreadsheet_would_run_is_a_text(self, session: Session, client: PageClient) -> None:
        for text in EVIL:
            test = an_offering(name=text, specimen_notes=text, order_code=text, assay_name=text)
            publish(session, name=text, city=text, phone=text, offerings=(test,))
        found = rows(client.get("/labs.csv"))
        assert len(found) == len(EVIL)
        for row in found:
            for cell in row.values():
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or cell == row["lon"], cell
        for name in ("name", "city", "phone", "test_name", "test_specimen_notes", "test_order_code"):
            assert sorted(row[name].removeprefix("'") for row in found) == sorted(
                text.removeprefix("'") for text in EVIL
            ), name

    def test_there_is_a_row_for_each_test(self, session: Session, client: PageClient) -> None:
        lab = publish(session, name="Two Tests", state_permits=("ny_clep", "pa_bol"), offerings=(an_offering(), FISH))
        one, two = rows(client.get("/labs.csv"))
        assert [row["test_method"] for row in (one, two)] == ["ihc", "fish"]
        for row in (one, two):
            assert (row["slug"], row["zip"], row["state_permits"]) == (lab.slug, "30303", "ny_clep pa_bol")
            assert (float(row["lat"]), float(row["lon"])) == ATLANTA
            assert row["listing"] == f"http://localhost/labs/{lab.slug}"
            assert row["distance_miles"] == ""
            assert row["last_confirmed"] == lab.last_confirmed.isoformat()
        assert (one["turnaround_min"], one["turnaround_max"], one["turnaround_unit"]) == ("3", "5", "business_days")
        assert (one["test_calendar_days"], one["test_specimens"]) == ("7", "ffpe_block unstained_slides")
        assert (one["test_accepts_outside_specimens"], two["test_accepts_outside_specimens"]) == ("yes", "no")

    def test_an_empty_answer_is_a_header(self, client: PageClient) -> None:
        answer = client.get("/labs.csv?near=30303")
        assert rows(answer) == []
        assert answer.text.count("\r\n") == 1
        assert "distance_miles" in answer.text

    def test_columns_tell_all_that_json_tells(self, session: Session, client: PageClient) -> None:
        publish(session)
        row = rows(client.get("/labs.csv"))[0]
        item = client.get("/api/v1/labs").get_json()["items"][0]
        test = item.pop("offerings")[0]
        turnaround = test.pop("turnaround")
        named = [*item, *(f"test_{name}" for name in test), *(f"turnaround_{name}" for name in turnaround), "listing"]
        assert set(row) == set(named)


class TestGeoJson:
    @pytest.mark.parametrize("count", [0, 1, 3])
    def test_it_is_whole_whatever_its_length(self, session: Session, client: PageClient, count: int) -> None:
        for number in range(count):
            publish(
                session, name=f"Lab “{number}” \\ مختبر", at=(13.4 + number, 144.8), offerings=(an_offering(), FISH)
            )
        found = features(client.get("/labs.geojson"))
        assert len(found) == count
        for number, feature in enumerate(found):
            assert feature["geometry"] == {"type": "Point", "coordinates": [144.8, 13.4 + number]}
            properties = feature["properties"]
            assert isinstance(properties, dict)
            assert properties["name"] == f"Lab “{number}” \\ مختبر"
            assert properties["listing"] == f"http://localhost/labs/{properties['slug']}"
            assert len(properties["offerings"]) == 2

    def test_it_tells_what_json_tells(self, session: Session, client: PageClient) -> None:
        publish(session)
        item = client.get("/api/v1/labs?near=30303").get_json()["items"][0]
        (feature,) = features(client.get("/labs.geojson?near=30303"))
        expected = {name: value for name, value in item.items() if name not in {"lat", "lon"}}
        assert feature["properties"] == {**expected, "listing": f"http://localhost/labs/{item['slug']}"}


class TestBoth:
    def test_the_whole_answer_is_there_in_its_order_however_long(self, session: Session, client: PageClient) -> None:
        many(session, 1_200)
        for query in ("near=30303&within=any", ""):
            names = [str(feature["properties"]["name"]) for feature in features(client.get(f"/labs.geojson?{query}"))]  # type: ignore[index]
            assert [row["name"] for row in rows(client.get(f"/labs.csv?{query}"))] == names
            assert len(names) == 1_200
            first = [item["name"] for item in client.get(f"/api/v1/labs?{query}").get_json()["items"]]
            assert names[:20] == first
            if not query:
                assert names == [f"Row {number:04}" for number in range(1_200)]

    def test_it_leaves_as_it_is_made(
        self, app: Flask, session: Session, client: PageClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        many(session, 1_200)
        read: list[int] = []
        take = searching.queries.read_cards
        monkeypatch.setattr(
            searching.queries, "read_cards", lambda connection, ids: read.append(len(ids)) or take(connection, ids)
        )
        with app.test_client() as plain:
            answer = super(PageClient, plain).open("/labs.geojson")
            pieces = iter(answer.response)
            next(pieces)
            assert len(read) == 1
            rest = sum(1 for _ in pieces)
            answer.close()
        assert rest == 1_200
        assert sum(read) == 1_200
        assert max(read) <= 500

    def test_the_filters_are_those_of_the_search(self, session: Session, client: PageClient) -> None:
        publish(session, name="Near", at=(33.8, -84.4))
        publish(session, name="Far", at=(40.0, -75.0), offerings=(FISH,))
        for query, names in FILTERED:
            answer = client.get(f"/labs.csv?{query}")
            assert [row["name"] for row in rows(answer)] == names, query
            found = features(client.get(f"/labs.geojson?{query}"))
            assert [feature["properties"]["name"] for feature in found] == names, query  # type: ignore[index]

    def test_distances_are_those_from_the_place(self, session: Session, client: PageClient) -> None:
        publish(session, at=(33.8, -84.4))
        publish(session, at=(40.0, -75.0))
        place = client.get("/api/v1/labs?near=30303").get_json()["place"]
        for row in rows(client.get("/labs.csv?near=30303&within=any")):
            metres = distance((place["lat"], place["lon"]), (float(row["lat"]), float(row["lon"])))
            assert float(row["distance_miles"]) == pytest.approx(metres / METRES_PER_MILE, abs=0.0501)

    def test_what_a_file_has_not_is_refused_by_name(self, client: PageClient) -> None:
        for query, named in (("page=2", "page"), ("page=1", "page"), ("after=n.1-a", "after"), ("within=7", "within")):
            for ending in ("csv", "geojson"):
                answer = client.get(f"/labs.{ending}?{query}")
                assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), query
                assert [error["parameter"] for error in answer.get_json()["errors"]] == [named]

    def test_an_unknown_place_is_a_problem(self, client: PageClient) -> None:
        for ending in ("csv", "geojson"):
            answer = client.get(f"/labs.{ending}?near=2134")
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
            assert answer.get_json()["type"] == "place-not-found"
            assert "02134" in " ".join(answer.get_json()["suggestions"])

    @pytest.mark.parametrize("ending", ["csv", "geojson"])
    def test_who_has_it_already_is_told_so_until_something_changes(
        self, session: Session, client: PageClient, ending: str
    ) -> None:
        publish(session)
        address = f"/labs.{ending}?near=30303"
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        publish(session)
        changed = client.get(address, headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != tag

    def test_the_file_is_named_by_its_day_and_kept_by_nobody(self, client: PageClient, clock: object) -> None:
        for ending in ("csv", "geojson"):
            answer = client.get(f"/labs.{ending}")
            name = f"her2-laboratories-2026-11-16.{ending}"
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
            assert answer.headers["Cache-Control"] == "no-cache"
            assert "Set-Cookie" not in answer.headers


def test_a_text_is_spoilt_only_where_it_would_run() -> None:
    texts = {"=1": "'=1", " =1": " =1", "a=1": "a=1", "": "", "-": "'-"}
    assert {text: spreadsheets.cell(text) for text in texts} == texts
    assert [spreadsheets.cell(value) for value in (None, -84.4, 7, ["a", "b"], ["=a"])] == ["", -84.4, 7, "a b", "'=a"]
