"""Staff page: the numbers at a glance, each chart with a table that says the same."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from registry.accounts import roles
from registry.domain.vocabulary import N_
from registry.extensions import db
from registry.moderation.dashboard import CURRENT, DUE, HIDDEN, OVERDUE, dashboard
from registry.moderation.views import READERS, bp
from registry.web import now

_WAITING = {
    ("submission", "new"): N_("New entries"),
    ("submission", "edit"): N_("Changes of listings"),
    ("submission", "claim"): N_("Claims of listings"),
    ("submission", "withdrawal"): N_("Withdrawals"),
    ("report", "report"): N_("Reports from the public"),
    ("task", "overdue"): N_("Entries that nobody confirmed"),
    ("task", "cms"): N_("Entries against which the CMS file speaks"),
    ("task", "bounced"): N_("Mailboxes that take no mail any more"),
    ("task", "withdrawal"): N_("Laboratories that left the list"),
    ("task", "sample"): N_("Small changes to look at afterwards"),
}
_AGES = {
    CURRENT: N_("Confirmed"),
    DUE: N_("Due within 30 days"),
    OVERDUE: N_("Overdue, still shown"),
    HIDDEN: N_("Hidden"),
}


@bp.get("/dashboard", endpoint="dashboard")
@roles(*READERS)
def numbers() -> ResponseReturnValue:
    """What waits, how long decisions took, how old the entries are."""
    found = dashboard(db.session, now=now())
    waiting = [(_waiting_words(row.source, row.kind), row) for row in found.waiting]
    return render_template(
        "moderation/dashboard.html",
        board=found,
        waiting=waiting,
        shown=[(words, row.number) for words, row in waiting if row.number],
        oldest=min((row.oldest for row in found.waiting if row.oldest is not None), default=None),
        ages=[(str(_(_AGES[age])), number) for age, number in found.ages.items()],
        highest=max((week.total for week in found.weeks), default=0),
        lasted=_lasted,
    )


def _waiting_words(source: str, kind: str) -> str:
    return str(_(_WAITING[source, kind])) if (source, kind) in _WAITING else kind


def _lasted(time: timedelta | None) -> str:
    """A span of time in the unit in which people count it: minutes, hours up to two days, then days."""
    if time is None:
        return "–"
    minutes = max(round(time.total_seconds() / 60), 0)
    if minutes < 60:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    hours = round(minutes / 60)
    if hours < 48:
        return str(ngettext("%(num)s hour", "%(num)s hours", hours))
    return str(ngettext("%(num)s day", "%(num)s days", round(hours / 24)))
