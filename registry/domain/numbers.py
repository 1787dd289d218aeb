"""How alike two numbers of a laboratory are: telephone, CLIA number, house; None where one of the two states none."""

from registry.domain.naming import one_slip

SLIP = 0.7
"""How alike two numbers are that differ by one slip of the pen."""


def phone_likeness(one: str, other: str) -> float | None:
    """Of two telephone numbers, their digits as they are dialed."""
    if not one or not other:
        return None
    if one == other:
        return 1.0
    if len(one) != 10 or len(other) != 10:
        return 0.0
    # A hospital's extensions share all but the last four digits.
    return 0.5 if one[:6] == other[:6] else 0.0


def number_likeness(one: str, other: str) -> float | None:
    """Of two numbers of one form."""
    if not one or not other:
        return None
    if one == other:
        return 1.0
    return SLIP if slipped(one, other) else 0.0


def cap_likeness(one: str, other: str) -> float | None:
    """Of two CAP numbers, which may end in that of a section, as in ``-01``."""
    number = number_likeness(one.partition("-")[0], other.partition("-")[0])
    sections = one.partition("-")[2], other.partition("-")[2]
    return 0.0 if number == 1.0 and all(sections) and sections[0] != sections[1] else number


def slipped(one: str, other: str) -> bool:
    """Whether two numbers of at least four figures differ by one slip of the pen."""
    return len(one) == len(other) >= 4 and one_slip(one, other)
