"""A whole answer as a file: CSV for spreadsheets, GeoJSON (RFC 7946) for maps."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from registry.directory.queries import Card
from registry.domain.freshness import freshness
from registry.domain.spreadsheets import BYTE_ORDER_MARK, cell

LABORATORY = (
    "slug",
    "name",
    "distance_miles",
    "city",
    "state",
    "zip",
    "lat",
    "lon",
    "location_precision",
    "phone",
    "website",
    "accepts_outside_specimens",
    "accreditations",
    "state_permits",
    "verification",
    "last_confirmed",
    "freshness",
    "disputed",
    "dispute_answered",
)
TEST = (
    "name",
    "method",
    "assay",
    "assay_name",
    "reports_copy_number",
    "scoring_criterion",
    "reflex_policy",
    "specimens",
    "specimen_notes",
    "slides_min",
    "tumor_content_min_pct",
    "path_report_required",
    "transport_temp",
    "calendar_days",
    "regulatory_status",
    "accepts_outside_specimens",
    "service_level",
    "cpt_codes",
    "order_code",
    "catalogue_url",
    "last_confirmed",
)
TURNAROUND = ("min", "max", "unit", "clock_start")

Address = Callable[[str], str]
"""The address of a listing, by its slug."""


def csv_lines(cards: Iterable[Card], address: Address, today: date) -> Iterator[str]:
    """A header and one row a test, in UTF-8 with a mark by which spreadsheets know it.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    columns = [
        *LABORATORY,
        "listing",
        *(f"test_{name}" for name in TEST),
        *(f"turnaround_{name}" for name in TURNAROUND),
    ]
    writer.writerow(columns)
    yield BYTE_ORDER_MARK + buffer.getvalue()
    for card in cards:
        buffer.seek(0)
        buffer.truncate()
        item = _item(card, today) | {"distance_miles": card.distance_miles}
        laboratory = [cell(item.get(name)) for name in LABORATORY] + [address(item["slug"])]
        for offering in item["offerings"]:
            test = [cell(offering.get(name)) for name in TEST]
            writer.writerow([*laboratory, *test, *(cell(offering["turnaround"][name]) for name in TURNAROUND)])
        yield buffer.getvalue()


def geojson_pieces(cards: Iterable[Card], address: Address, today: date) -> Iterator[str]:
    """A FeatureCollection of points (longitude before latitude), laboratory by laboratory."""
    opening = '{"type": "FeatureCollection", "features": ['
    for card in cards:
        item = _item(card, today)
        point = [item.pop("lon"), item.pop("lat")]
        feature = {
            "type": "Feature",
            "id": item["slug"],
            "geometry": {"type": "Point", "coordinates": point},
            "properties": {**item, "distance_miles": card.distance_miles, "listing": address(item["slug"])},
        }
        yield opening + json.dumps(feature, ensure_ascii=False)
        opening = ",\n"
    yield "]}\n" if opening == ",\n" else opening + "]}\n"


def _item(card: Card, today: date) -> dict[str, Any]:
    item: dict[str, Any] = json.loads(card.item)
    return item | {"freshness": freshness(date.fromisoformat(item["last_confirmed"]), today)}
