"""What the map is made of: the geometry in its scripts against other computations, and the files of the base map."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from geopy.distance import geodesic

from config import ROOT
from devtools.checkout import NODE
from registry.assets import BUILT, read_manifest

SCRIPTS = ROOT / "static" / "src" / "js" / "map"
# FIPS numbers of the states, the District of Columbia and the island territories.
FIPS = {f"{number:02}" for number in range(1, 57)} - {"03", "07", "14", "43", "52"} | {"60", "66", "69", "72", "78"}
ONE_COUNTY = {"11", "66"}
LARGEST_STATES, LARGEST_COUNTIES, LARGEST_SCRIPT = 40_000, 12_000, 48_000


def run_script(tmp_path: Path, module: str, expression: str) -> Any:
    """The value of a JavaScript expression in which ``m`` is the module of the map."""
    # Node ends without emptying a pipe, so the answer goes to a file.
    answer = tmp_path / "answer.json"
    source = f"""
        import {{ writeFileSync }} from "node:fs";
        import * as m from {json.dumps((SCRIPTS / module).as_uri())};
        writeFileSync({json.dumps(str(answer))}, JSON.stringify({expression}));
    """
    subprocess.run([sys.executable, *NODE, "--input-type=module", "-e", source], check=True, timeout=60)
    return json.loads(answer.read_text())


@pytest.mark.parametrize("miles", [10, 500])
@pytest.mark.parametrize(
    ("lat", "lon"), [(33.75, -84.39), (71.29, -156.79), (-14.28, -170.70), (13.44, 144.79), (51.88, -176.65), (0, 180)]
)
def test_every_point_of_the_circle_is_at_the_radius(tmp_path: Path, lat: float, lon: float, miles: int) -> None:
    metres = miles * 1609.344

    points = run_script(tmp_path, "geodesic.js", f"m.circle({lat}, {lon}, {metres})")

    assert len(points) == 180
    for found_lat, found_lon in points:
        assert abs(found_lon - lon) < 60
        there = geodesic((lat, lon), (found_lat, (found_lon + 540) % 360 - 180)).meters
        assert there == pytest.approx(metres, abs=0.01)


@pytest.mark.parametrize(
    ("lon", "near", "shown"),
    [(144.8, -157.8, -215.2), (-157.8, 144.8, 202.2), (174.1, -176.6, -185.9), (-84, -98, -84)],
)
def test_a_longitude_is_written_beside_the_place(tmp_path: Path, lon: float, near: float, shown: float) -> None:
    assert run_script(tmp_path, "geodesic.js", f"m.wrapped({lon}, {near})") == pytest.approx(shown)


def test_badges_never_cover_each_other_and_those_alone_stay(tmp_path: Path) -> None:
    chance = random.Random(11)
    crowd = [{"x": chance.gauss(0, 40), "y": chance.gauss(0, 40), "size": 28} for _ in range(30)]
    crowd += [dict(crowd[0]) for _ in range(10)]
    alone = {"x": 900, "y": 900, "size": 28}
    centre = {"x": 0, "y": 0, "size": 22}

    spots = run_script(tmp_path, "spread.js", f"m.spread({json.dumps([*crowd, alone])}, [{json.dumps(centre)}])")

    assert spots[-1] == alone
    badges = [*spots, centre]
    for index, one in enumerate(badges):
        for other in badges[:index]:
            apart = ((one["x"] - other["x"]) ** 2 + (one["y"] - other["y"]) ** 2) ** 0.5
            assert apart >= (one["size"] + other["size"]) / 2
    farthest = max(max(abs(spot["x"]), abs(spot["y"])) for spot in spots[:-1])
    assert farthest < 250


def test_every_state_and_territory_is_drawn_and_has_its_counties_file() -> None:
    manifest = read_manifest()
    states = json.loads((BUILT / manifest["maps/states.json"]).read_text("utf-8"))

    counties = {name[14:16] for name in manifest if name.startswith("maps/counties/")}

    assert {label[4] for label in states["labels"]} == FIPS
    assert len(states["objects"]["states"]["geometries"]) == len(FIPS)
    assert counties == FIPS - ONE_COUNTY


def test_the_map_is_a_light_download_under_names_that_never_change() -> None:
    manifest = read_manifest()
    sizes = {name: (BUILT / f"{built}.br").stat().st_size for name, built in manifest.items() if "map" in name}

    assert all(re.search(r"-[A-Z0-9]{8}\.(js|css|json)\Z", manifest[name]) for name in sizes)
    assert sizes.pop("maps/states.json") < LARGEST_STATES
    assert sizes.pop("map.js") < LARGEST_SCRIPT
    assert max(sizes.values()) < LARGEST_COUNTIES
