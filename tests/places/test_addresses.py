"""An address as typed: what is in it, and what would be asked."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.places.addresses import TypedAddress, address_in
from registry.places.finding import find_place
from registry.places.geocoding import PlaceNotFound, locate
from registry.places.parsing import MAX_LENGTH


def read(text: str) -> TypedAddress:
    address = address_in(text)
    assert address is not None
    return address


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("1 Main St, Boston, MA 02134", "1 Main St, Boston, MA 02134"),
        ("1 Main St Apt 4B, Boston, MA 02134", "1 Main St, Boston, MA 02134"),
        ("1 Main St, Suite 400, Boston, MA 02134", "1 Main St, Boston, MA 02134"),
        ("1 Main St #12, Boston, MA", "1 Main St, Boston, MA"),
        ("1 Main St, Unit 3-2, Boston, MA", "1 Main St, Boston, MA"),
        ("near 1 Main St, Boston, MA, USA", "1 Main St, Boston, MA"),
        ("1 Main St, Boston MA02134", "1 Main St, Boston MA 02134"),
        ("1 Main St, Miami FL 33101", "1 Main St, Miami FL 33101"),
        ("1 Flower St, Boston, MA", "1 Flower St, Boston, MA"),
        ("1 Unity Way, Boston, MA", "1 Unity Way, Boston, MA"),
        ("PO Box 12, Boston, MA 02134", ""),
        ("P.O. Box 12, Boston, MA", ""),
        ("Apartado 12, San Juan, PR 00901", ""),
    ],
)
def test_what_a_geocoder_is_asked(typed: str, question: str) -> None:
    assert read(typed).question == question


def test_the_text_stays_as_it_was_typed() -> None:
    assert read("  1  Main St Apt 4B,  Boston, MA ").text == "1 Main St Apt 4B, Boston, MA"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1 Main St",
        "Main Street",
        "Nrth Atlanta GA",
        "Bostn, MA 02134",
        "General Hospital Atlanta GA",
        "1 Main St, Boston, Qwxyzt",
        "1 Main St, Boston, MA 00000",
        "1 Main St, Boston, MA 02134\x00",
        "1 Main St, Boston, MA " + "x" * MAX_LENGTH,
        "Unit 1, APO, AE 09012",
    ],
)
def test_what_is_no_address_in_the_country(text: str) -> None:
    assert address_in(text) is None


@pytest.mark.parametrize("text", ["1 Main St, Dallas, TX 02134", "1 Main St, Portland", "1 Main St, Washington"])
def test_an_address_that_could_be_in_two_places_is_in_neither(text: str) -> None:
    with pytest.raises(PlaceNotFound) as caught:
        address_in(text)

    assert len(caught.value.suggestions) >= 2
    assert all(locate(label) for label in caught.value.suggestions)


@given(st.text(max_size=140))
@example("1 Main St, Boston, MA 02134")
@example("1 ,, MA")
def test_any_text_is_found_or_not_found(text: str) -> None:
    _found_or_not(text)


_PIECES = st.sampled_from(
    [
        "1", "12345", "02134", "09012", "-1001", " ", " ", ", ", ",", "Main St", "St", "Apt 4B", "#", "PO Box", "near",
        "Boston", "Springfield", "New York", "NYC", "MA", "NY", "IL", "TX", "AE", "APO", "USA", "Cook County", "zip",
        "40.7", "-74", "°", "N", "W", "é", "\u00a0",
    ]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=10).map("".join))
def test_any_mixture_of_what_people_type_is_found_or_not_found(text: str) -> None:
    _found_or_not(text)


def _found_or_not(text: str) -> None:
    try:
        place = find_place(text)
    except PlaceNotFound as error:
        suggestions = error.suggestions
    else:
        assert -90 <= place.lat <= 90
        assert -180 <= place.lon <= 180
        again = locate(place.label)
        assert (again.label, again.lat, again.lon) == (place.label, pytest.approx(place.lat), pytest.approx(place.lon))
        return
    assert all(locate(label) for label in suggestions)
