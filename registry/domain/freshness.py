"""How old a laboratory's last confirmation may grow before the listing says so, and before it is not shown any more.

All is counted in days of UTC from the day of the last confirmation, never in months: so many days are the same on both
databases and in every year, and no month's end and no 29 February is a case of its own.
"""

from datetime import date, timedelta

CONFIRMATION_VALID = timedelta(days=365)
"""A year, as the NIH Genetic Testing Registry demands at least an annual review."""

GRACE = timedelta(days=184)
"""Six months: no six months of the calendar are longer, so nobody is hidden before the promised half-year is over."""

CURRENT = "current"
OVERDUE = "overdue"
FRESHNESS = (CURRENT, OVERDUE)
"""What the public reads of an entry's age; one that is older still it does not read at all."""


def due_on(last_confirmed: date) -> date:
    """The day on which the next confirmation is due: the last on which the one before holds."""
    return last_confirmed + CONFIRMATION_VALID


def is_overdue(last_confirmed: date, today: date) -> bool:
    """Whether the confirmation of *last_confirmed* has run out on *today*."""
    return today > due_on(last_confirmed)


def hidden_from(last_confirmed: date) -> date:
    """The first day on which an entry that was last confirmed on *last_confirmed* is not shown any more."""
    return due_on(last_confirmed) + GRACE + timedelta(days=1)


def has_lapsed(last_confirmed: date, today: date) -> bool:
    """Whether the grace after the confirmation of *last_confirmed* is over on *today*."""
    return today >= hidden_from(last_confirmed)


def freshness(last_confirmed: date, today: date) -> str:
    """``CURRENT`` or ``OVERDUE``, as pages, files and interfaces tell it."""
    return OVERDUE if is_overdue(last_confirmed, today) else CURRENT
