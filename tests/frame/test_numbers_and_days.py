"""Days, moments and numbers as people of the United States write them, in English and in Spanish (es_US)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.client import PageClient
from tests.support.factories import publish

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

NOON = datetime(2026, 11, 6, 15, 4, 5, tzinfo=UTC)
# Babel puts a narrow blank, which does not break, before “PM” and “p.m.”.
THIN = "\u202f"
EXAMPLES: list[tuple[str, Any, dict[str, str]]] = [
    ("day", date(2026, 11, 6), {"en": "November 6, 2026", "es": "6 de noviembre de 2026"}),
    ("day", "2026-01-31", {"en": "January 31, 2026", "es": "31 de enero de 2026"}),
    ("day", date(2024, 2, 29), {"en": "February 29, 2024", "es": "29 de febrero de 2024"}),
    ("moment", NOON, {"en": f"Nov 6, 2026, 3:04:05{THIN}PM UTC", "es": f"6 nov 2026, 3:04:05{THIN}p.m. UTC"}),
    ("number", 7, {"en": "7", "es": "7"}),
    ("number", 1234567, {"en": "1,234,567", "es": "1,234,567"}),
    ("ago", NOON - timedelta(days=3), {"en": "3 days ago", "es": "hace 3 días"}),
    ("ago", NOON - timedelta(minutes=1), {"en": "1 minute ago", "es": "hace 1 minuto"}),
]


@pytest.mark.parametrize(("name", "value", "expected"), EXAMPLES)
def test_examples(app: Flask, name: str, value: Any, expected: dict[str, str]) -> None:
    shown: Callable[..., Any] = app.jinja_env.filters[name]
    for language, text in expected.items():
        with app.test_request_context(f"/?lang={language}"), time_machine.travel(NOON, tick=False):
            more = {"language": language} if name == "day" else {}
            assert shown(value, **more) == text


@pytest.mark.parametrize("miles_north", [10, 1200])
def test_distances_have_the_signs_of_the_united_states(client: PageClient, session: Session, miles_north: int) -> None:
    publish(session, at=(33.7525 + miles_north / 69.0, -84.3915))
    session.commit()

    for language, unit in (("en", "miles"), ("es", "millas")):
        page = client.load(f"/labs?near=30303&within=any&lang={language}")
        number, shown_unit = page.one(class_="distance").text.split()
        assert shown_unit == unit
        whole, tenths = number.split(".")
        assert len(tenths) == 1
        assert ("," in whole) is (miles_north >= 1000)
        assert abs(float(number.replace(",", "")) - miles_north) < miles_north / 50


@pytest.mark.parametrize(
    ("count", "english", "spanish"),
    [
        (1, "1 laboratory is listed.", "Hay 1 laboratorio en la lista."),
        (2, "2 laboratories are listed.", "Hay 2 laboratorios en la lista."),
    ],
)
def test_one_is_one_and_two_are_many(
    client: PageClient, session: Session, count: int, english: str, spanish: str
) -> None:
    for _ in range(count):
        publish(session)
    session.commit()

    assert english in client.load("/?lang=en").text
    assert spanish in client.load("/?lang=es").text
