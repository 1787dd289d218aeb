"""The queue in words and for templates: what tasks rest on, which lines are ready, what is still ahead."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from registry.domain.leaving import LEAVING_REASON
from registry.domain.vocabulary import N_
from registry.moderation.waiting_rows import QueueRow
from registry.web import now
from registry.wording import shown_value

_FACTS = {
    "finding": N_("What the file says"),
    "quarter": N_("Edition of the CMS file"),
    "clia_number": N_("CLIA number"),
    "name": N_("Name in the file"),
    "code": N_("Code of the status"),
    "certificate": N_("Certificate in the file"),
    "ends": N_("Expires or ended"),
    "mailboxes": N_("Mailboxes"),
    "status": N_("Status"),
    "reachable": N_("Other contacts who get mail"),
    "last_confirmed": N_("Last confirmed"),
    "due": N_("Confirmation was due"),
    "hidden_from": N_("Hidden from"),
    "reason": N_("Why it left"),
    "successor": N_("Who took its place"),
    "note": N_("It told the moderators"),
}
_DAYS = frozenset({"ends", "last_confirmed", "due", "hidden_from"})
_NOT_SHOWN = frozenset({"since_the_file"})
_FINDINGS = {
    "closed": N_("The laboratory is closed"),
    "terminated": N_("The certificate was ended"),
    "expired": N_("The certificate has run out"),
}


def task_facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """What a task rests on as (label, value), without what is empty; a fact of no label goes by its own name."""
    shown = [
        (str(_(_FACTS[name])) if name in _FACTS else name.replace("_", " "), _value(name, value))
        for name, value in facts.items()
        if name not in _NOT_SHOWN
    ]
    return [(label, value) for label, value in shown if value]


def ready_for(rows: Iterable[QueueRow], user_id: int) -> bool:
    """Whether any of *rows* may be approved together with others."""
    return any(row.ready(user_id) for row in rows)


def is_ahead(moment: datetime) -> bool:
    """Whether *moment* is still to come."""
    return moment > now()


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if name == "finding" and value in _FINDINGS:
        return str(_(_FINDINGS[value]))
    if name == "reason" and value in LEAVING_REASON:
        return str(_(LEAVING_REASON.label(value)))
    if name == "certificate" and value:
        return str(shown_value("certificate_type", value))
    if name in _DAYS and value:
        try:
            return str(format_date(date.fromisoformat(str(value)), "long"))
        except ValueError:
            return str(value)
    return "" if value is None else str(value)


FILTERS: dict[str, Callable[..., Any]] = {
    "task_facts": task_facts,
    "ready_for": ready_for,
    "is_ahead": is_ahead,
    "shown_outcome": lambda label: str(_(label)),
}
