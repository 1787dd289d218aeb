"""A street address as somebody types it: the ZIP code or town in it, and what to ask a geocoder.

"350 5th Ave, New York, NY 10118", "350 5th Ave New York NY", "General Hospital, 12 First St SW, Rochester, MN".
"""

import re
from dataclasses import dataclass, replace

from registry.places.folding import fold
from registry.places.gazetteer import Gazetteer, gazetteer
from registry.places.geocoding import SAME_AREA_KM, PlaceNotFound, place_meant
from registry.places.nearness import kilometres
from registry.places.nicknames import NICKNAMES
from registry.places.parsing import MAX_LENGTH, cleaned, readings, split_zip, state_code, without_country
from registry.places.records import MilitaryZip, Place, Town
from registry.places.rewriting import unglued, without_lead_in, without_tail
from registry.places.states import MILITARY_REGIONS

_UNIT = re.compile(
    r"[ ,]+(?:(?:suite|ste|apt|apartment|unit|floor|room|rm|bldg|building)\.?"
    r"(?: ?#? ?[0-9]{1,4}[A-Za-z]?| #?[A-Za-z])|#[0-9]+[A-Za-z]?)"
    r"(?:-[0-9A-Za-z]{1,4})?(?=,| |$)",
    re.IGNORECASE,
)
_BOX = re.compile(r"(?:p\.? ?o\.? ?box|apartado|hc[ -]?[0-9]+ box|rr ?[0-9]+ box)\b", re.IGNORECASE)
_DIGIT = re.compile(r"[0-9]")
_LONGEST_TOWN = 7
"""Words of a town and its state that are tried at the end of an address."""


@dataclass(frozen=True, slots=True)
class TypedAddress:
    """An address: as typed, as a geocoder is asked for it, and the ZIP code or town in it (`from_address` is true).

    `question` is empty where no geocoder can know more than the ZIP code: a PO box.
    """

    text: str
    question: str
    anchor: Place


def address_in(text: str) -> TypedAddress | None:
    """The address, or None when the text is none. Raises PlaceNotFound when its ZIP code and its town contradict
    each other or its town is in several states; each suggestion can be located.
    """
    clean = cleaned(text) if len(text) <= MAX_LENGTH else None
    if not clean:
        return None
    plain = unglued(without_tail(without_country(without_lead_in(clean).strip(" ,.")).strip(" ,.")))
    anchor = _anchor(gazetteer(), plain)
    if anchor is None:
        return None
    question = "" if _BOX.search(plain) else _UNIT.sub("", plain)
    return TypedAddress(clean, question, replace(anchor, from_address=True))


def _anchor(places: Gazetteer, text: str) -> Place | None:
    parts = split_zip(text)
    if parts:
        rest, code = parts
        entry = places.zip(code)
        if entry is None:
            return None
        try:
            of_zip = entry.place()
        except MilitaryZip:
            return None
        head, town = _split_town(places, rest)
        if town is None:
            # A house number and a ZIP code make an address; a misspelled city and a ZIP code do not.
            numbered = bool(_DIGIT.search(rest)) and " " in rest
            return of_zip if numbered and _states_agree(rest, entry.state) else None
        if not _is_head(head):
            return None
        far = kilometres(town.lat, town.lon, of_zip.lat, of_zip.lon) > SAME_AREA_KM
        if town.state != entry.state or (far and not places.zip_agrees(code, town.name, town.state)):
            raise PlaceNotFound(text, (entry.label, town.label))
        return of_zip
    head, town = _split_town(places, text)
    if town is not None:
        return town.place() if _is_head(head) else None
    return _of_last_part(places, text)


def _of_last_part(places: Gazetteer, text: str) -> Place | None:
    """The place of "350 5th Ave, Brooklyn": a house number, and a town without its state. Raises PlaceNotFound."""
    street, comma, last = text.rpartition(",")
    if comma and _DIGIT.search(street) and not _DIGIT.search(last):
        return place_meant(places, last.strip())
    words = text.split()
    if _DIGIT.search(text) and len(words) > 2 and fold(words[-1]) in NICKNAMES:
        return place_meant(places, words[-1])
    return None


def _split_town(places: Gazetteer, text: str) -> tuple[str, Town | None]:
    """What stands before the town, and the town: the most words at the end that name one with its state."""
    words = text.split()
    for start in range(max(1, len(words) - _LONGEST_TOWN), len(words) - 1):
        tail = " ".join(words[start:])
        if tail.count(",") > 1:
            continue
        for city, state in readings(tail):
            if city and state and state not in MILITARY_REGIONS and (town := places.preferred_town(city, state)):
                return " ".join(words[:start]), town
    return text, None


def _is_head(head: str) -> bool:
    """Whether what stands before the town is part of an address: it has a number, or a comma sets it apart."""
    return bool(_DIGIT.search(head)) or head.endswith(",")


def _states_agree(rest: str, state: str) -> bool:
    last = rest.rpartition(",")[2].strip() or rest
    named = state_code(last) or state_code(last.rpartition(" ")[2])
    return named in {None, state}
