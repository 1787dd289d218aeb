"""What a typed place may mean, by its form alone: digits, coordinates, or a city with or without its state.

Every pattern here is linear, and nothing longer than `MAX_LENGTH` is looked at.
"""

import re
from collections.abc import Iterator

from registry.places.folding import fold
from registry.places.states import LONGEST_STATE_NAME, STATE_CODES

MAX_LENGTH = 120
"""Characters of a typed place; the longest city, state and ZIP code together have fewer than 70."""

BLANKS = " \t\r\n\u00a0"
COUNTRY = frozenset({"usa", "us", "united states", "united states of america", "eeuu", "estados unidos"})

ZIP_CODE = re.compile(r"([0-9]{5})(?:-[0-9]{4})?")
"""Five ASCII digits with or without four more, to be used with `fullmatch`."""


def cleaned(text: str) -> str | None:
    """The text trimmed and with single blanks inside; None if it holds control characters."""
    text = text.strip(BLANKS)
    if not text.isprintable():
        text = text.translate({ord(blank): " " for blank in BLANKS})
        if not text.isprintable():
            return None
    return " ".join(text.split(" ")) if "  " not in text else " ".join(text.split())


def without_country(text: str) -> str:
    """The text without a last part that names the United States."""
    head, comma, last = text.rpartition(",")
    return head.rstrip(", ") if comma and fold(last) in COUNTRY else text


def split_zip(text: str) -> tuple[str, str] | None:
    """("Boston, MA", "02134") of "Boston, MA 02134-1001"; None without both of the two."""
    if not text[-1:].isdigit():
        return None
    words = text.rsplit(maxsplit=1)
    match = ZIP_CODE.fullmatch(words[-1])
    if len(words) < 2 or not match:
        return None
    return words[0].rstrip(", "), match[1]


def state_code(text: str) -> str | None:
    """The two-letter code of a state given by code or name, in any spelling, or None."""
    return STATE_CODES.get(text.lower()) or STATE_CODES.get(fold(text))


def readings(text: str) -> Iterator[tuple[str, str | None]]:
    """The (folded city, state code or None) that may be meant, likeliest first; a comma settles the state."""
    city, comma, state_text = text.rpartition(",")
    if comma:
        state = state_code(state_text.strip())
        if state:
            yield fold(city), state
        return
    words = text.split()
    # The longest state first, so that West Virginia is not a town called West.
    for count in range(min(LONGEST_STATE_NAME, len(words) - 1), 0, -1):
        state = state_code(" ".join(words[-count:]))
        if state:
            yield fold(" ".join(words[:-count])), state
    yield fold(text), None
