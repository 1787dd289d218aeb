"""Invent the laboratories and waiting registrations of the demonstration: ``python -m seed_data.make_demo``.

Writes ``demo_labs.json``, ``demo_submissions.json`` and a CMS file of both beside this file. The seed is fixed:
the same gazetteer gives the same bytes. No laboratory in them exists: names that cannot be, streets that are
placeholders, telephone lines kept for fiction (555-0100 to 555-0199), hosts under the domains kept for
examples (RFC 2606), and CLIA numbers beginning with 00, which is no state.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.domain.profile import LabProfile
from registry.places.folding import fold
from registry.places.gazetteer import Gazetteer, ZipKind, gazetteer
from seed_data.demo_clia import FILE_NAME, extract
from seed_data.demo_more import with_more
from seed_data.demo_names import DEFENSE, Mark, by_hand, full_name, marks
from seed_data.demo_queue import registrations
from seed_data.demo_sites import Site, sites
from seed_data.demo_tests import criteria_deck, manner, menu, weighted

HERE = Path(__file__).resolve().parent
LABS_FILE = HERE / "demo_labs.json"
SUBMISSIONS_FILE = HERE / "demo_submissions.json"
CLIA_FILE = HERE / FILE_NAME
SEED = 18474
SEED_OF_MORE = 88360

_KINDS = {
    "hospital": 26, "academic_medical_center": 16, "independent_reference": 20,
    "physician_group_pathology": 15, "cancer_center": 10, "commercial_genomics": 10, "government": 2,
    "other": 1,
}  # fmt: skip
_OPENNESS = {
    "commercial_genomics": 1.5, "independent_reference": 1.3, "academic_medical_center": 0.8,
    "cancer_center": 0.7, "physician_group_pathology": 0.7, "hospital": 0.3, "government": 0.1, "other": 0.5,
}  # fmt: skip
_ACCEPTANCE = (("yes", 0.55), ("yes_in_state", 0.67), ("in_system_only", 0.85), ("no", 1.0))
"""Slugs, each up to a share of all laboratories, from the most to the least open."""

_CERTIFICATES = {"accreditation": 80, "compliance": 17, "registration": 3}
_STREETS = (
    "Example Way", "Sample Street", "Demonstration Avenue", "Placeholder Boulevard", "Fictional Drive",
    "Pretend Parkway", "Nowhere Road", "Make-Believe Lane", "Invented Square", "Specimen Court",
)  # fmt: skip
_SECOND_LINES = ("Suite 100", "Building B", "Third Floor", "Room 0", "Laboratory Wing")
_ROLES = (
    "Client services", "HER2 testing desk", "Molecular pathology office", "Specimen coordination",
    "Laboratory manager",
)  # fmt: skip
_DOMAINS = ("example.org", "example.com", "example.net")


@dataclass(frozen=True, slots=True)
class Seat:
    """What is decided of a laboratory before its tests: site, name, kind and whose specimens it takes."""

    site: Site
    mark: Mark
    name: str
    kind: str
    accepts: str
    criterion: str


class Inventor:
    """Makes profiles from one source of chance; numbers and telephone lines are given out once."""

    def __init__(self, rng: random.Random, places: Gazetteer) -> None:
        self._rng = rng
        self._zips = _street_zips(places)
        self._lines: Counter[str] = Counter()
        self._numbers = 0

    def profile(self, seat: Seat) -> LabProfile:
        """A complete profile. Raises LookupError when the gazetteer has no ZIP code for the town."""
        rng, site = self._rng, seat.site
        code, city = self._zip(site)
        home = f"{seat.mark.label}.{rng.choice(_DOMAINS)}"
        address = f"https://{home}/"
        defense = seat.name.endswith(DEFENSE)
        if not defense:
            self._numbers += 1
        how = manner(rng, mark=seat.mark, site=address, kind=seat.kind, accepts=seat.accepts, criterion=seat.criterion)
        return LabProfile(
            name=seat.name,
            lab_kind=seat.kind,
            clia_number="" if defense else f"00D{self._numbers:07d}",
            clia_absence_reason="dod_clip" if defense else "",
            certificate_type="" if defense else weighted(rng, _CERTIFICATES),
            address_line1=f"{rng.randrange(100, 10000)} {rng.choice(_STREETS)}",
            address_line2=rng.choice(_SECOND_LINES) if rng.random() < 0.3 else "",
            city=city,
            state=site.state,
            zip=code,
            phone=self._phone(site.area_code),
            public_email=f"{rng.choice(('lab', 'her2', 'clientservices', 'pathology'))}@{home}",
            contact_role=rng.choice(_ROLES),
            website=address if rng.random() < 0.92 else "",
            offerings=menu(rng, how),
        )

    def _zip(self, site: Site) -> tuple[str, str]:
        found = self._zips.get((site.state, fold(site.town)))
        if not found:
            raise LookupError(f"the gazetteer has no ZIP code for {site.town}, {site.state}")
        return self._rng.choice(found)

    def _phone(self, area_code: str) -> str:
        line = self._lines[area_code] % 100
        self._lines[area_code] += 1
        return f"({area_code}) 555-01{line:02d}"


def labs(rng: random.Random, inventor: Inventor, names: Iterator[Mark]) -> list[dict[str, Any]]:
    """Every listed laboratory with how well it is verified and how long ago, in days before loading."""
    return [{"profile": inventor.profile(seat), **_history(rng)} for seat in _seats(rng, names)]


def main() -> None:
    """Write the files."""
    for path, text in rendered().items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {len(text.splitlines())} lines, {len(text.encode()):,} bytes")


def rendered() -> dict[Path, str]:
    """The text of the files, by their paths."""
    rng = random.Random(SEED)
    names = marks(rng)
    inventor = Inventor(rng, gazetteer())
    listed = labs(rng, inventor, names)
    waiting = registrations(rng, [entry["profile"] for entry in listed])
    more = random.Random(SEED_OF_MORE)
    for entry in (*listed, *waiting):
        entry["profile"] = with_more(more, entry["profile"])
    return {
        LABS_FILE: _text("labs", listed),
        SUBMISSIONS_FILE: _text("submissions", waiting),
        CLIA_FILE: extract(listed, waiting),
    }


def _street_zips(places: Gazetteer) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """ZIP codes and cities by state and folded city: those with street delivery, or else those of boxes."""
    by_kind: dict[ZipKind, dict[tuple[str, str], list[tuple[str, str]]]] = {
        ZipKind.STANDARD: {},
        ZipKind.PO_BOX: {},
    }
    for code in places.zips():
        entry = places.zip(code)
        if entry is not None and entry.kind in by_kind and entry.lat is not None:
            by_kind[entry.kind].setdefault((entry.state, fold(entry.city)), []).append((code, entry.city))
    return by_kind[ZipKind.PO_BOX] | by_kind[ZipKind.STANDARD]


def _seats(rng: random.Random, names: Iterator[Mark]) -> list[Seat]:
    places = list(sites())
    numbers: Counter[str] = Counter()
    drawn: list[tuple[Site, Mark, str, str]] = []
    for site in places:
        mark = next(names)
        written = by_hand(site.state, numbers[site.state])
        numbers[site.state] += 1
        kind = written[0] if written else weighted(rng, _KINDS)
        drawn.append((site, mark, kind, written[1] if written else full_name(rng, mark, kind)))
    accepts = _acceptance(rng, [kind for _site, _mark, kind, _name in drawn])
    criteria = criteria_deck(rng, len(drawn))
    return [
        Seat(site, mark, name, kind, accepted, criterion)
        for (site, mark, kind, name), accepted, criterion in zip(drawn, accepts, criteria, strict=True)
    ]


def _acceptance(rng: random.Random, kinds: list[str]) -> list[str]:
    """Whose specimens each takes: the shares hold exactly, and reference laboratories are the most open."""
    order = sorted(range(len(kinds)), key=lambda index: _OPENNESS[kinds[index]] + rng.random(), reverse=True)
    accepted = [""] * len(kinds)
    for rank, index in enumerate(order):
        accepted[index] = next(slug for slug, share in _ACCEPTANCE if rank < share * len(kinds))
    return accepted


def _history(rng: random.Random) -> dict[str, Any]:
    overdue = rng.random() < 0.04
    confirmed = rng.randrange(370, 500) if overdue else rng.randrange(0, 331)
    return {
        "verification": "email_verified" if rng.random() < 0.85 else "self_reported",
        "confirmed_days_ago": confirmed,
        "listed_days_ago": confirmed + (0 if rng.random() < 0.5 else rng.randrange(1, 300)),
    }


def _text(key: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """One entry a line, so that a change shows as the lines of the laboratories that changed."""
    lines = [json.dumps(_plain(entry), ensure_ascii=False, separators=(",", ":")) for entry in entries]
    return f'{{"{key}": [\n' + ",\n".join(lines) + "\n]}\n"


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    profile: LabProfile = entry["profile"]
    data = _said(profile.to_dict())
    data["offerings"] = [_said(offering) for offering in data["offerings"]]
    return {**entry, "profile": data}


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in ("", None, [])}


if __name__ == "__main__":
    main()
