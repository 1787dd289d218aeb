"""The outlines of the states as rings of points, out of the map's own file: nothing is asked of another machine.

The file is made when the assets are built; see ``static/src/maps.mjs``.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from registry.domain.states import US_STATES

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A state by its USPS code; rings of (longitude, latitude) in degrees, and their bounds west, south, east, north.

    Longitudes go on beyond -180 where the state does.
    """

    code: str
    rings: tuple[Ring, ...]
    bounds: tuple[float, float, float, float]


@lru_cache(maxsize=2)
def outlines(file: Path) -> tuple[Outline, ...]:
    """The states of the topology in *file* (TopoJSON, quantized); none where the file is not there."""
    try:
        topology: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return ()
    arcs = _arcs(topology)
    codes = {name: code for code, name in US_STATES.items()}
    found = []
    for shape, label in zip(topology["objects"]["states"]["geometries"], topology["labels"], strict=True):
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = tuple(_ring(arcs, ring) for polygon in polygons for ring in polygon[:1])
        lons = [lon for ring in rings for lon, _lat in ring]
        lats = [lat for ring in rings for _lon, lat in ring]
        code = codes.get(label[0], label[0])
        found.append(Outline(code, rings, (min(lons), min(lats), max(lons), max(lats))))
    return tuple(found)


def _arcs(topology: dict[str, Any]) -> list[Ring]:
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    decoded = []
    for arc in topology["arcs"]:
        across = accumulate(step[0] for step in arc)
        up = accumulate(step[1] for step in arc)
        decoded.append(tuple((x * scale_x + move_x, y * scale_y + move_y) for x, y in zip(across, up, strict=True)))
    return decoded


def _ring(arcs: list[Ring], numbers: list[int]) -> Ring:
    points: list[tuple[float, float]] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    # The western Aleutians lie east of 180 degrees.
    west = any(lon < 0 for lon, _lat in points)
    return tuple((lon - 360 if lon > 0 and not west and lon > 170 else lon, lat) for lon, lat in points)
