"""Submissions in a moderator's words: labels instead of slugs, acts and states by name."""

from collections.abc import Iterable

from flask_babel import gettext as _

from registry.domain.profile import Change
from registry.domain.vocabulary import N_
from registry.domain.workflow import State
from registry.models import AuditEvent
from registry.moderation.checks import Check
from registry.moderation.services import REJECTION_REASON
from registry.wording import shown_value

FIELD_LABELS = {
    "name": N_("Laboratory name"),
    "lab_kind": N_("Kind of laboratory"),
    "clia_number": N_("CLIA number"),
    "clia_absence_reason": N_("Reason for having no CLIA number"),
    "certificate_type": N_("CLIA certificate"),
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

_STATES = {
    State.DRAFT: N_("Draft"),
    State.AWAITING_EMAIL: N_("Waits for the e-mail to be confirmed"),
    State.SUBMITTED: N_("Waits for review"),
    State.IN_REVIEW: N_("In review"),
    State.CHANGES_REQUESTED: N_("Changes requested"),
    State.APPROVED: N_("Approved"),
    State.REJECTED: N_("Rejected"),
    State.WITHDRAWN: N_("Withdrawn by the laboratory"),
    State.SUPERSEDED: N_("Replaced by a newer version"),
}

_ACTS = {
    "send": N_("Sent for confirmation by e-mail"),
    "send_verified": N_("Sent to the moderators"),
    "reopen": N_("Taken back for editing"),
    "confirm_email": N_("E-mail confirmed, sent to the moderators"),
    "start_review": N_("Review started"),
    "approve": N_("Approved and published"),
    "request_changes": N_("Changes requested"),
    "reject": N_("Rejected"),
    "withdraw": N_("Withdrawn"),
    "supersede": N_("Replaced by a newer version"),
}


def check_facts(check: Check) -> list[tuple[str, str]]:
    """The raw facts of *check* as (label, value), without those that are empty."""
    return [(_(label) if label else "–", value) for label, value in check.facts if value]


def shown_reason(slug: str) -> str:
    """Why a registration was turned down, in words."""
    return str(_(REJECTION_REASON.label(slug)))


def change_rows(changes: Iterable[Change]) -> list[tuple[str, str, str]]:
    """The changes that people can see, in words: (“Test 2: Method”, before, after), labels for slugs."""
    rows = [_change_row(change) for change in changes]
    # An unset field and an empty one read the same.
    return [row for row in rows if row[1] != row[2]]


def _change_row(change: Change) -> tuple[str, str, str]:
    if not change.path.startswith("offerings."):
        label = _(FIELD_LABELS.get(change.path, change.path))
        return label, shown_value(change.path, change.before), shown_value(change.path, change.after)
    position, _dot, field = change.path.removeprefix("offerings.").partition(".")
    label = _(
        "Test %(number)s: %(field)s",
        number=int(position) + 1,
        field=_(OFFERING_LABELS.get(field, field)),
    )
    return label, shown_value(field, change.before), shown_value(field, change.after)


def state_label(state: State | str) -> str:
    """A submission's state in words."""
    return str(_(_STATES[State(state)]))


def act_label(event: AuditEvent) -> str:
    """What *event* tells of, in words."""
    return _(_ACTS[event.action]) if event.action in _ACTS else event.action
