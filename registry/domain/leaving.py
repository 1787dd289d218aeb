"""Why a laboratory leaves the list, in its own words and in those that the public reads."""

from datetime import date, datetime, timedelta

from registry.domain.vocabulary import N_, Term, Vocabulary

OTHER = "other"

LEAVING_REASON = Vocabulary(
    "leaving_reason",
    Term("closed", N_("The laboratory closes"), N_("The laboratory closed.")),
    Term("moved", N_("The laboratory moves, and has a new entry"), N_("The laboratory moved.")),
    Term("merged", N_("It becomes a part of another laboratory"), N_("The laboratory became a part of another one.")),
    Term(
        "no_her2_crc",
        N_("It stops testing HER2 in colorectal cancer"),
        N_("The laboratory does not test HER2 in colorectal cancer any more."),
    ),
    Term(OTHER, N_("Another reason"), N_("The laboratory asked to be taken off the list.")),
)
"""The label is what the laboratory chooses, the explanation what the public reads."""

FARTHEST = timedelta(days=366)
"""How long before a laboratory may say that it leaves."""

COMES_BACK = timedelta(days=30)
"""How long after it left a laboratory may come back with the same entry."""

# When it is midnight in Hawaii the day has begun in every state; territories farther west are already in it.
_LAST_MIDNIGHT = timedelta(hours=10)


def has_come(day: date, now: datetime) -> bool:
    """Whether *day* has begun everywhere in the United States at *now*, a time in UTC."""
    return (now - _LAST_MIDNIGHT).date() >= day


def may_come_back(left_at: datetime | None, now: datetime) -> bool:
    """Whether a laboratory that left at *left_at* may still come back with the entry that it had."""
    return left_at is not None and now - left_at <= COMES_BACK
