"""A directory with a past: entries under every ZIP code, each with its record of the CMS file, its submission, its
contact and its acts; and, of those that wait, the ones that a moderator opens.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Engine, Table, insert, text, update

from bench.copies import copying
from registry.domain.listing import search_item
from registry.domain.profile import LabProfile, Offering
from registry.domain.text import digits, order_key
from registry.models import (
    AuditEvent,
    CliaQuarter,
    CliaRecord,
    DirectoryVersion,
    Lab,
    LabContact,
    LabOffering,
    LabVersion,
    Submission,
)
from registry.models.lab import SHAPE
from registry.models.submission import domain_of
from registry.places.gazetteer import ZipKind, gazetteer

SEED = 20261121
BATCH = 2_000
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MEASURED = 20
"""Submissions of each kind that are opened."""

WAITING = 400
COPIES = 8
"""How often the entries that are written are there, see ``bench.copies``: writing all would take half an hour."""

DENSE = 0.4
"""The n-th ZIP code has n to the power of -DENSE as many laboratories as the first: some three hundred there."""

_TREES = ("Alder", "Ash", "Beech", "Birch", "Cedar", "Cherry", "Dogwood", "Elm", "Fir", "Hazel", "Juniper", "Oak")
_PLACES = ("Bay", "Bluff", "Brook", "Canyon", "Creek", "Falls", "Field", "Forest", "Glen", "Hill", "Lake", "Meadow")
_ENDS = ("Pathology", "Medical Laboratory", "Hospital", "Cancer Institute", "Molecular Diagnostics", "Clinic")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The numbers of the submissions that are opened, and the addresses of the listings."""

    edits: list[int]
    new: list[int]
    claims: list[int]
    slugs: list[str]


def fill(engine: Engine, count: int) -> Reviewed:
    """Fill a migrated, empty database with *count* entries and their past."""
    tables: tuple[type[Any], ...] = (Lab, LabOffering, CliaRecord, LabContact, Submission, AuditEvent, LabVersion)
    first = -(-count // COPIES)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # A file that is thrown away needs no safe writes.
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "foreign_keys=OFF"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            connection.commit()
        entries = _entries(first)
        while batch := list(islice(entries, BATCH)):
            for table in tables:
                if rows := [row for entry in batch for row in entry[table]]:
                    connection.execute(insert(_table(table)), rows)
        for copy in range(1, COPIES):
            for table in tables:
                connection.execute(text(copying(_table(table), first=first, copy=copy)))
        waiting, reviewed = _waiting(first, first * COPIES)
        for part in (waiting[place : place + BATCH] for place in range(0, len(waiting), BATCH)):
            connection.execute(insert(_table(Submission)), part)
        connection.execute(insert(_table(CliaQuarter)), [_quarter(count)])
        connection.execute(update(DirectoryVersion).values(version=1, shape=SHAPE))
        if engine.dialect.name == "postgresql":
            for table in tables[:1] + tables[3:]:
                name = _table(table).name
                if "id" in _table(table).c:
                    connection.exec_driver_sql(
                        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
                    )
            # As autovacuum does. Nothing analyzes SQLite's file in operation, so nothing does here.
            connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return reviewed


def _table(model: type[Any]) -> Table:
    table: Table = model.__table__
    return table


def _profiles(count: int) -> Iterator[tuple[LabProfile, float, float]]:
    rng = np.random.default_rng(SEED)
    places = gazetteer()
    found = (places.zip(code) for code in places.zips())
    zips = [entry for entry in found if entry and entry.lat is not None and entry.kind is ZipKind.STANDARD]
    rng.shuffle(zips)  # type: ignore[arg-type]
    weights = np.arange(1, len(zips) + 1, dtype=np.float64) ** -DENSE
    chosen = rng.choice(len(zips), count, p=weights / weights.sum())
    # Those that are opened stand where it is dense and where it is not.
    chosen[:MEASURED] = np.geomspace(1, len(zips), MEASURED).astype(np.int64) - 1
    for number, place in enumerate(chosen.tolist()):
        entry = zips[place]
        words = rng.integers(len(_TREES)), rng.integers(len(_PLACES)), rng.integers(len(_ENDS))
        host = f"lab{number // 3}.example"
        yield (
            LabProfile(
                name=f"{_TREES[words[0]]} {_PLACES[words[1]]} {_ENDS[words[2]]}",
                lab_kind="independent_reference",
                clia_number=f"{number % 90 + 10:02d}D{number:07d}",
                certificate_type="accreditation",
                accreditations=("cap",),
                state_permits=("ny_clep", "pa_bol"),
                address_line1=f"{number % 9_000 + 1} {_TREES[words[1]]} Street",
                city=entry.city,
                state=entry.state,
                zip=entry.code,
                phone=f"({200 + number % 700}) {200 + number % 797}-{number % 10_000:04d}",
                public_email=f"her2@{host}",
                contact_role="Client services",
                website=f"https://{host}/her2",
                offerings=(_test("HER2 by immunohistochemistry", "ihc"), _test("HER2 by FISH", "fish")),
            ),
            float(entry.lat or 0),
            float(entry.lon or 0),
        )


def _test(name: str, method: str) -> Offering:
    return Offering(
        name=name,
        method=method,
        assay="lab_developed",
        scoring_criterion="heracles",
        reflex_policy="ihc_2plus_to_ish_auto",
        specimens=("ffpe_block", "unstained_slides"),
        specimen_notes="One block with at least 20 percent tumor, or ten unstained slides of 4 micrometers. " * 4,
        tat_min=3,
        tat_max=5,
        tat_unit="business_days",
        tat_clock_start="specimen_receipt",
        regulatory_status="ldt",
        accepts_outside_specimens="yes",
        service_level="global",
        order_code="HER2CRC",
        catalogue_url="https://laboratory.example/tests/her2",
    )


def _entries(count: int) -> Iterator[dict[type[Any], list[Row]]]:
    for number, (profile, lat, lon) in enumerate(_profiles(count), start=1):
        data = profile.to_dict()
        mailbox = f"lab{number}@lab{number // 3}.example"
        moment = NOW - timedelta(minutes=count - number)
        yield {
            Lab: [_lab(number, profile, data, lat, lon)],
            LabOffering: [{"lab_id": number, **LabOffering.columns_of(place, profile)} for place in (0, 1)],
            CliaRecord: [_record(profile)],
            LabContact: [
                {"id": number, "lab_id": number, "email": mailbox, "name": "Ada Invented", "role": "Manager",
                 "created_at": moment, "verified_at": moment}
            ],
            Submission: [_submission(number, "new", "approved", mailbox, data, moment, number)],
            AuditEvent: [
                {"at": moment, "actor_kind": "laboratory", "actor": mailbox, "action": action, "subject_type": subject,
                 "subject_id": number, "before": {}, "after": {}, "note": ""}
                for action, subject in (("confirm_email", "submission"), ("approve", "submission"), ("publish", "lab"))
            ],
            LabVersion: [
                {"lab_id": number, "at": moment, "actor_kind": "staff", "actor": "staff@bench.example",
                 "action": "publish", "submission_id": number, "profile": data, "attestations": {}, "lat": lat,
                 "lon": lon, "location_precision": "zip"}
            ] * (4 if number <= MEASURED else number % 10 == 0),
        }  # fmt: skip


def _lab(number: int, profile: LabProfile, data: Row, lat: float, lon: float) -> Row:
    slug = f"entry-{number}"
    item = search_item(
        profile, slug=slug, lat=lat, lon=lon, precision="zip", verification="email_verified",
        last_confirmed=NOW.date(), confirmed=[NOW.date()] * len(profile.offerings),
    )  # fmt: skip
    return {
        "id": number,
        "slug": slug,
        "state": "published",
        "name": profile.name,
        "name_key": order_key(profile.name),
        "clia_number": profile.clia_number,
        "accreditations": "cap",
        "profile": data,
        "card": json.dumps(item, ensure_ascii=False, separators=(",", ":")),
        "version": 1,
        "lat": lat,
        "lon": lon,
        "location_precision": "zip",
        "verification": "email_verified",
        "demonstration": False,
        "zip": profile.zip[:5],
        "phone_digits": digits(profile.phone),
        "last_confirmed": NOW.date(),
        "published_at": NOW,
        "updated_at": NOW,
    }


def _record(profile: LabProfile) -> Row:
    return {
        "clia_number": profile.clia_number, "name": profile.name.upper(), "additional_name": "",
        "name_key": order_key(profile.name), "address_line1": profile.address_line1.upper(), "address_line2": "",
        "city": profile.city.upper(), "state": profile.state, "zip": profile.zip[:5],
        "phone": digits(profile.phone), "fax": "", "certificate_type": "accreditation", "certificate_code": "3",
        "certificate_effective": NOW.date(), "expires_or_terminated": NOW.date(), "program_status": "active",
        "program_code": "00", "facility_code": "", "compliance": "A", "cap_matched": True, "accreditors": "",
    }  # fmt: skip


def _submission(
    number: int, kind: str, state: str, mailbox: str, proposed: Row, moment: datetime, lab: int | None, **changes: Any
) -> Row:
    again = number % 10 == 0 and state == "approved"
    return {
        "id": number, "kind": kind, "state": state, "revision": 1, "draft_key_hash": f"{number:064d}",
        "lab_id": lab, "revises_id": number - 1 if again else None, "contact_name": "Ada Invented",
        "contact_email": mailbox, "contact_domain": domain_of(mailbox), "contact_role": "Manager",
        "contact_phone": "", "language": "en", "base": None, "proposed": proposed,
        "unfinished": {}, "note": "We moved.", "flags": ["too_fast"],
        "created_at": moment, "updated_at": moment, "consented_at": moment, "email_verified_at": moment,
        "submitted_at": moment, "message": "", "decision_reason": "", "remarks": {},
    } | changes  # fmt: skip


def _waiting(entries: int, count: int) -> tuple[list[Row], Reviewed]:
    """What waits: of each kind the ones that are opened, which concern the first entries, and others."""
    rows: list[Row] = []
    numbers: dict[str, list[int]] = {"edit": [], "new": [], "claim": []}
    first = [profile for profile, _lat, _lon in islice(_profiles(entries), MEASURED)]
    number = count
    for turn in range(WAITING):
        profile = first[turn % MEASURED]
        kind = ("edit", "new", "claim")[turn // MEASURED % 3]
        number += 1
        mailbox = f"lab{turn % MEASURED + 1}@lab{(turn % MEASURED + 1) // 3}.example"
        lab_id = turn % MEASURED + 1
        if kind == "edit":
            about = {"proposed": changed(profile).to_dict(), "base": profile.to_dict(), "lab": lab_id}
        elif kind == "claim":
            about = {"proposed": LabProfile().to_dict(), "lab": lab_id}
        else:
            about = {"proposed": replace(profile, clia_number=f"99D{turn:07d}", phone="").to_dict(), "lab": None}
        proposed = about.pop("proposed")
        rows.append(_submission(number, kind, "submitted", mailbox, proposed, NOW, **about))
        if turn < 3 * MEASURED:
            numbers[kind].append(number)
    slugs = [f"entry-{lab}" for lab in range(1, MEASURED + 1)]
    return rows, Reviewed(numbers["edit"], numbers["new"], numbers["claim"], slugs)


def changed(profile: LabProfile) -> LabProfile:
    """*profile* with ten changes, one of them within a long text."""
    first, second = profile.offerings
    return replace(
        profile,
        phone="(404) 555-0102",
        address_line2="Suite 200",
        contact_role="Molecular pathology",
        website="https://new.example/",
        state_permits=("ny_clep",),
        offerings=(
            replace(
                first,
                assay="hercept_mab_dg44",
                specimens=("ffpe_block", "resection"),
                specimen_notes=first.specimen_notes.replace("ten", "five"),
                tat_max=4,
                order_code="HER2",
            ),
            second,
        ),
    )


def _quarter(count: int) -> Row:
    return {
        "id": 1, "label": "2026-Q3", "file_name": "bench.csv", "rows_loaded": count, "rows_refused": 0,
        "loaded_at": NOW,
    }  # fmt: skip
