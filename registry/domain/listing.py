"""The public shape of a laboratory: the item of a search answer, the same in JSON, files and pages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from registry.domain.profile import LabProfile, Offering

_ACCEPTANCE_ORDER = ("yes", "yes_in_state", "in_system_only", "no")


def accepts_outside(profile: LabProfile) -> str:
    """The widest acceptance of any of the laboratory's tests, as a slug of ``accepts_outside_specimens``."""
    stated = {offering.accepts_outside_specimens for offering in profile.offerings}
    return next((slug for slug in _ACCEPTANCE_ORDER if slug in stated), "no")


def offering_item(offering: Offering, *, last_confirmed: date) -> dict[str, Any]:
    """One test as the public sees it: slugs of the vocabulary, turnaround as its four fields together."""
    return {
        "name": offering.name,
        "method": offering.method,
        "assay": offering.assay or None,
        "assay_name": offering.assay_name or None,
        "reports_copy_number": offering.reports_copy_number or None,
        "scoring_criterion": offering.scoring_criterion,
        "reflex_policy": offering.reflex_policy,
        "specimens": list(offering.specimens),
        "specimen_notes": offering.specimen_notes or None,
        "slides_min": offering.slides_min,
        "tumor_content_min_pct": offering.tumor_content_min_pct,
        "path_report_required": offering.path_report_required or None,
        "transport_temp": offering.transport_temp or None,
        "turnaround": offering.turnaround,
        "calendar_days": offering.calendar_days,
        "regulatory_status": offering.regulatory_status,
        "accepts_outside_specimens": offering.accepts_outside_specimens,
        "service_level": offering.service_level or None,
        "cpt_codes": list(offering.cpt_codes),
        "order_code": offering.order_code or None,
        "catalogue_url": offering.catalogue_url or None,
        "last_confirmed": last_confirmed.isoformat(),
    }


def search_item(
    profile: LabProfile,
    *,
    slug: str,
    lat: float,
    lon: float,
    precision: str,
    verification: str,
    last_confirmed: date,
    confirmed: Sequence[date],
    disputed: bool = False,
    dispute_answered: bool = False,
) -> dict[str, Any]:
    """The laboratory's item of a search answer, but for its distance, which depends on who asks.

    *confirmed* has the day of the last confirmation of each of the profile's tests. *disputed* is whether a doubt of
    the entry stands open, *dispute_answered* whether the laboratory confirmed all of it since.
    """
    return {
        "slug": slug,
        "name": profile.name,
        "city": profile.city,
        "state": profile.state,
        "zip": profile.zip,
        "lat": lat,
        "lon": lon,
        "location_precision": precision,
        "phone": profile.phone,
        "website": profile.website or None,
        "accepts_outside_specimens": accepts_outside(profile),
        "accreditations": list(profile.accreditations),
        "state_permits": list(profile.state_permits),
        "offerings": [
            offering_item(offering, last_confirmed=day)
            for offering, day in zip(profile.offerings, confirmed, strict=True)
        ],
        "verification": verification,
        "last_confirmed": last_confirmed.isoformat(),
        "disputed": disputed,
        "dispute_answered": dispute_answered,
    }
