"""States, tasks and versions of an entry in the words of staff."""

from flask_babel import gettext as _

from registry.domain.hiding import HIDING_REASON
from registry.domain.vocabulary import N_
from registry.moderation import versions
from registry.moderation.representations import labels_of_acts

STATE_LABELS = {
    "published": N_("On the list"),
    "stale": N_("On the list, not confirmed"),
    "hidden": N_("Hidden"),
    "withdrawn": N_("Left the list"),
    "merged": N_("Became a part of another"),
}
TASK_LABELS = {
    "overdue": N_("Nobody confirmed the entry"),
    "cms": N_("The CMS file speaks against it"),
    "bounced": N_("A mailbox takes no mail any more"),
    "withdrawal": N_("It left the list"),
    "sample": N_("A small change was published at once"),
}


def state_label(slug: str) -> str:
    """How the entry stands."""
    return str(_(STATE_LABELS[slug]))


def task_label(slug: str) -> str:
    """What is to settle."""
    return str(_(TASK_LABELS[slug]))


def hidden_reason(slug: str) -> str:
    """Why the public does not see it; empty where that is not known."""
    return str(_(HIDING_REASON.label(slug))) if slug in HIDING_REASON else ""


def version_act(action: str) -> str:
    """By what an entry came to stand so."""
    if action == versions.UNKNOWN:
        return str(_("As it stood before versions were kept"))
    labels = labels_of_acts()["lab"]
    return str(_(labels[action])) if action in labels else action
