"""What a person may type for a place, and what comes of it."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.places.gazetteer import Precision, gazetteer
from registry.places.geocoding import PlaceNotFound, Reason, locate
from registry.places.parsing import MAX_LENGTH


def refused(text: str) -> PlaceNotFound:
    with pytest.raises(PlaceNotFound) as caught:
        locate(text)
    return caught.value


@pytest.mark.parametrize("text", ["02134", " 02134 ", "02134-1001", "\t02134-1001\n", "02134\u00a0"])
def test_a_zip_code_with_or_without_four_more_digits(text: str) -> None:
    place = locate(text)
    assert (place.label, place.zip_code, place.precision) == ("Allston, MA 02134", "02134", Precision.ZIP)


@pytest.mark.parametrize(
    "text",
    [
        "Boston, MA",
        "boston,ma",
        "Boston, Massachusetts",
        "BOSTON MA",
        "Boston   Massachusetts",
        "Boston, Mass.",
        "Boston, MA, USA",
        "Bóston, MA",
    ],
)
def test_a_city_with_its_state(text: str) -> None:
    place = locate(text)
    assert (place.label, place.precision) == ("Boston, MA", Precision.CITY)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Washington DC", "Washington, DC"),
        ("Washington, D.C.", "Washington, DC"),
        ("charleston west virginia", "Charleston, WV"),
        ("Kansas City, KS", "Kansas City, KS"),
        ("New York, New York", "New York, NY"),
        ("st thomas us virgin islands", "St Thomas, VI"),
        ("San Juan, P.R.", "San Juan, PR"),
        ("San Juan, Puerto Rico", "San Juan, PR"),
        ("Saipan, Northern Mariana Islands", "Saipan, MP"),
        ("Tamuning, Guam", "Tamuning, GU"),
        ("Virginia Beach", "Virginia Beach, VA"),
        ("Truth or Consequences", "Truth or Consequences, NM"),
    ],
)
def test_states_of_many_words_and_cities_that_sound_like_states(text: str, label: str) -> None:
    assert locate(text).label == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Allston, MA 02134", "Allston, MA 02134"),
        ("Boston, MA 02134-1001", "Allston, MA 02134"),
        ("MA 02134", "Allston, MA 02134"),
        ("Boston 02134", "Allston, MA 02134"),
    ],
)
def test_a_city_with_its_zip_code(text: str, label: str) -> None:
    assert locate(text).label == label


def test_a_city_that_contradicts_its_zip_code_is_not_settled_for_either() -> None:
    error = refused("Dallas, TX 02134")
    assert error.reason == Reason.UNKNOWN
    assert error.suggestions[:2] == ("Allston, MA 02134", "Dallas, TX")


@pytest.mark.parametrize(
    ("text", "lat", "lon", "label"),
    [
        ("40.71,-74.0", 40.71, -74.0, "40.71, -74.0"),
        (" 40.71 , -74 ", 40.71, -74.0, "40.71, -74.0"),
        ("+13.4757,144.7489", 13.4757, 144.7489, "13.4757, 144.7489"),
        ("-90,180", -90.0, 180.0, "-90.0, 180.0"),
        ("-0,-0.0", 0.0, 0.0, "0.0, 0.0"),
        ("40.7123456789,-74", 40.7123456789, -74.0, "40.712346, -74.0"),
    ],
)
def test_coordinates(text: str, lat: float, lon: float, label: str) -> None:
    place = locate(text)
    assert (place.lat, place.lon, place.precision, place.label) == (lat, lon, Precision.POINT, label)


@pytest.mark.parametrize(
    "text",
    [
        "91,0",
        "0,181",
        "-90.0001,0",
        "nan,nan",
        "inf,-inf",
        "1e1,2",
        "40.71",
        "40.71 -74.0",
        "1,2,3",
        "4.4.4,5",
    ],
)
def test_what_only_looks_like_coordinates(text: str) -> None:
    assert refused(text).reason == Reason.MALFORMED_COORDINATES


def test_a_lost_zero_is_not_guessed_but_offered() -> None:
    error = refused("2134")
    assert (error.reason, error.suggestions[0]) == (Reason.UNKNOWN, "02134")


def test_a_city_of_several_states_asks_which() -> None:
    error = refused("springfield")
    assert error.reason == Reason.AMBIGUOUS
    assert error.suggestions[:3] == ("Springfield, MO", "Springfield, MA", "Springfield, IL")


def test_a_state_alone_asks_for_a_city() -> None:
    for text, state, first in (("Texas", "TX", "Houston, TX"), ("New York", "NY", "New York, NY")):
        error = refused(text)
        assert (error.reason, error.state, error.suggestions[0]) == (Reason.AMBIGUOUS, state, first)


@pytest.mark.parametrize("text", ["09012", "APO AE 09012", "APO, AE", "FPO AP", "09012-1234"])
def test_military_mail_has_a_reason_of_its_own(text: str) -> None:
    assert refused(text).reason == Reason.MILITARY


@pytest.mark.parametrize("text", ["", " ", "\t\r\n", "\u00a0"])
def test_nothing_typed(text: str) -> None:
    assert refused(text).reason == Reason.EMPTY


@pytest.mark.parametrize(
    "text",
    [
        "０２１３４",
        "٠٢١٣٤",
        "02134\x00",
        "\x00",
        "\ud800",
        "Boston\x1b[31m, MA",
        "Boston\u202e, MA",
        "02134\u200b",
        "Boston, ZZ",
        "Qwxyzt, MA",
        "99999999999999999999",
        ",",
        ",,,",
        "MA,",
        "' OR 1=1 --",
        "%",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "002134",
        "02134-",
        "02134-10011",
    ],
)
def test_what_is_no_place_is_unknown(text: str) -> None:
    assert refused(text).reason in {Reason.UNKNOWN, Reason.AMBIGUOUS}


def test_a_text_of_any_length_is_refused_at_once_and_not_kept() -> None:
    for text in ("x" * 10_000, "0" * 1_000_000, " " * 10_000, "a," * 50_000):
        started = time.process_time()
        error = refused(text)
        assert time.process_time() - started < 0.05
        assert error.reason == Reason.TOO_LONG
        assert len(error.text) <= MAX_LENGTH


@pytest.mark.parametrize(
    "text",
    [
        "a" * MAX_LENGTH,
        "saint " * 20,
        "1" * MAX_LENGTH,
        "," * MAX_LENGTH,
        "1," * 60,
        "san san san san san san san san san san",
        "-" * MAX_LENGTH,
        "é" * MAX_LENGTH,
        "ﷺ" * MAX_LENGTH,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    gazetteer()
    started = time.process_time()
    refused(text)
    assert time.process_time() - started < 0.25


@given(st.text(max_size=140))
@example("Boston, MA 02134")
@example("\ud800, MA")
def test_any_text_is_a_place_or_not_found(text: str) -> None:
    try:
        place = locate(text)
    except PlaceNotFound as error:
        for suggestion in error.suggestions:
            assert locate(suggestion)
    else:
        assert -90 <= place.lat <= 90
        assert -180 <= place.lon <= 180
        assert locate(place.label).label == place.label


_PIECES = st.sampled_from(
    [
        "St.",
        "Boston",
        "MA",
        ",",
        " ",
        "02134",
        "-",
        "1001",
        "New",
        "York",
        "40.7",
        "nan",
        "Fort",
        "d'",
        "é",
        "USA",
        "AE",
    ]
)


@given(st.lists(_PIECES, max_size=8).map("".join))
def test_any_mixture_of_what_people_type_is_a_place_or_not_found(text: str) -> None:
    try:
        locate(text)
    except PlaceNotFound as error:
        for suggestion in error.suggestions:
            assert locate(suggestion)


def test_every_town_is_found_again_by_its_label() -> None:
    lost = [town.label for town in gazetteer().all_towns() if locate(town.label).state != town.state]
    assert lost == []


def test_every_civilian_zip_code_is_located_as_itself() -> None:
    places = gazetteer()
    located = lost = 0
    for code in places.zips():
        try:
            lost += locate(code).zip_code != code
            located += 1
        except PlaceNotFound as error:
            lost += error.reason != Reason.MILITARY
    assert lost == 0
    assert located >= 41_900


def test_the_label_of_a_zip_code_locates_it() -> None:
    for code in list(gazetteer().zips())[::17]:
        entry = gazetteer().zip(code)
        assert entry is not None
        if entry.lat is not None:
            assert locate(entry.label).zip_code == code
