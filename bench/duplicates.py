"""How long it takes to look through the whole list for laboratories that stand in it twice.

    python -m bench.duplicates [--sizes 50000] [--planted 1000]

An invented list: towns by their people, a network with one telephone for 3,000 sites, houses with several laboratories,
names of few words. Into it are planted laboratories that stand there already, written otherwise. Prints the time,
what was compared, how many of the planted were found, how many else, and the highest memory.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, func, insert, select
from sqlalchemy.orm import Session

from bench import population
from registry import schema
from registry.domain.candidates import Scan
from registry.domain.matching import Site
from registry.domain.profile import LabProfile
from registry.domain.states import US_STATES
from registry.domain.text import digits, order_key
from registry.extensions import _sqlite_begins, _sqlite_connected
from registry.models import DuplicatePair, Lab
from registry.moderation import duplicates
from registry.places.gazetteer import gazetteer

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NETWORK = 3_000
SYLLABLES = ("ar", "bel", "cor", "dun", "el", "fair", "gar", "har", "ing", "ker", "lan", "mor", "nor", "pen", "ros")
ENDINGS = ("brook", "dale", "field", "ford", "ham", "ley", "mont", "ridge", "stead", "ton", "vale", "wick", "wood")
KINDS = (
    "Pathology Associates", "Medical Center Laboratory", "Hospital", "Diagnostics", "Cancer Institute", "Genomics",
    "Clinical Laboratory", "Memorial Hospital", "Molecular Laboratory", "Oncology Group", "Regional Medical Center",
)  # fmt: skip
STREETS = ("Main Street", "Oak Avenue", "Hospital Drive", "Medical Plaza", "Park Road", "Elm Street", "Church Street")
WINGS = ("Cytogenetics", "Blood Bank", "Flow Cytometry", "Toxicology", "Microbiology")


def laboratories(count: int, *, seed: int = population.SEED) -> list[Site]:
    """That many sites, none of them twice but by chance."""
    chance = random.Random(seed)
    places = gazetteer()
    zips: dict[tuple[str, str], list[str]] = {}
    for code in places.zips():
        entry = places.zip(code)
        if entry is not None:
            zips.setdefault((entry.city, entry.state), []).append(code)
    towns = [
        town
        for state in US_STATES
        for town in places.largest_towns(state, 5_000)
        if town.population > 0 and (town.name, town.state) in zips
    ]
    chosen = chance.choices(towns, [town.population for town in towns], k=count)
    made: list[Site] = []
    for number, town in enumerate(chosen):
        code = chance.choice(zips[town.name, town.state])
        own = (chance.choice(SYLLABLES) + chance.choice(SYLLABLES) + chance.choice(ENDINGS)).title()
        site = Site(
            name=f"{own} {chance.choice(KINDS)}",
            address=f"{chance.randint(1, 9999)} {own[:5]} {chance.choice(STREETS)}",
            city=town.name,
            state=town.state,
            zip=code,
            phone=f"{200 + number % 700}1{chance.randint(0, 999_999):06d}",
            web=f"{own.lower()}{number % 5000}.example",
            clia=f"00D{number * 1009 % 8_999_993:07d}",
        )
        if number < NETWORK:
            site = replace(site, name="Invented Network Diagnostics", phone="8001550199", web="network.example")
        elif made and chance.random() < 0.1:
            # Another laboratory of the same house.
            before = made[-1]
            name = f"{before.name} {chance.choice(WINGS)}"
            site = replace(before, name=name, phone=site.phone, clia=site.clia)
        made.append(site)
    return made


def written_otherwise(site: Site, chance: random.Random) -> Site:
    """*site* as somebody else writes it: four changes at most, and without its CLIA number or with a slip in it."""
    name = site.name.replace("Hospital", "Hosp.").replace("Medical Center", "Med Ctr").replace("Laboratory", "Lab")
    middle = len(name) // 3
    changes: list[dict[str, str]] = [
        {"name": name},
        {"name": site.name.upper(), "address": site.address.upper(), "city": site.city.upper()},
        {"name": name[:middle] + name[middle + 1] + name[middle] + name[middle + 2 :]},
        {"address": site.address.replace("Street", "St").replace("Avenue", "Ave.").replace("Road", "Rd, Suite 4")},
        {"phone": ""},
        {"web": ""},
        {"zip": site.zip[:3] + site.zip[4] + site.zip[3]},
        {"name": f"{site.name} Department of Pathology, Inc."},
    ]
    for change in chance.sample(changes, 3):
        site = replace(site, **change)
    # No number that was given out begins with 9.
    number = f"00D9{site.clia[4:]}"
    return replace(site, clia=number if chance.random() < 0.2 else "")


def entries(count: int, planted: int) -> tuple[list[Site], set[tuple[int, int]]]:
    """The list, and the numbers (from 1) of those that are one."""
    sites = laboratories(count - planted)
    chance = random.Random(population.SEED + 1)
    twins = set()
    for first in sorted(chance.sample(range(NETWORK, len(sites)), planted)):
        sites.append(written_otherwise(sites[first], chance))
        twins.add((first + 1, len(sites)))
    return sites, twins


def fill(database: Path, sites: list[Site]) -> Engine:
    """An SQLite database at the newest revision with an entry for each of *sites*."""
    engine = create_engine(f"sqlite:///{database}")
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(insert(Lab), list(_rows(sites)))
    event.listen(engine, "connect", _sqlite_connected)
    event.listen(engine, "begin", _sqlite_begins)
    engine.dispose()
    return engine


def _rows(sites: list[Site]) -> Iterator[dict[str, Any]]:
    for number, site in enumerate(sites, start=1):
        profile = LabProfile(
            name=site.name, clia_number=site.clia, address_line1=site.address, city=site.city, state=site.state,
            zip=site.zip, phone=site.phone, website=site.web,
        )  # fmt: skip
        yield {
            "id": number, "slug": f"laboratory-{number}", "state": "published", "name": site.name,
            "name_key": order_key(site.name), "clia_number": site.clia, "accreditations": "",
            "profile": profile.to_dict(), "card": "{}", "version": 1, "lat": 0.0, "lon": 0.0, "zip": site.zip,
            "phone_digits": digits(site.phone), "location_precision": "zip", "verification": "self_reported",
            "demonstration": True, "last_confirmed": NOW.date(), "published_at": NOW, "updated_at": NOW,
        }  # fmt: skip


def measure(count: int, planted: int) -> None:
    """Prints what one scan of *count* entries took: of the comparing alone, and of all with the database."""
    sites, twins = entries(count, planted)
    looked_at = Scan()
    begun, cpu = time.perf_counter(), time.process_time()
    for number, site in sorted(enumerate(sites, start=1), key=lambda each: order_key(each[1].name)):
        looked_at.add(number, site)
    found = {(pair.first, pair.second) for pair in looked_at.pairs()}
    print(
        f"{count:,} entries, comparing alone: {_since(begun, cpu)}; {looked_at.proposed:,} pairs proposed, "
        f"{looked_at.compared:,} compared by name, {len(found):,} alike"
    )
    print(f"planted {len(twins):,}: found {len(twins & found):,} ({len(twins & found) / len(twins):.1%})")
    print(f"alike beside them: {len(found - twins):,}")
    with tempfile.TemporaryDirectory() as folder:
        engine = fill(Path(folder) / "list.sqlite", sites)
        for again in ("first", "second"):
            with Session(engine) as session:
                begun, cpu = time.perf_counter(), time.process_time()
                done = duplicates.scan(session, now=NOW)
                session.commit()
                print(f"{again} scan with SQLite: {_since(begun, cpu)}; {done}")
                kept = session.scalar(select(func.count()).select_from(DuplicatePair))
                print(f"rows kept: {kept:,}")
        engine.dispose()
    print(f"highest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _since(begun: float, cpu: float) -> str:
    return f"{time.perf_counter() - begun:.1f} s ({time.process_time() - cpu:.1f} s of the processor)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50_000])
    parser.add_argument("--planted", type=int, default=1_000)
    options = parser.parse_args()
    for size in options.sizes:
        measure(size, options.planted)


if __name__ == "__main__":
    main()
