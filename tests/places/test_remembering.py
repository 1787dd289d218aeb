"""What a geocoder answered is kept in the database: without the address, for a time, and never at a search's cost."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from registry.extensions import db
from registry.models import GeocodeCache
from registry.places.finding import find_place
from registry.places.online import Geocoding
from registry.places.records import Precision
from registry.places.remembering import KEEP_FOUND, KEEP_MISSING
from tests.places.conftest import WHITE, FakeGeocoder

ADDRESS = "1 Main St, New York, NY 10001"


@pytest.fixture
def app(make_app: Callable[..., Flask], fake: FakeGeocoder) -> Flask:
    """The application with a geocoder on this machine."""
    return make_app(geocoder="nominatim", geocoder_url=fake.url, geocoder_per_second=1000.0)


@pytest.fixture
def geocoding(app: Flask) -> Geocoding:
    found = app.extensions["geocoding"]
    assert isinstance(found, Geocoding)
    return found


@pytest.fixture
def rows(session: Session) -> Callable[[], list[GeocodeCache]]:
    def read() -> list[GeocodeCache]:
        session.rollback()
        session.expire_all()
        return list(session.scalars(sa.select(GeocodeCache)))

    return read


def test_the_second_who_asks_is_answered_from_the_database(
    fake: FakeGeocoder, geocoding: Geocoding, rows: Callable[[], list[GeocodeCache]]
) -> None:
    first = find_place(ADDRESS, geocoding)
    fake.status = 500
    second = find_place("  1 MAIN ST.,  New York NY 10001 ", geocoding)

    assert (second.lat, second.lon, second.precision) == (first.lat, first.lon, Precision.ADDRESS)
    assert len(fake.asked) == 1
    assert len(rows()) == 1


def test_neither_the_address_nor_the_house_nor_the_hour_is_kept(
    app: Flask, geocoding: Geocoding, rows: Callable[[], list[GeocodeCache]]
) -> None:
    find_place(ADDRESS, geocoding)
    (row,) = rows()
    text = " ".join(str(getattr(row, column.name)) for column in GeocodeCache.__table__.columns)

    assert "main" not in text.lower()
    assert "10001" not in text
    assert (row.lat, row.lon) == (round(WHITE[0], 3), round(WHITE[1], 3))
    assert (row.provider, row.precision, len(row.address_hash)) == ("nominatim", "address", 64)
    assert (row.fetched_at.hour, row.fetched_at.minute) == (0, 0)


def test_the_hash_depends_on_the_secret(
    make_app: Callable[..., Flask], fake: FakeGeocoder, app: Flask, rows: Callable[[], list[GeocodeCache]]
) -> None:
    other = make_app(
        geocoder="nominatim", geocoder_url=fake.url, secret_key=app.extensions["settings"].totp_secret.__class__("o")
    )
    for one in (app, other):
        find_place(ADDRESS, one.extensions["geocoding"])

    assert len({row.address_hash for row in rows()}) == 2


def test_that_nothing_is_there_is_kept_for_a_shorter_time(
    fake: FakeGeocoder, geocoding: Geocoding, clock: time_machine.Traveller, rows: Callable[[], list[GeocodeCache]]
) -> None:
    fake.body = b"[]"
    assert [find_place(ADDRESS, geocoding).precision for _ in range(3)] == [Precision.ZIP] * 3
    assert (len(fake.asked), rows()[0].lat) == (1, None)

    clock.shift(KEEP_MISSING + timedelta(days=1))
    find_place(ADDRESS, geocoding)
    assert len(fake.asked) == 2
    assert KEEP_MISSING < KEEP_FOUND


def test_an_old_answer_is_asked_for_again_and_others_are_dropped(
    fake: FakeGeocoder, geocoding: Geocoding, clock: time_machine.Traveller, rows: Callable[[], list[GeocodeCache]]
) -> None:
    find_place(ADDRESS, geocoding)
    find_place("2 Main St, New York, NY 10001", geocoding)
    clock.shift(KEEP_FOUND + timedelta(days=1))
    find_place(ADDRESS, geocoding)

    assert len(fake.asked) == 3
    assert len(rows()) == 1


def test_a_failure_is_not_kept(
    fake: FakeGeocoder, geocoding: Geocoding, rows: Callable[[], list[GeocodeCache]]
) -> None:
    fake.status = 500
    find_place(ADDRESS, geocoding)

    assert rows() == []


def test_terms_that_forbid_keeping_are_kept_to(
    make_app: Callable[..., Flask], fake: FakeGeocoder, rows: Callable[[], list[GeocodeCache]]
) -> None:
    app = make_app(geocoder="arcgis", geocoder_url=fake.url, geocoder_per_second=1000.0)
    fake.body = (
        b'{"candidates": [{"address": "x", "location": {"x": -73.99, "y": 40.75}, '
        b'"attributes": {"Addr_type": "PointAddress", "Country": "USA"}}]}'
    )
    precisions = [find_place(ADDRESS, app.extensions["geocoding"]).precision for _ in range(2)]

    assert precisions == [Precision.ADDRESS] * 2
    assert (len(fake.asked), rows()) == (2, [])


def test_a_database_that_fails_does_not_fail_the_search(app: Flask, geocoding: Geocoding, session: Session) -> None:
    session.execute(sa.text("DROP TABLE geocode_cache"))
    session.commit()

    assert find_place(ADDRESS, geocoding).precision == Precision.ADDRESS


@contextmanager
def another_writer(app: Flask) -> Iterator[None]:
    """Somebody else writes all the while; SQLite has one writer."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name != "sqlite":
        yield
        return
    with closing(sqlite3.connect(Path(engine.url.database or ""), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def test_another_writer_is_not_waited_for(
    app: Flask, geocoding: Geocoding, rows: Callable[[], list[GeocodeCache]]
) -> None:
    find_place("2 Main St, New York, NY 10001", geocoding)
    with another_writer(app):
        started = time.monotonic()
        assert find_place(ADDRESS, geocoding).precision == Precision.ADDRESS
        assert time.monotonic() - started < 2.5

    find_place(ADDRESS, geocoding)
    assert len(rows()) == 2


def test_another_geocoder_answers_for_itself(
    make_app: Callable[..., Flask], fake: FakeGeocoder, geocoding: Geocoding, rows: Callable[[], list[GeocodeCache]]
) -> None:
    other = make_app(geocoder="photon", geocoder_url=fake.url, geocoder_per_second=1000.0).extensions["geocoding"]
    find_place(ADDRESS, geocoding)
    fake.body = b'{"features": []}'

    assert find_place(ADDRESS, other).precision == Precision.ZIP
    assert find_place(ADDRESS, geocoding).precision == Precision.ADDRESS
    assert {row.provider for row in rows()} == {"nominatim", "photon"}


def test_two_at_once_leave_one_row(geocoding: Geocoding, rows: Callable[[], list[GeocodeCache]]) -> None:
    memory = geocoding._memory
    assert memory is not None
    find_place(ADDRESS, geocoding)
    answer = memory.recall(ADDRESS)
    assert answer is not None
    memory.keep(ADDRESS, answer)

    assert len(rows()) == 1
