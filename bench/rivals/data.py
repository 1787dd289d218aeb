"""The laboratories of a filled registry, given to each rival in the shape that suits it."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg

from registry.places.gazetteer import gazetteer

Points = Mapping[str, tuple[float, float]]
"""Latitude and longitude in degrees by ZIP code."""

LABORATORIES = "SELECT id, slug, state, name, name_key, card, lat, lon FROM lab ORDER BY id"
METHODS = "SELECT lab_id, method FROM lab_offering ORDER BY lab_id, position"
INDEXES = """
CREATE INDEX lab_point ON lab (state, lat, lon);
CREATE INDEX lab_offering_of_method ON lab_offering (lab_id, method);
ANALYZE;
"""


def zip_points() -> Points:
    """Every ZIP code that has a point."""
    places = gazetteer()
    entries = (places.zip(code) for code in places.zips())
    return {
        entry.code: (entry.lat, entry.lon)
        for entry in entries
        if entry is not None and entry.lat is not None and entry.lon is not None
    }


def for_datasette(registry: Path, target: Path, zips: Points, *, indexed: bool) -> None:
    """A copy of the registry's file with the ZIP codes' points and, if wanted, the indexes that help the question."""
    source = sqlite3.connect(registry)
    source.execute("VACUUM INTO ?", (str(target),))
    source.close()
    copy = sqlite3.connect(target)
    copy.execute("CREATE TABLE zip_code (code TEXT PRIMARY KEY, lat REAL NOT NULL, lon REAL NOT NULL) WITHOUT ROWID")
    copy.executemany("INSERT INTO zip_code VALUES (?, ?, ?)", ((code, *point) for code, point in zips.items()))
    if indexed:
        copy.executescript(INDEXES)
    copy.commit()
    copy.close()


def metadata(folder: Path, query: Path, database: str) -> Path:
    """Datasette's file that makes the SQL of *query* the page ``nearest`` of a database."""
    file = folder / f"{database}.metadata.json"
    named = {query.stem: {"sql": query.read_text(encoding="utf-8")}}
    file.write_text(json.dumps({"databases": {database: {"queries": named}}}), encoding="utf-8")
    return file


def for_node(registry: Path, target: Path, zips: Points) -> None:
    """Lines of JSON: the ZIP codes' points, then ``[lat, lon, methods, item]`` of each laboratory."""
    with target.open("w", encoding="utf-8") as lines:
        print(json.dumps(zips), file=lines)
        for lab, methods in _with_methods(registry):
            print(json.dumps([lab["lat"], lab["lon"], methods, lab["card"]]), file=lines)


def for_postgis(registry: Path, sockets: Path, zips: Points) -> None:
    """Rows of the tables that Django's migration made; the indexes are built anew, as small as they can be."""
    with psycopg.connect(host=str(sockets), user="registry", dbname="postgres", autocommit=True) as connection:
        cursor = connection.cursor()
        with cursor.copy("COPY zip_code (code, location) FROM STDIN") as copy:
            for code, (lat, lon) in zips.items():
                copy.write_row((code, _point(lat, lon)))
        with cursor.copy("COPY laboratory (id, slug, state, name, name_key, card, location) FROM STDIN") as copy:
            for lab, _ in _with_methods(registry):
                copy.write_row((*lab[:6], _point(lab["lat"], lab["lon"])))
        with cursor.copy("COPY offering (laboratory_id, method) FROM STDIN") as copy:
            for lab, methods in _with_methods(registry):
                for method in methods:
                    copy.write_row((lab["id"], method))
        for table in ("zip_code", "laboratory", "offering"):
            cursor.execute(f"REINDEX TABLE {table}")
        cursor.execute("VACUUM ANALYZE")


def _with_methods(registry: Path) -> Iterator[tuple[Any, list[str]]]:
    """Each laboratory's row and the methods of its tests."""
    connection = sqlite3.connect(registry)
    connection.row_factory = sqlite3.Row
    tests = connection.execute(METHODS)
    test = next(tests, None)
    for lab in connection.execute(LABORATORIES):
        methods = []
        while test is not None and test["lab_id"] == lab["id"]:
            methods.append(test["method"])
            test = next(tests, None)
        yield lab, methods
    connection.close()


def _point(lat: float, lon: float) -> str:
    return f"SRID=4326;POINT({lon} {lat})"
