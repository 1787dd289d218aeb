"""Numbers of a laboratory other than its CLIA number: whether they can be right."""

import re

_NPI_SHAPE = re.compile(r"[0-9]{10}")
# What the prefix 80840 of health-card issuers adds to the sum of Luhn's check (domain facts, 3.5).
_NPI_PREFIX_SUM = 24
_CAP_SHAPE = re.compile(r"[0-9]{7}(?:-[0-9]{2})?")


def npi_is_valid(number: str) -> bool:
    """Whether *number* is ten ASCII digits whose last is the check digit: Luhn over ``80840`` and the number."""
    if not _NPI_SHAPE.fullmatch(number):
        return False
    doubled = [2 * int(digit) for digit in number[::2]]
    total = sum(digit - 9 if digit > 9 else digit for digit in doubled) + sum(int(digit) for digit in number[1::2])
    return (total + _NPI_PREFIX_SUM) % 10 == 0


def cap_number_looks_right(number: str) -> bool:
    """Whether *number* looks like those of the College of American Pathologists: seven digits, perhaps ``-01``.

    No format is published, so what looks wrong is a reason to ask, never to refuse.
    """
    return _CAP_SHAPE.fullmatch(number) is not None
