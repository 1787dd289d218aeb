"""How the sources of the places are fused, on a few points made up for the purpose."""

from pathlib import Path

import pytest

from registry.places.packed import read_packed, write_packed
from seed_data.fuse_places import NEAR_KM, Fused, Unplaced, fuse, kilometres, stand_ins
from seed_data.index_places import index_places
from seed_data.name_places import display_name, useful_other_names
from seed_data.read_places import Town, military_region, usable_point

HERE = (42.35, -71.05)
NEARBY = (42.40, -71.10)
FAR = (45.00, -90.00)


def test_the_census_centroid_wins_while_it_lies_near_the_median() -> None:
    assert fuse(zcta=NEARBY, geonames=HERE, zipcodes=HERE) == Fused(NEARBY, "zcta")


def test_a_far_census_centroid_loses_to_geonames_and_is_reported() -> None:
    fused = fuse(zcta=FAR, geonames=HERE, zipcodes=NEARBY)
    assert fused is not None
    assert (fused.point, fused.source) == (HERE, "geonames")
    assert [name for name, km in fused.outliers if km > NEAR_KM] == ["zcta"]


def test_a_far_geonames_point_loses_to_the_census_centroid() -> None:
    fused = fuse(zcta=HERE, geonames=FAR, zipcodes=NEARBY)
    assert fused is not None
    assert (fused.point, fused.source, [name for name, _ in fused.outliers]) == (HERE, "zcta", ["geonames"])


def test_without_a_census_centroid_a_far_geonames_point_loses_to_the_median_with_the_town() -> None:
    fused = fuse(geonames=FAR, zipcodes=HERE, towns=[NEARBY])
    assert fused is not None
    assert fused.source == "median"
    assert kilometres(fused.point, HERE) < NEAR_KM


def test_a_town_of_the_same_name_elsewhere_is_no_witness() -> None:
    assert fuse(zcta=HERE, geonames=NEARBY, towns=[FAR]) == Fused(HERE, "zcta")


def test_two_sources_that_contradict_each_other_leave_geonames() -> None:
    fused = fuse(zcta=FAR, geonames=HERE)
    assert fused is not None
    assert fused.source == "geonames"


def test_a_decision_by_hand_overrules_the_rule() -> None:
    fused = fuse(zcta=HERE, geonames=HERE, zipcodes=FAR, decided="zipcodes")
    assert fused is not None
    assert fused.point == FAR


def test_one_source_alone_is_taken_and_none_gives_nothing() -> None:
    assert fuse(zipcodes=HERE) == Fused(HERE, "zipcodes")
    assert fuse(towns=[HERE]) is None


@pytest.mark.parametrize(
    ("state", "lat", "lon"),
    [("MA", 0.0, 0.0), ("NY", 40.77, 73.95), ("GU", 13.4, -144.7), ("MH", 7.08, -171.2), ("MA", 95.0, -71.0)],
)
def test_impossible_points_and_wrong_signs_are_ignored(state: str, lat: float, lon: float) -> None:
    assert usable_point("01234", state, lat, lon) is None


def test_places_beyond_the_date_line_keep_their_sign() -> None:
    assert usable_point("96910", "GU", 13.45, 144.75) == (13.45, 144.75)
    assert usable_point("96898", "HI", 19.28, 166.64) == (19.28, 166.64)


@pytest.mark.parametrize(
    ("code", "region"), [("09012", "AE"), ("34001", "AA"), ("96201", "AP"), ("96701", None), ("08999", None)]
)
def test_military_mail_is_known_by_its_first_three_digits(code: str, region: str | None) -> None:
    assert military_region(code) == region


def test_a_zip_code_without_a_point_stands_at_its_city_then_county_then_neighbours_of_its_state() -> None:
    missing = [
        Unplaced("00101", "salem", "MA", "Essex County"),
        Unplaced("00102", "nowhere", "MA", "Essex County"),
        Unplaced("00103", "nowhere", "MA", ""),
        Unplaced("00104", "nowhere", "RI", ""),
    ]
    found = stand_ins(
        missing,
        cities={("salem", "MA"): (1.0, 1.0)},
        counties={("Essex County", "MA"): (2.0, 2.0)},
        neighbours={("001", "MA"): (3.0, 3.0)},
    )
    assert found == {
        "00101": ((1.0, 1.0), "city"),
        "00102": ((2.0, 2.0), "county"),
        "00103": ((3.0, 3.0), "zip3"),
    }


def test_of_two_towns_with_one_name_the_one_with_the_post_office_comes_first() -> None:
    towns = [Town("Salem", "MA", FAR, 9_000, ()), Town("Salem", "MA", HERE, 800, ())]
    index = index_places(
        towns,
        cities={("salem", "MA"): [NEARBY]},
        other_cities={},
        spellings={("salem", "MA"): {"Salem"}},
    )
    assert [index.places[entry.place].population for entry in index.entries["salem"]] == [800, 9_000]


def test_a_post_office_without_a_town_becomes_a_place() -> None:
    index = index_places(
        [], cities={("allston", "MA"): [HERE]}, other_cities={}, spellings={("allston", "MA"): {"Allston"}}
    )
    assert [(place.name, place.point) for place in index.places] == [("Allston", HERE)]


def test_a_town_takes_the_name_of_its_post_office_and_keeps_its_own() -> None:
    town = Town("New York City", "NY", HERE, 8_000_000, ("Nueva York", "NYC", "Nyu Yorkʻ", "Νέα Υόρκη"))
    key = ("new york", "NY")
    index = index_places([town], cities={key: [NEARBY]}, other_cities={}, spellings={key: {"New York"}})
    assert [place.name for place in index.places] == ["New York"]
    assert {"new york", "new york city", "nueva york", "nyc"} <= index.entries.keys()


def test_transliterations_and_airport_codes_are_no_names() -> None:
    town = Town("Washington", "DC", HERE, 1, ("Vashington", "WAS", "Washington City", "Waszyngton", "hua sheng"))
    assert useful_other_names(town) == {"washington city", "washington dc"}


@pytest.mark.parametrize(
    ("listed", "shown"),
    [("Jber", "JBER"), ("Mcallen", "McAllen"), ("Mc Grath", "McGrath"), ("Mccoy", "McCoy")],
)
def test_city_names_are_shown_as_they_are_written(listed: str, shown: str) -> None:
    assert display_name(listed) == shown


def test_the_same_columns_give_the_same_bytes_and_come_back(tmp_path: Path) -> None:
    numbers = {"a": [3, -70_000, 2_000_000_000, 0], "b": [], "c": [1, 2, 3]}
    texts = {"names": ["", "Añasco", "Ta`ū"], "none": []}
    write_packed(tmp_path / "one", numbers=numbers, texts=texts)
    write_packed(tmp_path / "two", numbers=numbers, texts=texts)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    packed = read_packed(tmp_path / "one")
    assert {name: list(column) for name, column in packed.numbers.items()} == numbers
    assert packed.texts == texts


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00" + bytes(8))
    with pytest.raises(ValueError, match="not a file of packed places"):
        read_packed(tmp_path / "other")
