"""Each geocoder by name: how it is asked, and how its own form of answer is read.

The answers are written after each service's documentation, with what is read of them and nothing else.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from config import Settings
from registry.places.online import geocoding_of
from registry.places.pacing import Pace, Rest
from registry.places.providers import Found, GeocoderFailed, Provider
from tests.places.conftest import WHITE, FakeGeocoder, nominatim_answer

LAT, LON = WHITE
QUESTION = "1 Main St, New York, NY 10001"


def feature(properties: dict[str, str]) -> bytes:
    """A GeoJSON answer of one point, as Photon and Pelias give."""
    geometry = {"type": "Point", "coordinates": [LON, LAT]}
    return json.dumps({"features": [{"type": "Feature", "geometry": geometry, "properties": properties}]}).encode()


def arcgis(kind: str, country: str) -> bytes:
    candidate = {
        "address": "1 Main St",
        "location": {"x": LON, "y": LAT},
        "attributes": {"Addr_type": kind, "Country": country},
    }
    return json.dumps({"candidates": [candidate]}).encode()


def geocodio(kind: str, country: str) -> bytes:
    result = {
        "formatted_address": "1 Main St",
        "location": {"lat": LAT, "lng": LON},
        "accuracy_type": kind,
        "address_components": {"country": country},
    }
    return json.dumps({"results": [result]}).encode()


STREETS = {
    "nominatim": nominatim_answer(LAT, LON),
    "photon": feature({"countrycode": "US", "type": "house", "street": "Main Street", "name": "x"}),
    "pelias": feature({"country_a": "USA", "layer": "address", "label": "x", "name": "x"}),
    "arcgis": arcgis("PointAddress", "USA"),
    "geocodio": geocodio("rooftop", "US"),
}
CITIES = {
    "nominatim": nominatim_answer(LAT, LON, road=False),
    "photon": feature({"countrycode": "US", "type": "city", "name": "x"}),
    "pelias": feature({"country_a": "USA", "layer": "locality", "label": "x", "name": "x"}),
    "arcgis": arcgis("Locality", "USA"),
    "geocodio": geocodio("place", "US"),
}
ABROAD = {
    "nominatim": nominatim_answer(LAT, LON, country="mx"),
    "photon": feature({"countrycode": "CA", "type": "house", "street": "Main Street", "name": "x"}),
    "pelias": feature({"country_a": "CAN", "layer": "address", "label": "x", "name": "x"}),
    "arcgis": arcgis("PointAddress", "MEX"),
    "geocodio": geocodio("rooftop", "CA"),
}
NOTHING = {
    "nominatim": b"[]",
    "photon": b'{"features": []}',
    "pelias": b'{"features": []}',
    "arcgis": b'{"candidates": []}',
    "geocodio": b'{"results": []}',
}
QUERY = {"nominatim": "q", "photon": "q", "pelias": "text", "arcgis": "singleLine", "geocodio": "q"}


@pytest.mark.parametrize("name", STREETS)
def test_each_provider_is_asked_and_read(fake: FakeGeocoder, provider: Callable[..., Provider], name: str) -> None:
    fake.body = STREETS[name]

    assert provider(name).ask(QUESTION) == Found(LAT, LON, in_country=True, exact=True)
    assert fake.asked[0][QUERY[name]] == [QUESTION]
    assert "her2-laboratory-registry" in fake.agents[0]


@pytest.mark.parametrize("name", CITIES)
def test_a_city_is_not_as_exact_as_a_street(fake: FakeGeocoder, provider: Callable[..., Provider], name: str) -> None:
    fake.body = CITIES[name]

    assert provider(name).ask(QUESTION) == Found(LAT, LON, in_country=True, exact=False)


@pytest.mark.parametrize("name", ABROAD)
def test_another_country_is_seen(fake: FakeGeocoder, provider: Callable[..., Provider], name: str) -> None:
    fake.body = ABROAD[name]

    assert provider(name).ask(QUESTION) == Found(LAT, LON, in_country=False, exact=True)


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_found_is_no_failure(fake: FakeGeocoder, provider: Callable[..., Provider], name: str) -> None:
    fake.body = NOTHING[name]

    assert provider(name).ask(QUESTION) is None


@pytest.mark.parametrize("name", STREETS)
def test_another_kind_of_answer_is_a_failure(fake: FakeGeocoder, provider: Callable[..., Provider], name: str) -> None:
    fake.body = b'{"features": [{}], "candidates": [{}], "results": [{}]}'

    with pytest.raises(GeocoderFailed):
        provider(name).ask(QUESTION)


def test_a_failure_does_not_tell_the_address(fake: FakeGeocoder, provider: Callable[..., Provider]) -> None:
    fake.body = QUESTION.encode()

    with pytest.raises(GeocoderFailed) as caught:
        provider().ask(QUESTION)

    assert "Main" not in str(caught.value)


def test_the_service_says_how_long_to_wait(fake: FakeGeocoder, provider: Callable[..., Provider]) -> None:
    fake.status, fake.headers = 429, {"Retry-After": "90"}

    with pytest.raises(GeocoderFailed) as caught:
        provider().ask(QUESTION)

    assert caught.value.rest == 90.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"geocoder": "google"},
        {"geocoder": "pelias"},
        {"geocoder": "geocodio"},
        {"geocoder": "nominatim", "geocoder_url": "ftp://example.org"},
        {"geocoder": "nominatim", "geocoder_url": "https://user:word@example.org"},
        {"geocoder": "nominatim", "geocoder_url": "https://example.org/?q=\n"},
        {"geocoder": "nominatim", "geocoder_timeout": 0},
        {"geocoder": "nominatim", "geocoder_per_second": 0},
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=r"geocoder|GEOCODER"):
        Settings(mode="test", **wrong)


def test_no_geocoder_is_asked_unless_one_is_named() -> None:
    engine = sa.create_engine("sqlite://")

    assert geocoding_of(Settings(mode="test"), reading=engine, writing=engine, clock=lambda: datetime.now(UTC)) is None
    engine.dispose()


def test_a_pace_is_kept_and_nobody_waits_longer_than_asked() -> None:
    now, slept = [0.0], []
    pace = Pace(2.0, monotonic=lambda: now[0], sleep=slept.append)

    assert [pace.take(0.6), pace.take(0.6), pace.take(0.6)] == [True, True, False]
    now[0] = 10.0
    assert pace.take(0.0)
    assert slept == [0.5]


def test_a_rest_begins_after_failures_in_a_row_and_ends() -> None:
    now = [0.0]
    rest = Rest(failures=2, seconds=60.0, monotonic=lambda: now[0])
    rest.failed()
    rest.succeeded()
    rest.failed()
    assert rest.over
    rest.failed()
    assert not rest.over
    now[0] = 60.0
    assert rest.over
    rest.begin(5.0)
    assert not rest.over
