"""Write the fused places as the columns that `registry.places.gazetteer` reads."""

from collections.abc import Iterable
from pathlib import Path

from registry.places.gazetteer import PLACE_KINDS, PRECISIONS, ZIP_KINDS
from registry.places.packed import write_packed
from seed_data.describe_places import Zip
from seed_data.index_places import PlaceIndex
from seed_data.read_places import Point

SCALE = 10_000
"""Coordinates are kept in ten-thousandths of a degree: 11 m."""


def pack(path: Path, *, zips: Iterable[Zip], index: PlaceIndex) -> None:
    """Write the file; the same places give the same bytes."""
    zips = sorted(zips, key=lambda z: z.code)
    places = index.places
    names = sorted({*(p.name for p in places), *(z.city for z in zips), *(c for z in zips for c in z.other_cities)})
    states = sorted({*(p.state for p in places), *(z.state for z in zips)})
    counties = sorted({z.county for z in zips} | {""})
    name_of, state_of, county_of = (
        {text: number for number, text in enumerate(texts)} for texts in (names, states, counties)
    )
    keys = sorted(index.entries)
    write_packed(
        path,
        numbers={
            "zip_code": [int(z.code) for z in zips],
            "zip_kind": [ZIP_KINDS.index(z.kind) for z in zips],
            "zip_state": [state_of[z.state] for z in zips],
            "zip_county": [county_of[z.county] for z in zips],
            "zip_city": [name_of[z.city] for z in zips],
            "zip_precision": [PRECISIONS.index(z.precision) for z in zips],
            "zip_lat": [_scaled(z.point)[0] for z in zips],
            "zip_lon": [_scaled(z.point)[1] for z in zips],
            "zip_others": [len(z.other_cities) for z in zips],
            "other_city": [name_of[city] for z in zips for city in z.other_cities],
            "place_name": [name_of[p.name] for p in places],
            "place_state": [state_of[p.state] for p in places],
            "place_kind": [PLACE_KINDS.index(p.kind) for p in places],
            "place_lat": [_scaled(p.point)[0] for p in places],
            "place_lon": [_scaled(p.point)[1] for p in places],
            "place_population": [p.population for p in places],
            "key_entries": [len(index.entries[key]) for key in keys],
            "entry": [2 * e.place + e.alias for key in keys for e in index.entries[key]],
        },
        texts={"names": names, "states": states, "counties": counties, "keys": keys},
    )


def _scaled(point: Point | None) -> tuple[int, int]:
    return (round(point[0] * SCALE), round(point[1] * SCALE)) if point else (0, 0)
