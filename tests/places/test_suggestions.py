"""What is offered to somebody who typed something unknown."""

import pytest

from registry.places.gazetteer import Gazetteer


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("2134", "02134"),
        ("501", "00501"),
        ("021341001", "02134"),
        ("０２１３４", "02134"),
        ("Bostn, MA", "Boston, MA"),
        ("Cincinatti, OH", "Cincinnati, OH"),
        ("Pheonix, AZ", "Phoenix, AZ"),
        ("Sprngfield", "Springfield, MO"),
        ("Bosto", "Boston, MA"),
        ("Boston, NV", "Boston, MA"),
        ("Boston, Massachusets", "Boston, MA"),
        ("Washington", "Washington, DC"),
        ("Texas", "Houston, TX"),
        ("1 Main Street, Boston, MA", "Boston, MA"),
        ("40.71 -74.0", "40.71, -74.0"),
        ("-118.24, 34.05", "34.05, -118.24"),
    ],
)
def test_the_likeliest_suggestion_comes_first(places: Gazetteer, typed: str, offered: str) -> None:
    assert places.suggest(typed)[0] == offered


def test_suggestions_keep_to_their_limit(places: Gazetteer) -> None:
    assert len(places.suggest("Springfield", 3)) == 3
    assert places.suggest("Springfield", 0) == []


def test_an_unknown_zip_code_offers_its_neighbours(places: Gazetteer) -> None:
    offered = places.suggest("02100")
    assert offered
    assert all(code.startswith("021") and places.zip(code) for code in offered)
