"""Submissions in a moderator's words: labels instead of slugs, acts and states by name."""

from flask_babel import gettext as _

from registry.domain.vocabulary import N_
from registry.domain.workflow import State
from registry.models import AuditEvent
from registry.moderation.findings import Check
from registry.moderation.reasons import REJECTION_REASON

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

_KINDS = {
    "new": N_("New entry"),
    "edit": N_("Change of a listing"),
    "claim": N_("Claim of a listing"),
    "withdrawal": N_("Left the list"),
    "report": N_("Report"),
    "overdue": N_("Not confirmed"),
    "cms": N_("The CMS file says otherwise"),
    "bounced": N_("Mail comes back"),
    "sample": N_("Small change, already public"),
}

_ACTS = {
    "send": N_("Sent for confirmation by e-mail"),
    "send_verified": N_("Sent to the moderators"),
    "reopen": N_("Taken back for editing"),
    "confirm_email": N_("E-mail confirmed, sent to the moderators"),
    "start_review": N_("Review started"),
    "approve": N_("Approved"),
    "request_changes": N_("Changes requested"),
    "reject": N_("Rejected"),
    "withdraw": N_("Withdrawn"),
    "supersede": N_("Replaced by a newer version"),
    "pass_on": N_("Goes on in the name of another contact"),
    "move_entry": N_("Goes on as one about another entry"),
    "approve_part": N_("Approved in part, the rest sent back"),
    "undo": N_("Decision taken back"),
    "hold": N_("Put on hold"),
    "resume": N_("Taken up again"),
}

_LAB_ACTS = {
    "publish": N_("Published"),
    "confirm": N_("Confirmed as still right"),
    "plan_leaving": N_("Leaves the list on a day"),
    "cancel_leaving": N_("Stays on the list after all"),
    "leave": N_("Left the list"),
    "come_back": N_("Came back to the list"),
    "grant_claim": N_("Claim granted: %(email)s"),
    "add_contact": N_("Contact added: %(email)s"),
    "invite_contact": N_("Contact invited: %(email)s"),
    "accept_contact": N_("Contact agreed: %(email)s"),
    "end_contact": N_("Contact ended: %(email)s"),
    "merge": N_("Merged with another entry"),
    "unmerge": N_("Merger with another entry undone"),
    "dispute": N_("Marked as disputed"),
    "settle": N_("No longer disputed"),
    "undo": N_("Publication taken back"),
    "restore": N_("An earlier version shown again"),
    "correct": N_("Put right by a moderator"),
    "hide": N_("Hidden from the public"),
    "show": N_("Shown to the public again"),
    "open_task": N_("Something for the moderators to settle came up"),
    "close_task": N_("Something for the moderators was settled"),
    "dismiss_duplicate": N_("Found to be another laboratory than %(other)s"),
}


def check_facts(check: Check) -> list[tuple[str, str]]:
    """The raw facts of *check* as (label, value), without those that are empty."""
    return [(_(label) if label else "–", value) for label, value in check.facts if value]


def shown_reason(slug: str) -> str:
    """Why a registration was turned down, in words."""
    return str(_(REJECTION_REASON.label(slug)))


def state_label(state: State | str) -> str:
    """A submission's state in words."""
    return str(_(_STATES[State(state)]))


def act_label(event: AuditEvent) -> str:
    """What *event* tells of, in words."""
    return _(_ACTS[event.action]) if event.action in _ACTS else event.action


def kind_label(kind: str) -> str:
    """What sort of submission it is, in words."""
    return str(_(_KINDS[kind])) if kind in _KINDS else kind


def lab_act(event: AuditEvent) -> str:
    """What *event* tells of a listing, in words."""
    if event.action not in _LAB_ACTS:
        return event.action
    told = {**(event.before or {}), **(event.after or {})}
    return str(_(_LAB_ACTS[event.action], email=told.get("contact", ""), other=told.get("other_name", "")))


def labels_of_acts() -> dict[str, dict[str, str]]:
    """The labels of the acts of this module, in English, by the audit's type of what they are done to."""
    return {"submission": _ACTS, "lab": _LAB_ACTS}
