"""Other ways to write a place: words before it, the ZIP code first, the country at the end, a county in between.

Each pattern is linear; the caller bounds the length.
"""

import re
from collections.abc import Iterator

from registry.places.folding import fold
from registry.places.parsing import COUNTRY, state_code

_LEAD_IN = re.compile(
    r"(?:(?:near|around|close to|in|zip(?: ?code)?|postal code|c[oó]digo postal|cerca de|en)\b[ :,]*)?"
    r"(?:(?:the )?(?:city|town|village|borough|township) of |downtown |greater |metro(?:politan)? |ciudad de )?",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[ ,]+(?:usa|u\.?s\.?a?\.?|united states(?: of america)?|ee\.? ?uu\.?|estados unidos|(?:metro )?area)$",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?:^|(?<=[ ,]))([A-Za-z]{2})[-.]?([0-9]{5}(?:-[0-9]{4})?)$")
_ZIP_FIRST = re.compile(r"([0-9]{5})(?:-[0-9]{4})?[ ,]+([^0-9].*)")
_COUNTY = re.compile(r".* (?:county|co\.?|parish|municipio|census area|condado)", re.IGNORECASE)


def rewritings(text: str) -> Iterator[str]:
    """The text after each step that changes it: plainer and plainer ways to write what it may mean."""
    for step in (without_lead_in, without_tail, unglued, _zip_last, _without_county, _state_last):
        changed = step(text).strip(" ,.;:")
        if changed and changed != text:
            text = changed
            yield text


def without_lead_in(text: str) -> str:
    """What is left of "near Atlanta, GA" without its first word."""
    match = _LEAD_IN.match(text)
    return text[match.end() :] if match else text


def without_tail(text: str) -> str:
    """What is left of "Boston MA USA" without the country."""
    return _TAIL.sub("", text)


def unglued(text: str) -> str:
    """The text with a blank between the state and the ZIP code: "Chicago IL60601"."""
    return _GLUED.sub(r"\1 \2", text)


def _zip_last(text: str) -> str:
    match = _ZIP_FIRST.fullmatch(text)
    if match is None:
        return text
    return match[1] if fold(match[2]) in COUNTRY else f"{match[2]} {match[1]}"


def is_county(text: str) -> bool:
    """Whether the text is written as the name of a county is."""
    return _COUNTY.fullmatch(text) is not None


def _without_county(text: str) -> str:
    """What is left of "Chicago, Cook County, IL" without its middle."""
    parts = text.split(",")
    if len(parts) < 3:
        return text
    return ",".join([parts[0], *(part for part in parts[1:-1] if not is_county(part)), parts[-1]])


def _state_last(text: str) -> str:
    """The two parts of "Texas, Houston" in the usual order."""
    parts = text.split(",")
    return f"{parts[1].strip()}, {parts[0]}" if len(parts) == 2 and state_code(parts[0].strip()) else text
