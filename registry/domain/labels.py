"""What the fields of a profile are called: English source text, translated where shown."""

from collections.abc import Mapping

from registry.domain.profile import LabProfile
from registry.domain.vocabulary import N_

FIELD_LABELS = {
    "name": N_("Laboratory name"),
    "lab_kind": N_("Kind of laboratory"),
    "clia_number": N_("CLIA number"),
    "clia_absence_reason": N_("Reason for having no CLIA number"),
    "certificate_type": N_("CLIA certificate"),
    "npi": N_("NPI"),
    "cap_number": N_("CAP number"),
    "accreditations": N_("Accreditations"),
    "state_permits": N_("State permits"),
    "address_line1": N_("Street address"),
    "address_line2": N_("Street address, second line"),
    "city": N_("City"),
    "state": N_("State"),
    "zip": N_("ZIP code"),
    "phone": N_("Phone"),
    "public_email": N_("E-mail for the public"),
    "contact_role": N_("Whom to ask for"),
    "website": N_("Web site"),
}
"""The fields of ``LabProfile`` but for its tests."""

OFFERING_LABELS = {
    "name": N_("Name of the test"),
    "method": N_("Method"),
    "assay": N_("Assay or clone"),
    "assay_name": N_("Assay, in the laboratory’s words"),
    "reports_copy_number": N_("Reports copy number"),
    "scoring_criterion": N_("Scoring criterion"),
    "reflex_policy": N_("Reflex testing"),
    "specimens": N_("Specimens"),
    "specimen_notes": N_("Notes on specimens"),
    "slides_min": N_("Unstained slides, at least"),
    "tumor_content_min_pct": N_("Tumor percentage, at least"),
    "path_report_required": N_("Pathology report needed"),
    "transport_temp": N_("Transport temperature"),
    "tat_min": N_("Turnaround, shortest"),
    "tat_max": N_("Turnaround, longest"),
    "tat_unit": N_("Turnaround, unit"),
    "tat_clock_start": N_("Turnaround counts from"),
    "regulatory_status": N_("Regulatory status"),
    "accepts_outside_specimens": N_("Accepts outside specimens"),
    "service_level": N_("Service level"),
    "cpt_codes": N_("CPT codes"),
    "order_code": N_("Order code"),
    "catalogue_url": N_("Page in the laboratory’s catalog"),
}
"""The fields of ``Offering``."""


def label_of(path: str) -> tuple[str, int]:
    """What the field at *path* (as in `diff`) is called, and the number of its test from 1; 0 for the laboratory's.

    A path that nobody knows stands for itself.
    """
    if not path.startswith("offerings."):
        return FIELD_LABELS.get(path, path), 0
    position, _dot, field = path.removeprefix("offerings.").partition(".")
    return OFFERING_LABELS.get(field, field), int(position) + 1 if position.isascii() and position.isdigit() else 0


def paths_of(profile: LabProfile) -> frozenset[str]:
    """Every field of *profile*, said or not: its paths as in `diff`."""
    tests = range(len(profile.offerings))
    return frozenset(
        [*FIELD_LABELS, *(f"offerings.{position}.{name}" for position in tests for name in OFFERING_LABELS)]
    )


def told_remarks(remarks: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """*remarks* (path to text) as a mail tells them: (what the field is called, the text, the number of its test).

    In the order of the fields; 0 for a field of the laboratory.
    """
    order = [*FIELD_LABELS, *OFFERING_LABELS]
    told = [(*label_of(path), path.rpartition(".")[2], text) for path, text in remarks.items()]
    told.sort(key=lambda one: (one[1], order.index(one[2]) if one[2] in order else len(order)))
    return [(label, text, number) for label, number, _name, text in told]
