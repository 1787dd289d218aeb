"""An address and an online geocoder: right, slow, down, wrong, and asked too often."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from registry.places.finding import find_place
from registry.places.geocoding import PlaceNotFound, Reason
from registry.places.online import Geocoding, Limits
from registry.places.providers import Found
from registry.places.records import Precision
from tests.places.conftest import WHITE, FakeGeocoder, nominatim_answer

ADDRESS = "1 Main St, New York, NY 10001"
FALLBACK = ("New York, NY 10001", Precision.ZIP, True)


def found(text: str, geocoding: Geocoding | None) -> tuple[str, str, bool]:
    place = find_place(text, geocoding)
    return place.label, place.precision, place.from_address


def test_an_address_is_found_where_the_geocoder_says(
    fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding]
) -> None:
    place = find_place(ADDRESS, make_geocoding())

    assert (place.label, place.precision, place.from_address) == (ADDRESS, Precision.ADDRESS, False)
    assert (place.lat, place.lon) == (round(WHITE[0], 3), round(WHITE[1], 3))
    assert (place.city, place.state, place.zip_code) == ("New York", "NY", "10001")


def test_the_label_of_an_address_finds_it_again(fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding]) -> None:
    geocoding = make_geocoding()
    place = find_place(f"  near {ADDRESS} ", geocoding)

    assert find_place(place.label, geocoding) == place


@pytest.mark.parametrize("text", ["30303", "Springfield IL", "40.71,-74.0", "NYC", "PO Box 12, Springfield, IL 62701"])
def test_what_is_no_street_address_is_not_sent_anywhere(
    fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding], text: str
) -> None:
    assert find_place(text, make_geocoding()).precision != Precision.ADDRESS
    assert fake.asked == []


@pytest.mark.parametrize("text", ["Springfield", "2134", "1 Main St, Dallas, TX 02134", "1 Main St, Springfield", "x"])
def test_what_cannot_be_placed_is_not_sent_anywhere(
    fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding], text: str
) -> None:
    with pytest.raises(PlaceNotFound) as caught:
        find_place(text, make_geocoding())

    assert caught.value.reason in {Reason.AMBIGUOUS, Reason.UNKNOWN}
    assert fake.asked == []


def test_the_apartment_is_not_sent(fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding]) -> None:
    find_place("1 Main St Apt 4B, New York, NY 10001", make_geocoding())

    assert fake.asked[0]["q"] == ["1 Main St, New York, NY 10001"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"<html>busy</html>",
        b"\xff\xfe",
        b'[{"lat": "north", "lon": "1"}]',
        b'[{"lat": "40.7", "lon": "-74"}]',
        b'[{"lat": NaN, "lon": NaN, "address": {"country_code": "us", "road": "x"}}]',
        b"[" * 100_000,
        b'["' + b"x" * 1_200_000 + b'"]',
        nominatim_answer(91.0, 0.0),
        nominatim_answer(*WHITE, country="ca"),
        nominatim_answer(*WHITE, road=False),
        nominatim_answer(34.05, -118.24),
        nominatim_answer(48.86, 2.35, country="us"),
        json.dumps({"error": "no"}).encode(),
    ],
    ids=lambda body: body[:40].decode("ascii", "replace"),
)
def test_an_answer_that_cannot_be_right_is_not_believed(
    fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding], body: bytes
) -> None:
    fake.body = body

    assert found(ADDRESS, make_geocoding()) == FALLBACK


@pytest.mark.parametrize("status", [301, 302, 400, 404, 500, 503])
def test_an_error_is_asked_about_once_more(
    fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding], status: int
) -> None:
    fake.status, fake.headers = status, {"Location": f"{fake.url}/elsewhere"}

    assert found(ADDRESS, make_geocoding()) == FALLBACK
    assert len(fake.asked) == 2


def test_the_second_answer_counts(fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding]) -> None:
    fake.first_status = 500

    assert find_place(ADDRESS, make_geocoding()).precision == Precision.ADDRESS


@pytest.mark.parametrize("status", [401, 402, 403, 429])
def test_a_geocoder_that_refuses_us_is_left_alone(
    fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding], status: int
) -> None:
    fake.status, geocoding = status, make_geocoding()

    assert [found(ADDRESS, geocoding) for _ in range(5)] == [FALLBACK] * 5
    assert len(fake.asked) == 1


@pytest.mark.parametrize("drip", [False, True])
def test_a_slow_geocoder_is_not_waited_for(
    fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding], drip: bool
) -> None:
    fake.drip, fake.delay = drip, 0.0 if drip else 30.0
    geocoding = make_geocoding(timeout=0.2)
    started = time.monotonic()

    assert found(ADDRESS, geocoding) == FALLBACK
    assert time.monotonic() - started < geocoding.patience + 3.0


def test_nobody_listens(make_geocoding: Callable[..., Geocoding], fake: FakeGeocoder) -> None:
    geocoding = make_geocoding()
    geocoding._provider._geocoder.api = "http://127.0.0.1:9/search"

    assert found(ADDRESS, geocoding) == FALLBACK
    assert fake.asked == []


def test_a_geocoder_that_keeps_failing_gets_a_rest_and_another_try(
    fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding]
) -> None:
    now = [0.0]
    fake.status = 500
    geocoding = make_geocoding(monotonic=lambda: now[0])

    def ask() -> str:
        now[0] += 1.0
        return find_place(ADDRESS, geocoding).precision

    assert [ask() for _ in range(10)] == [Precision.ZIP] * 10
    assert len(fake.asked) == 6

    fake.status = 200
    now[0] += 60.0
    assert ask() == Precision.ADDRESS


def test_who_comes_when_the_budget_is_used_up_gets_the_zip_code_at_once(
    fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding]
) -> None:
    geocoding = make_geocoding(per_second=0.5, monotonic=lambda: 0.0)
    precisions = [find_place(ADDRESS, geocoding).precision for _ in range(20)]

    assert precisions == [Precision.ADDRESS] + [Precision.ZIP] * 19
    assert len(fake.asked) == 1


def test_an_error_that_nobody_thought_of_does_not_fail_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        name, credit = "broken", ""

        def ask(self, question: str) -> Found | None:
            raise ZeroDivisionError

    geocoding = Geocoding(Broken(), memory=None, limits=Limits(0.5, 1000.0))
    assert [found(ADDRESS, geocoding) for _ in range(4)] == [FALLBACK] * 4

    monkeypatch.setattr("registry.places.online.Thread.start", lambda thread: _no_thread())
    assert [found(ADDRESS, geocoding) for _ in range(4)] == [FALLBACK] * 4


def _no_thread() -> None:
    raise RuntimeError("can't start new thread")


def test_a_geocoder_that_hangs_holds_up_two_requests_and_no_more(
    fake: FakeGeocoder, make_geocoding: Callable[..., Geocoding]
) -> None:
    fake.delay = 30.0
    geocoding = make_geocoding(timeout=1.0)
    with ThreadPoolExecutor(8) as people:
        found_by = [people.submit(timed, geocoding) for _ in range(8)]
        seconds = sorted(future.result() for future in found_by)

    assert seconds[5] < 1.0
    assert seconds[7] < geocoding.patience + 3.0
    assert len(fake.asked) <= 4


def timed(geocoding: Geocoding) -> float:
    """Seconds that the address took, which nobody finds."""
    started = time.monotonic()
    assert found(ADDRESS, geocoding) == FALLBACK
    return time.monotonic() - started
