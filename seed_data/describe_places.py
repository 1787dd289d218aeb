"""Every ZIP code with its names, its kind and its one point."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from registry.places.folding import fold
from seed_data.fuse_places import DECIDED, Fused, Unplaced, fuse, middles, stand_ins
from seed_data.index_places import PlaceIndex, index_places
from seed_data.name_places import display_name
from seed_data.read_places import (
    Point,
    PostalRecord,
    Town,
    military_region,
    read_counties,
    read_geonames_postal,
    read_towns,
    read_zcta,
    read_zipcodes,
)

ISLAND_SEATS = {
    ("chuuk", "FM"): ("weno", "FM"),
    ("kosrae", "FM"): ("tofol", "FM"),
    ("pohnpei", "FM"): ("kolonia", "FM"),
    ("yap", "FM"): ("colonia", "FM"),
}
"""Island states that stand in the postal list in place of a city, and the town where their post office is."""


@dataclass(frozen=True, slots=True)
class Zip:
    """One ZIP code as published. `point` is None and `precision` empty for military mail."""

    code: str
    city: str
    state: str
    county: str
    kind: str
    other_cities: tuple[str, ...]
    point: Point | None
    precision: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The four packages as read."""

    zipcodes: dict[str, PostalRecord]
    geonames: dict[str, PostalRecord]
    zcta: dict[str, Point]
    towns: list[Town]
    counties: set[tuple[str, str]]


def read_sources(packages: Path, npm: Path) -> Sources:
    """Read the four packages."""
    return Sources(
        zipcodes=read_zipcodes(packages),
        geonames=read_geonames_postal(npm),
        zcta=read_zcta(packages),
        towns=list(read_towns(packages)),
        counties=read_counties(packages),
    )


def described(sources: Sources) -> dict[str, Zip]:
    """Every ZIP code with its names and kind, still without a point."""
    county_names: dict[tuple[str, str], str] = {}
    for name, state in sorted(sources.counties):
        short = fold(name).rsplit(" ", 1)[0]
        county_names.setdefault((short, state), name)
        county_names[fold(name), state] = name
    zips = {}
    for code in sorted({*sources.zipcodes, *sources.geonames, *sources.zcta}):
        full, postal = sources.zipcodes.get(code), sources.geonames.get(code)
        record = full or postal
        if record is None or not (record.state or military_region(code)):
            raise ValueError(f"ZIP code {code} has no state in any source")
        region = military_region(code)
        kind = "military" if region and record.state in {"", region} else (full.kind if full else "") or "standard"
        county = (full.county if full else "") or (postal.county if postal else "")
        city, others = display_name(record.city), {display_name(name) for name in record.other_cities}
        if kind == "military" and " " in city:
            city = city.split(" ")[0]
        elif postal and fold(postal.city) == fold(city):
            city = display_name(postal.city)
        elif postal and postal.state == record.state:
            others.add(display_name(postal.city))
        state = record.state or region or ""
        county = county_names.get((fold(county), state), county)
        other_cities = tuple(sorted(name for name in others if fold(name) != fold(city)))
        if kind == "military":
            other_cities = ()
        zips[code] = Zip(code, city, state, county, kind, other_cities, None, "")
    return zips


def placed(zips: dict[str, Zip], sources: Sources) -> tuple[dict[str, Zip], dict[str, Fused]]:
    """Give every civilian ZIP code its point and precision; leave out those without any place."""
    town_points: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for town in sources.towns:
        town_points[fold(town.name), town.state].append(town.point)
    fused: dict[str, Fused] = {}
    for code, zip_code in zips.items():
        if zip_code.kind == "military":
            continue
        full, postal = sources.zipcodes.get(code), sources.geonames.get(code)
        result = fuse(
            zcta=sources.zcta.get(code),
            geonames=postal.point if postal else None,
            zipcodes=full.point if full else None,
            towns=town_points.get((fold(zip_code.city), zip_code.state), ()),
            decided=DECIDED.get(code),
        )
        if result:
            fused[code] = result
    own = [(zips[code], result.point) for code, result in fused.items()]
    cities = {key: points[0] for key, points in town_points.items()}
    cities.update({island: cities[seat] for island, seat in ISLAND_SEATS.items() if seat in cities})
    cities.update(middles(((fold(z.city), z.state), point) for z, point in own))
    found = stand_ins(
        (Unplaced(z.code, fold(z.city), z.state, z.county) for z in zips.values() if z.code not in fused),
        cities=cities,
        counties=middles(((z.county, z.state), point) for z, point in own if z.county),
        neighbours=middles(((z.code[:3], z.state), point) for z, point in own),
    )
    result_zips = {}
    for code, z in zips.items():
        point, precision = (fused[code].point, "zip") if code in fused else found.get(code, (None, ""))
        if z.kind == "military":
            point, precision = None, ""
        elif point is None:
            continue
        result_zips[code] = Zip(code, z.city, z.state, z.county, z.kind, z.other_cities, point, precision)
    return result_zips, fused


def named(zips: dict[str, Zip], towns: list[Town]) -> PlaceIndex:
    """Towns, and the cities known from ZIP codes alone, by their names."""
    cities: dict[tuple[str, str], list[Point]] = defaultdict(list)
    spellings: dict[tuple[str, str], set[str]] = defaultdict(set)
    others: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for z in zips.values():
        if z.point is None:
            continue
        key = fold(z.city), z.state
        cities[key].append(z.point)
        spellings[key].add(z.city)
        for name in z.other_cities:
            others[fold(name), z.state].append(z.point)
            spellings[fold(name), z.state].add(name)
    return index_places(towns, cities=cities, other_cities=others, spellings=spellings)
