"""How old a laboratory's last confirmation may grow before the listing says so."""

from datetime import date, timedelta

CONFIRMATION_VALID = timedelta(days=365)
"""A year, as the NIH Genetic Testing Registry demands at least an annual review."""


def due_on(last_confirmed: date) -> date:
    """The day on which the next confirmation is due."""
    return last_confirmed + CONFIRMATION_VALID


def is_overdue(last_confirmed: date, today: date) -> bool:
    """Whether the confirmation of *last_confirmed* has run out on *today*."""
    return today > due_on(last_confirmed)
