"""A confirmation holds for a year."""

from datetime import date

import pytest

from registry.domain.freshness import due_on, is_overdue


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
