"""A registry's database filled with invented laboratories, none of them submitted or approved by anybody."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from json import dumps
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, update

from bench import population
from registry import schema
from registry.directory.filters import UNKNOWN_DAYS
from registry.domain.listing import search_item
from registry.domain.profile import LabProfile, Offering
from registry.domain.text import order_key, slugify
from registry.domain.vocabulary import (
    ACCEPTS_OUTSIDE,
    REFLEX_POLICY,
    SCORING_CRITERION,
    SPECIMEN_TYPE,
    STATE_PERMIT,
)
from registry.models import DirectoryVersion, Lab, LabOffering
from registry.models.lab import SHAPE

BATCH = 5_000
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)

ACCREDITATIONS = (("cap",), ("cap", "iso_15189"), ("cap",), ("tjc",), ())
_CRITERIA = SCORING_CRITERION.slugs
_REFLEXES = REFLEX_POLICY.slugs

Row = dict[str, Any]


def fill(database: Path, count: int) -> None:
    """Make an SQLite database at the newest revision with that many published laboratories."""
    engine = create_engine(f"sqlite:///{database}")
    schema.upgrade(engine)
    laboratories = _laboratories(count)
    with engine.connect() as connection:
        # A file that is thrown away needs no safe writes; the indexes grow in random order and must fit in memory.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "foreign_keys=OFF"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.commit()
        while batch := list(islice(laboratories, BATCH)):
            connection.execute(insert(Lab), [lab for lab, _ in batch])
            connection.execute(insert(LabOffering), [offering for _, offerings in batch for offering in offerings])
        connection.execute(update(DirectoryVersion).values(version=1, shape=SHAPE))
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()


def _laboratories(count: int) -> Iterator[tuple[Row, list[Row]]]:
    sites, tests, names = population.sites(count), population.her2_tests(count), population.name_keys(count)
    rows = zip(tests.laboratories.tolist(), tests.facets.tolist(), tests.calendar_days.tolist(), strict=True)
    pending = next(rows, None)
    places = zip(names, sites.latitudes.round(4).tolist(), sites.longitudes.round(4).tolist(), strict=True)
    for number, (name, lat, lon) in enumerate(places):
        offerings = []
        while pending is not None and pending[0] == number:
            offerings.append(_offering(pending[1] & ~population.RARE, pending[2]))
            pending = next(rows, None)
        yield _laboratory(number + 1, name.title(), lat, lon, tuple(offerings))


@lru_cache(maxsize=65_536)
def _offering(facets: int, days: int) -> Offering:
    """The test that these facets stand for; see population.her2_tests."""
    method = next(slug for slug, bit in population.METHOD_BITS.items() if facets & bit)
    outside = next(slug for place, slug in enumerate(ACCEPTS_OUTSIDE.slugs) if facets & (population.OUTSIDE << place))
    specimens = tuple(
        slug
        for place, slug in enumerate(SPECIMEN_TYPE.slugs[: population.SPECIMENS])
        if facets >> population.FIRST_SPECIMEN + place & 1
    )
    return Offering(
        name=f"HER2 by {method} in colorectal cancer",
        method=method,
        assay="lab_developed",
        scoring_criterion=_CRITERIA[facets % len(_CRITERIA)],
        reflex_policy=_REFLEXES[facets % len(_REFLEXES)],
        specimens=specimens,
        tat_min=1,
        tat_max=None if days == UNKNOWN_DAYS else days,
        tat_unit="calendar_days",
        tat_clock_start="specimen_receipt",
        regulatory_status="ldt",
        accepts_outside_specimens=outside,
        service_level="global",
    )


def _laboratory(
    lab_id: int, name: str, lat: float, lon: float, offerings: tuple[Offering, ...]
) -> tuple[Row, list[Row]]:
    profile = LabProfile(
        name=name,
        lab_kind="independent_reference",
        clia_number=f"00D{lab_id:07d}",
        certificate_type="accreditation",
        accreditations=ACCREDITATIONS[lab_id % len(ACCREDITATIONS)],
        state_permits=STATE_PERMIT.slugs[: lab_id % 7],
        address_line1="1 Sample Street",
        city="Sampleton",
        state="PA",
        zip="19000",
        phone="+12155550100",
        website="https://laboratory.example/her2",
        offerings=offerings,
    )
    slug = slugify(name)
    item = search_item(
        profile,
        slug=slug,
        lat=lat,
        lon=lon,
        precision="zip",
        verification="self_reported",
        last_confirmed=NOW.date(),
        confirmed=[NOW.date()] * len(offerings),
    )
    row = {
        "id": lab_id,
        "slug": slug,
        "state": "published",
        "name": name,
        "name_key": order_key(name),
        "clia_number": profile.clia_number,
        "accreditations": " ".join(profile.accreditations),
        # No search reads the profile; writing a million whole ones would take longer than all the rest.
        "profile": {"name": name},
        "card": dumps(item, ensure_ascii=False, separators=(",", ":")),
        "version": 1,
        "lat": lat,
        "lon": lon,
        "location_precision": "zip",
        "verification": "self_reported",
        "demonstration": True,
        "last_confirmed": NOW.date(),
        "published_at": NOW,
        "updated_at": NOW,
    }
    tests = [{"lab_id": lab_id, **LabOffering.columns_of(place, profile)} for place in range(len(offerings))]
    return row, tests
