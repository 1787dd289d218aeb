"""LabProfile: what a laboratory says of itself.

One shape is edited, stored, compared, approved, published and exported.
"""

import hashlib
import json
import math
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

MAX_OFFERINGS = 20


@dataclass(frozen=True, slots=True)
class Offering:
    """One HER2 test. Coded fields hold slugs of ``vocabulary``; an empty string or None means not said (a draft)."""

    name: str = ""
    method: str = ""
    assay: str = ""
    assay_name: str = ""
    reports_copy_number: str = ""
    scoring_criterion: str = ""
    reflex_policy: str = ""
    specimens: tuple[str, ...] = ()
    specimen_notes: str = ""
    slides_min: int | None = None
    tumor_content_min_pct: int | None = None
    path_report_required: str = ""
    transport_temp: str = ""
    tat_min: int | None = None
    tat_max: int | None = None
    tat_unit: str = ""
    tat_clock_start: str = ""
    regulatory_status: str = ""
    accepts_outside_specimens: str = ""
    service_level: str = ""
    cpt_codes: tuple[str, ...] = ()
    order_code: str = ""
    catalogue_url: str = ""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """From :meth:`LabProfile.to_dict`'s shape; unknown keys are dropped, so that old code reads newer rows."""
        known = _known(cls, data)
        for name in ("specimens", "cpt_codes"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)

    @property
    def digest(self) -> str:
        """A fingerprint of the test: a confirmation is of exactly this content, wherever it stands in the list."""
        return _fingerprint(_plain(self))

    @property
    def turnaround(self) -> dict[str, Any]:
        """The four fields of the turnaround together, as the public shape has them."""
        return {
            "min": self.tat_min,
            "max": self.tat_max,
            "unit": self.tat_unit,
            "clock_start": self.tat_clock_start,
        }

    @property
    def calendar_days(self) -> int | None:
        """The longest turnaround in calendar days, or None where the laboratory's words do not allow to say.

        Five business days span seven calendar days; hours are rounded up to whole days; days of an unstated kind
        are never assumed to be the faster kind.
        """
        if self.tat_max is None:
            return None
        if self.tat_unit == "hours":
            return math.ceil(self.tat_max / 24)
        if self.tat_unit == "calendar_days":
            return self.tat_max
        if self.tat_unit in {"business_days", "days_unspecified"}:
            weeks, rest = divmod(self.tat_max, 5)
            # A span that is not whole weeks may still cross one weekend.
            return weeks * 7 + (rest + 2 if rest else 0)
        return None


@dataclass(frozen=True, slots=True)
class LabProfile:
    """A laboratory site: who it is, where, how to reach it, and its HER2 tests."""

    name: str = ""
    lab_kind: str = ""
    clia_number: str = ""
    clia_absence_reason: str = ""
    certificate_type: str = ""
    npi: str = ""
    cap_number: str = ""
    accreditations: tuple[str, ...] = ()
    state_permits: tuple[str, ...] = ()
    address_line1: str = ""
    address_line2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    public_email: str = ""
    contact_role: str = ""
    website: str = ""
    offerings: tuple[Offering, ...] = field(default=())

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """From :meth:`to_dict`'s shape; unknown keys are dropped."""
        known = _known(cls, data)
        for name in ("accreditations", "state_permits"):
            known[name] = tuple(known.get(name, ()))
        known["offerings"] = tuple(Offering.from_dict(offering) for offering in known.get("offerings", ()))
        return cls(**known)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; every field present."""
        return {**_plain(self), "offerings": [_plain(offering) for offering in self.offerings]}

    @property
    def digest(self) -> str:
        """A fingerprint of the whole content: equal digests mean that exactly the same was shown."""
        return _fingerprint(self.to_dict())

    def with_offering(self, position: int, offering: Offering) -> Self:
        """A copy with *offering* at *position* (0 is the first); one past the end appends."""
        offerings = list(self.offerings)
        offerings[position : position + 1] = [offering]
        return replace(self, offerings=tuple(offerings))

    def without_offering(self, position: int) -> Self:
        """A copy without the offering at *position*."""
        return replace(self, offerings=self.offerings[:position] + self.offerings[position + 1 :])


def _fingerprint(data: dict[str, Any]) -> str:
    canonical = json.dumps(_said(data), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _said(value: Any) -> Any:
    # What is not said does not count: a field that code of tomorrow adds leaves what was confirmed today confirmed.
    if isinstance(value, dict):
        return {key: _said(inner) for key, inner in value.items() if inner not in ("", None, [])}
    return [_said(inner) for inner in value] if isinstance(value, list) else value


def _plain(record: "Offering | LabProfile") -> dict[str, Any]:
    # Not by `asdict`, which copies every value deeply: pages of staff compare many profiles.
    found = {}
    for name in _NAMES[type(record)]:
        value = getattr(record, name)
        found[name] = list(value) if isinstance(value, tuple) else value
    return found


def _known(cls: type, data: dict[str, Any]) -> dict[str, Any]:
    names = _NAMES[cls]
    return {key: value for key, value in data.items() if key in names}


_NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(item.name for item in fields(kind)) for kind in (Offering, LabProfile)
}


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs: its path (``city``, ``offerings.0.method``) and both values, None for nothing."""

    path: str
    before: Any
    after: Any


def diff(before: LabProfile, after: LabProfile) -> tuple[Change, ...]:
    """The changes that lead from *before* to *after*, in the order of the fields."""
    old, new = _flat(before), _flat(after)
    paths = list(new) + [path for path in old if path not in new]
    return tuple(Change(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path))


def _flat(profile: LabProfile) -> dict[str, Any]:
    data = profile.to_dict()
    offerings = data.pop("offerings")
    for position, offering in enumerate(offerings):
        data |= {f"offerings.{position}.{key}": value for key, value in offering.items()}
    return data
