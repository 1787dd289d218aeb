"""The audit in words: acts, what they were done to, and what was before and after."""

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from registry.domain.staff_acts import STAFF_ACTS
from registry.domain.vocabulary import N_
from registry.domain.workflow import State
from registry.models import AuditEvent
from registry.moderation.reports import REPORT_KIND, REPORT_OUTCOME
from registry.moderation.representations import labels_of_acts, state_label

EXPORT = "export_audit"

SUBJECTS = {
    "lab": N_("Laboratory"),
    "submission": N_("Submission"),
    "report": N_("Report from the public"),
    "staff": N_("Member of staff"),
    "clia_quarter": N_("CMS file"),
    "audit": N_("The audit itself"),
}

ACTOR_KINDS = {"staff": N_("Staff"), "laboratory": N_("Laboratory"), "system": N_("The system")}

_REPORT_ACTS = {
    "handle_report": N_("Report marked as handled"),
    "ask_laboratory": N_("Laboratory asked to confirm or correct"),
    "close_report": N_("Report closed"),
    "forget_report_words": N_("Text of a report deleted"),
}
_OTHER_ACTS = {"clia_quarter": {"import": N_("CMS file imported")}, "audit": {EXPORT: N_("Audit exported")}}

_KEYS = {
    "about": N_("Which"),
    "accepted": N_("Accepted"),
    "action": N_("Act"),
    "actor": N_("Who"),
    "answered": N_("Answered by mail"),
    "asked": N_("Who was asked"),
    "contact": N_("Contact"),
    "contact_email": N_("Contact"),
    "contacts": N_("Contacts"),
    "day": N_("Day"),
    "days": N_("Days"),
    "disputed": N_("Disputed"),
    "email": N_("E-mail"),
    "facts": N_("Facts"),
    "format": N_("File"),
    "hidden_reason": N_("Reason for hiding"),
    "how": N_("How"),
    "kind": N_("Kind"),
    "lab": N_("Number of the laboratory"),
    "last_confirmed": N_("Last confirmed"),
    "leaving_on": N_("Leaves on"),
    "lab_id": N_("Number of the laboratory"),
    "loaded": N_("Rows loaded"),
    "merge": N_("Number of the merger"),
    "other": N_("Number of the other entry"),
    "other_name": N_("The other entry"),
    "outcome": N_("Outcome"),
    "profile": N_("Fingerprint of the profile"),
    "quarter": N_("Quarter of the file"),
    "reason": N_("Reason"),
    "refused": N_("Rows refused"),
    "replaces": N_("In place of"),
    "report": N_("Number of the report"),
    "revision": N_("Revision"),
    "role": N_("Role"),
    "rows": N_("Rows"),
    "score": N_("Likeness"),
    "since": N_("From day"),
    "slug": N_("Address of the entry"),
    "state": N_("State"),
    "stays": N_("Is the entry that stays"),
    "subject": N_("Kind of subject"),
    "submission": N_("Number of the submission"),
    "successor_id": N_("Number of the successor"),
    "task": N_("Number of the task"),
    "tests": N_("Fingerprints of the tests"),
    "until": N_("To day"),
}
_LAB_STATES = {
    "published": N_("On the list"),
    "stale": N_("On the list, not confirmed"),
    "hidden": N_("Hidden"),
    "withdrawn": N_("Left the list"),
    "merged": N_("Merged with another"),
}


class _Told(dict[str, str]):
    """What a label may name; what was not told is left out."""

    def __missing__(self, name: str) -> str:
        return "…"


def act_labels(subject: str = "") -> dict[str, str]:
    """The acts that are known, of one type of subject or of all: slug to label in English."""
    known = labels_of_acts() | {"report": _REPORT_ACTS, "staff": STAFF_ACTS} | _OTHER_ACTS
    if subject:
        return dict(known.get(subject, {}))
    return {slug: label for labels in known.values() for slug, label in labels.items()}


def act_words(event: AuditEvent) -> str:
    """What *event* tells of, in words; an act that nobody named stands as its slug, without its underscores."""
    label = act_labels(event.subject_type).get(event.action) or act_labels().get(event.action)
    if label is None:
        return event.action.replace("_", " ")
    told = {**(event.before or {}), **(event.after or {})}
    words = {name: str(value) for name, value in told.items()}
    return _filled(_(label), {**words, "email": words.get("contact") or words.get("email", "")})


def act_choices() -> list[tuple[str, str]]:
    """Every act that is known, as (slug, label), by label."""
    return sorted(((slug, _filled(_(label), {})) for slug, label in act_labels().items()), key=lambda one: one[1])


def subject_words(kind: str) -> str:
    """What sort of thing an act was done to."""
    return str(_(SUBJECTS[kind])) if kind in SUBJECTS else kind


def actor_words(kind: str) -> str:
    """What sort of person or program acted."""
    return str(_(ACTOR_KINDS[kind])) if kind in ACTOR_KINDS else kind


def before_and_after(event: AuditEvent) -> list[tuple[str, str, str]]:
    """What *event* tells of what was and what became of it: (label, before, after); empty where it tells nothing."""
    before, after = event.before or {}, event.after or {}
    return [
        (
            str(_(_KEYS[key])) if key in _KEYS else key,
            _value(event, key, before[key]) if key in before else "",
            _value(event, key, after[key]) if key in after else "",
        )
        for key in dict.fromkeys([*before, *after])
    ]


def _value(event: AuditEvent, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, str):
        return _term(event.subject_type, key, value)
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return ", ".join(str(one) for one in value)
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _term(subject: str, key: str, value: str) -> str:
    if key == "state" and subject == "submission" and value in set(State):
        return state_label(value)
    if key == "state" and subject == "lab" and value in _LAB_STATES:
        return str(_(_LAB_STATES[value]))
    if subject == "report" and key == "outcome" and value in REPORT_OUTCOME:
        return str(_(REPORT_OUTCOME.label(value)))
    if subject == "report" and key == "kind" and value in REPORT_KIND:
        return str(_(REPORT_KIND.label(value)))
    return value


def _filled(label: str, told: Mapping[str, str]) -> str:
    return label % _Told({name: value for name, value in told.items() if value}) if "%(" in label else label
