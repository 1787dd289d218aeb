"""A report in words: which facts of the entry it speaks of, and what the CMS file says beside them."""

from flask_babel import gettext as _

from registry.clia.comparing import prefilled
from registry.directory.representations import turnaround_text
from registry.domain.labels import OFFERING_LABELS
from registry.domain.profile import LabProfile, Offering
from registry.language import current_language
from registry.models import CliaRecord
from registry.wording import field_label, shown_value

Facts = list[tuple[str, str]]
"""Label and value of each."""

_CONTACT = (
    "phone",
    "contact_role",
    "public_email",
    "website",
    "address_line1",
    "address_line2",
    "city",
    "state",
    "zip",
)
_WHO = ("name", "clia_number", "certificate_type", "phone", "address_line1", "city", "state", "zip")
_TEST = ("method", "assay", "scoring_criterion", "reflex_policy", "service_level", "accepts_outside_specimens")
_SENDING = ("specimens", "specimen_notes", "slides_min", "tumor_content_min_pct", "transport_temp")


def facts_of_kind(profile: LabProfile, kind: str) -> list[tuple[str, Facts]]:
    """What the entry says of what a report of *kind* doubts: titles, each with its facts; an empty title for one."""
    if kind == "wrong_contact":
        return [("", _laboratory(profile, _CONTACT))]
    if kind == "closed":
        return [("", _laboratory(profile, _WHO))]
    if kind == "not_this_test":
        return [(test.name, _of_test(test, _TEST)) for test in profile.offerings]
    if kind == "wrong_test_facts":
        return [(test.name, _turnaround(test) + _of_test(test, _SENDING)) for test in profile.offerings]
    tests = [(test.name, _of_test(test, ("method",)) + _turnaround(test)) for test in profile.offerings]
    return [(str(_("The laboratory")), _laboratory(profile, _CONTACT)), *tests]


def filed_facts(record: CliaRecord) -> Facts:
    """What the CMS file says of the laboratory; without what it does not say."""
    ends = record.expires_or_terminated
    told = [
        (_("Status in the file"), f"{record.program_status} ({record.program_code or '–'})"),
        (_("Name in the file"), ", ".join(name for name in (record.name, record.additional_name) if name)),
        (_("Address in the file"), record.address),
        (_("Phone in the file"), prefilled(record)["phone"]),
        (_("Certificate in the file"), shown_value("certificate_type", record.certificate_type)),
        (_("Expires or ended"), ends.isoformat() if ends is not None else ""),
    ]
    return [(label, value) for label, value in told if value]


def _laboratory(profile: LabProfile, names: tuple[str, ...]) -> Facts:
    values = profile.to_dict()
    return [(field_label(name), shown_value(name, values[name])) for name in names if values.get(name)]


def _of_test(test: Offering, names: tuple[str, ...]) -> Facts:
    values = [(name, getattr(test, name)) for name in names]
    return [(str(_(OFFERING_LABELS[name])), shown_value(name, value)) for name, value in values if value]


def _turnaround(test: Offering) -> Facts:
    return [(_("Turnaround"), turnaround_text(test.turnaround, language=current_language()))]
