"""A confirmation holds for a year, and the entry is shown for half a year more."""

from datetime import date

import pytest

from registry.domain.freshness import CURRENT, OVERDUE, due_on, freshness, has_lapsed, hidden_from, is_overdue


@pytest.mark.parametrize(
    ("confirmed", "today", "overdue"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), False),
        (date(2026, 1, 1), date(2027, 1, 1), False),
        (date(2026, 1, 1), date(2027, 1, 2), True),
        (date(2024, 2, 29), date(2025, 2, 28), False),
        (date(2024, 2, 29), date(2025, 3, 1), True),
    ],
)
def test_overdue_after_a_year(confirmed: date, today: date, overdue: bool) -> None:
    assert is_overdue(confirmed, today) is overdue


def test_due_on_the_last_day_that_holds() -> None:
    assert not is_overdue(date(2026, 5, 5), due_on(date(2026, 5, 5)))


@pytest.mark.parametrize(
    ("confirmed", "first_hidden"),
    [
        (date(2026, 1, 1), date(2027, 7, 5)),
        (date(2024, 2, 29), date(2025, 9, 1)),
        (date(2025, 8, 31), date(2027, 3, 4)),
        (date(2026, 12, 31), date(2028, 7, 3)),
    ],
)
def test_hidden_after_six_months_more(confirmed: date, first_hidden: date) -> None:
    assert hidden_from(confirmed) == first_hidden
    assert has_lapsed(confirmed, first_hidden)
    assert not has_lapsed(confirmed, date.fromordinal(first_hidden.toordinal() - 1))


def test_no_six_months_of_the_calendar_are_longer_than_the_grace() -> None:
    for ordinal in range(date(2027, 1, 1).toordinal(), date(2029, 1, 1).toordinal()):
        due = date.fromordinal(ordinal)
        month = due.month + 6
        year = due.year + (month > 12)
        # Of the same day six months later, or of the month's end, where the month is shorter.
        later = next(
            date.fromordinal(date(year, (month - 1) % 12 + 1, 1).toordinal() + day - 1)
            for day in range(due.day, 0, -1)
            if date.fromordinal(date(year, (month - 1) % 12 + 1, 1).toordinal() + day - 1).month == (month - 1) % 12 + 1
        )
        assert hidden_from(date.fromordinal(ordinal - 365)) > later


def test_what_the_public_reads() -> None:
    assert freshness(date(2026, 1, 1), date(2027, 1, 1)) == CURRENT
    assert freshness(date(2026, 1, 1), date(2027, 1, 2)) == OVERDUE
