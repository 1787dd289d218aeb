"""The places as shipped: every ZIP code, towns by their names, and what was wrong in a source."""

import math
from collections import Counter
from threading import Thread

import pytest

from registry.places.gazetteer import (
    PLACES_FILE,
    Gazetteer,
    MilitaryZip,
    Precision,
    ZipEntry,
    ZipKind,
    gazetteer,
)
from registry.places.packed import read_packed

# South, north, west and east ends of each state in degrees: its extreme points, rounded outwards.
BOUNDS = {
    "AL": (30.1, 35.1, -88.6, -84.8), "AK": (51.0, 71.6, -180.0, -129.9), "AZ": (31.3, 37.1, -114.9, -109.0),
    "AR": (33.0, 36.6, -94.7, -89.6), "CA": (32.5, 42.1, -124.5, -114.1), "CO": (36.9, 41.1, -109.1, -102.0),
    "CT": (40.9, 42.1, -73.8, -71.7), "DE": (38.4, 39.9, -75.8, -75.0), "DC": (38.7, 39.0, -77.2, -76.9),
    "FL": (24.4, 31.1, -87.7, -79.9), "GA": (30.3, 35.1, -85.7, -80.8), "HI": (18.8, 22.3, -160.3, -154.7),
    "ID": (41.9, 49.1, -117.3, -111.0), "IL": (36.9, 42.6, -91.6, -87.0), "IN": (37.7, 41.8, -88.2, -84.7),
    "IA": (40.3, 43.6, -96.7, -90.1), "KS": (36.9, 40.1, -102.1, -94.5), "KY": (36.4, 39.2, -89.6, -81.9),
    "LA": (28.8, 33.1, -94.1, -88.7), "ME": (42.9, 47.5, -71.2, -66.8), "MD": (37.8, 39.8, -79.5, -75.0),
    "MA": (41.2, 42.9, -73.6, -69.8), "MI": (41.6, 48.4, -90.5, -82.1), "MN": (43.4, 49.5, -97.3, -89.4),
    "MS": (30.1, 35.1, -91.7, -88.0), "MO": (35.9, 40.7, -95.8, -89.0), "MT": (44.3, 49.1, -116.1, -104.0),
    "NE": (39.9, 43.1, -104.1, -95.3), "NV": (35.0, 42.1, -120.1, -114.0), "NH": (42.6, 45.4, -72.6, -70.6),
    "NJ": (38.8, 41.4, -75.6, -73.8), "NM": (31.3, 37.1, -109.1, -103.0), "NY": (40.4, 45.1, -79.8, -71.8),
    "NC": (33.7, 36.7, -84.4, -75.4), "ND": (45.9, 49.1, -104.1, -96.5), "OH": (38.3, 42.4, -84.9, -80.5),
    "OK": (33.6, 37.1, -103.1, -94.4), "OR": (41.9, 46.4, -124.7, -116.4), "PA": (39.7, 42.4, -80.6, -74.6),
    "RI": (41.1, 42.1, -72.0, -71.1), "SC": (32.0, 35.3, -83.4, -78.5), "SD": (42.4, 46.0, -104.1, -96.4),
    "TN": (34.9, 36.7, -90.4, -81.6), "TX": (25.8, 36.6, -106.7, -93.5), "UT": (36.9, 42.1, -114.1, -109.0),
    "VT": (42.7, 45.1, -73.5, -71.4), "VA": (36.5, 39.5, -83.7, -75.2), "WA": (45.5, 49.1, -124.8, -116.9),
    "WV": (37.1, 40.7, -82.7, -77.7), "WI": (42.4, 47.2, -92.9, -86.7), "WY": (40.9, 45.1, -111.1, -104.0),
    "PR": (17.8, 18.6, -67.4, -65.2), "VI": (17.6, 18.5, -65.2, -64.5), "GU": (13.2, 13.7, 144.6, 145.0),
    "AS": (-14.6, -11.0, -171.2, -168.1), "MP": (14.0, 20.6, 144.8, 146.1), "FM": (0.9, 10.2, 137.0, 163.1),
    "MH": (4.5, 14.8, 160.7, 172.3), "PW": (2.9, 8.2, 131.0, 134.8),
}  # fmt: skip
MARGIN = 0.15
WAKE_ISLAND = (19.28, 166.65)

# Published coordinates of city centres, to a hundredth of a degree.
CITIES = {
    ("New York", "NY"): (40.71, -74.01), ("Los Angeles", "CA"): (34.05, -118.24),
    ("Chicago", "IL"): (41.88, -87.63), ("Houston", "TX"): (29.76, -95.37),
    ("Phoenix", "AZ"): (33.45, -112.07), ("Philadelphia", "PA"): (39.95, -75.17),
    ("San Diego", "CA"): (32.72, -117.16), ("Dallas", "TX"): (32.78, -96.80),
    ("Boston", "MA"): (42.36, -71.06), ("Seattle", "WA"): (47.61, -122.33),
    ("Denver", "CO"): (39.74, -104.99), ("Washington", "DC"): (38.91, -77.04),
    ("Miami", "FL"): (25.76, -80.19), ("Atlanta", "GA"): (33.75, -84.39),
    ("Minneapolis", "MN"): (44.98, -93.27), ("St. Louis", "MO"): (38.63, -90.20),
    ("New Orleans", "LA"): (29.95, -90.07), ("Honolulu", "HI"): (21.31, -157.86),
    ("Anchorage", "AK"): (61.22, -149.90), ("San Juan", "PR"): (18.47, -66.11),
    ("Hagåtña", "GU"): (13.48, 144.75), ("Pago Pago", "AS"): (-14.28, -170.70),
    ("Charlotte Amalie", "VI"): (18.34, -64.93), ("Saipan", "MP"): (15.19, 145.75),
}  # fmt: skip


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    lat_a, lon_a, lat_b, lon_b = (math.radians(x) for x in (*a, *b))
    cosine = math.sin(lat_a) * math.sin(lat_b) + math.cos(lat_a) * math.cos(lat_b) * math.cos(lon_a - lon_b)
    return 6371.0 * math.acos(min(1.0, max(-1.0, cosine)))


def known(places: Gazetteer, code: str) -> ZipEntry:
    entry = places.zip(code)
    assert entry is not None
    return entry


def point(entry: ZipEntry) -> tuple[float, float]:
    assert entry.lat is not None
    assert entry.lon is not None
    return entry.lat, entry.lon


def test_every_zip_code_has_a_point_in_its_state_or_is_military(places: Gazetteer) -> None:
    precisions: Counter[str] = Counter()
    outside = []
    codes = list(places.zips())
    for code in codes:
        entry = known(places, code)
        assert entry.code == code
        if entry.kind is ZipKind.MILITARY:
            precisions["military"] += 1
            assert entry.lat is None
            assert entry.state in {"AA", "AE", "AP"}
            continue
        place = entry.place()
        precisions[place.precision] += 1
        south, north, west, east = BOUNDS[entry.state]
        if not (south - MARGIN <= place.lat <= north + MARGIN and west - MARGIN <= place.lon <= east + MARGIN):
            outside.append(code)
    assert codes == sorted(set(codes))
    assert outside == ["96898"]  # Wake Island counts as Hawaii in the mail
    assert len(codes) >= 42_900
    assert precisions["zip"] >= 41_900
    assert precisions["city"] + precisions["county"] + precisions["zip3"] == 35
    assert precisions["military"] >= 960


def test_every_city_of_a_zip_code_is_a_place_by_name(places: Gazetteer) -> None:
    cities: set[tuple[str, str]] = set()
    for code in places.zips():
        entry = known(places, code)
        if entry.kind is not ZipKind.MILITARY:
            cities.update((city, entry.state) for city in (entry.city, *entry.other_cities))
    assert len(cities) >= 37_000
    missing = [(city, state) for city, state in cities if not places.towns(city, state)]
    assert missing == []


def test_there_are_22_000_towns_with_people(places: Gazetteer) -> None:
    assert sum(town.kind == "town" for town in places.all_towns()) >= 22_000
    assert places.counts()["places"] >= 42_000


def test_every_town_lies_in_its_state(places: Gazetteer) -> None:
    outside = []
    for town in places.all_towns():
        south, north, west, east = BOUNDS[town.state]
        if not (south - MARGIN <= town.lat <= north + MARGIN and west - MARGIN <= town.lon <= east + MARGIN):
            outside.append(town.label)
    assert outside == ["Wake Island, HI"]


@pytest.mark.parametrize(("city", "published"), CITIES.items())
def test_well_known_cities_are_where_the_world_has_them(
    places: Gazetteer, city: tuple[str, str], published: tuple[float, float]
) -> None:
    town = places.towns(*city)[0]
    assert kilometres((town.lat, town.lon), published) < 15


@pytest.mark.parametrize(
    ("code", "city", "state", "kind"),
    [
        ("02134", "Allston", "MA", ZipKind.STANDARD),
        ("00501", "Holtsville", "NY", ZipKind.UNIQUE),
        ("00901", "San Juan", "PR", ZipKind.STANDARD),
        ("00802", "St Thomas", "VI", ZipKind.STANDARD),
        ("96910", "Hagatna", "GU", ZipKind.STANDARD),
        ("96799", "Pago Pago", "AS", ZipKind.PO_BOX),
        ("96950", "Saipan", "MP", ZipKind.PO_BOX),
        ("10001", "New York", "NY", ZipKind.STANDARD),
        ("02205", "Boston", "MA", ZipKind.PO_BOX),
        ("83814", "Coeur d'Alene", "ID", ZipKind.STANDARD),
    ],
)
def test_zip_codes_keep_their_zeros_city_state_and_kind(
    places: Gazetteer, code: str, city: str, state: str, kind: ZipKind
) -> None:
    entry = known(places, code)
    assert (entry.code, entry.city, entry.state, entry.kind) == (code, city, state, kind)
    assert entry.precision is Precision.ZIP


@pytest.mark.parametrize(
    ("code", "true_place"),
    [
        ("10200", (40.77, -73.95)),  # a wrong sign in one source
        ("99505", (61.26, -149.69)),  # 511 km away in another: Joint Base Elmendorf-Richardson
        ("99506", (61.25, -149.81)),
        ("99519", (61.20, -149.90)),  # Anchorage, 978 km away as a tabulation area
        ("99695", (61.20, -149.90)),
        ("99701", (64.84, -147.72)),  # Fairbanks
        ("96898", WAKE_ISLAND),
        ("96960", (7.09, 171.38)),  # Majuro, a wrong sign
        ("80841", (38.99, -104.86)),  # the Air Force Academy
        ("99627", (62.96, -155.60)),  # McGrath
    ],
)
def test_known_faults_of_the_sources_came_out_right(
    places: Gazetteer, code: str, true_place: tuple[float, float]
) -> None:
    assert kilometres(point(known(places, code)), true_place) < 30


def test_a_zip_code_without_a_point_says_what_stands_in_for_it(places: Gazetteer) -> None:
    assert known(places, "11805").precision is Precision.CITY
    assert kilometres(point(known(places, "11805")), (40.77, -73.53)) < 15  # Hicksville
    assert known(places, "18768").precision is Precision.ZIP3
    assert kilometres(point(known(places, "18768")), (41.25, -75.88)) < 40  # Wilkes-Barre
    assert known(places, "96941").precision is Precision.CITY
    assert kilometres(point(known(places, "96941")), (6.96, 158.21)) < 15  # Pohnpei, not Guam


@pytest.mark.parametrize("code", ["09012", "09905", "34001", "96201"])
def test_military_zip_codes_have_no_place_and_say_so(places: Gazetteer, code: str) -> None:
    entry = known(places, code)
    assert entry.kind is ZipKind.MILITARY
    with pytest.raises(MilitaryZip, match=code):
        entry.place()


@pytest.mark.parametrize("code", ["2134", "021340", "0213a", "０２１３４", "٠٢١٣٤", "", "00000", "-2134", "02 34"])
def test_nothing_else_is_a_zip_code(places: Gazetteer, code: str) -> None:
    assert places.zip(code) is None


@pytest.mark.parametrize(
    ("name", "state", "label"),
    [
        ("st louis", "MO", "St. Louis, MO"),
        ("SAINT  LOUIS", "MO", "St. Louis, MO"),
        ("Ft. Worth", "TX", "Fort Worth, TX"),
        ("mt vernon", "NY", "Mount Vernon, NY"),
        ("anasco", "PR", "Añasco, PR"),
        ("Nueva Orleans", "LA", "New Orleans, LA"),
        ("Philly", "PA", "Philadelphia, PA"),
        ("New York City", "NY", "New York, NY"),
        ("NYC", "NY", "New York, NY"),
        ("Winston Salem", "NC", "Winston-Salem, NC"),
        ("Coeur D Alene", "ID", "Coeur d'Alene, ID"),
        ("O Fallon", "MO", "O'Fallon, MO"),
        ("mc allen", "TX", "McAllen, TX"),
        ("Dededo Village", "GU", "Dededo, GU"),
    ],
)
def test_towns_are_found_under_their_other_names(places: Gazetteer, name: str, state: str, label: str) -> None:
    assert places.towns(name, state)[0].label == label


def test_a_name_of_several_states_comes_largest_first_and_always_in_one_order(places: Gazetteer) -> None:
    towns = places.towns("Springfield")
    assert [town.state for town in towns[:3]] == ["MO", "MA", "IL"]
    assert towns == Gazetteer(read_packed(PLACES_FILE)).towns("springfield")


@pytest.mark.parametrize(
    ("code", "city", "state", "agrees"),
    [
        ("02134", "Allston", "MA", True),
        ("02134", "boston", "MA", True),
        ("02134", "Boston", "NY", False),
        ("02134", "Worcester", "MA", False),
        ("10001", "NYC", "NY", True),
        ("63101", "St. Louis", "MO", True),
        ("00000", "Boston", "MA", None),
        ("2134", "Boston", "MA", None),
    ],
)
def test_a_zip_code_agrees_with_its_city_and_state(
    places: Gazetteer, code: str, city: str, state: str, agrees: bool | None
) -> None:
    assert places.zip_agrees(code, city, state) is agrees


def test_threads_share_one_gazetteer() -> None:
    seen: list[Gazetteer] = []
    threads = [Thread(target=lambda: seen.append(gazetteer())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len({id(one) for one in seen}) == 1
