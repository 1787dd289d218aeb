"""`locate`: from what a person types to a point, or a reason and suggestions."""

from enum import StrEnum

from registry.places.gazetteer import Gazetteer, MilitaryZip, Place, Precision, Town, ZipEntry, gazetteer
from registry.places.parsing import (
    BLANKS,
    MAX_LENGTH,
    ZIP_CODE,
    MalformedCoordinates,
    cleaned,
    coordinates,
    point_label,
    readings,
    split_zip,
    state_code,
    without_country,
)
from registry.places.states import MILITARY_REGIONS

SUGGESTIONS = 5


class Reason(StrEnum):
    """Why a text could not be located."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    MALFORMED_COORDINATES = "malformed_coordinates"
    MILITARY = "military"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


class PlaceNotFound(LookupError):
    """No one place is meant by the text. Each suggestion can be located."""

    def __init__(self, text: str, suggestions: tuple[str, ...] = (), reason: str = Reason.UNKNOWN) -> None:
        super().__init__(f"place not found: {reason}")
        self.text = text
        self.suggestions = suggestions
        self.reason = reason


def locate(text: str) -> Place:
    """The place meant by a ZIP code, ZIP+4, "City, ST", "City ST", "City, ST 02134" or "lat,lon" (degrees,
    WGS84).

    Never guesses: a ZIP code has all its digits, and a city that several states have needs its state. Raises
    PlaceNotFound and nothing else, whatever the text.
    """
    if len(text) > MAX_LENGTH:
        raise PlaceNotFound(text[:MAX_LENGTH], (), Reason.TOO_LONG)
    places = gazetteer()
    if match := ZIP_CODE.fullmatch(text.strip(BLANKS)):
        entry = places.zip(match[1])
        if entry is None:
            raise _not_found(places, text)
        return _of_zip(text, entry)
    clean = cleaned(text)
    if not clean:
        raise PlaceNotFound(text, (), Reason.EMPTY if clean == "" else Reason.UNKNOWN)
    try:
        point = coordinates(clean)
    except MalformedCoordinates:
        raise _not_found(places, clean, Reason.MALFORMED_COORDINATES) from None
    if point:
        return Place(point_label(*point), *point, Precision.POINT)
    clean = without_country(clean)
    if parts := split_zip(clean):
        return _of_city_and_zip(places, clean, *parts)
    return _of_name(places, clean)


def _of_zip(text: str, entry: ZipEntry) -> Place:
    try:
        return entry.place()
    except MilitaryZip:
        raise PlaceNotFound(text, (), Reason.MILITARY) from None


def _of_city_and_zip(places: Gazetteer, text: str, rest: str, code: str) -> Place:
    """A ZIP code with its city or state before it, which must agree."""
    entry = places.zip(code)
    if entry is None:
        raise _not_found(places, text)
    place = _of_zip(text, entry)
    for city, state in ((None, state_code(rest)), *readings(rest)):
        if city is None:
            if state == entry.state:
                return place
        elif places.zip_agrees(code, city, state or entry.state):
            return place
    raise PlaceNotFound(text, (entry.label, *places.suggest(rest, SUGGESTIONS - 1)))


def _of_name(places: Gazetteer, text: str) -> Place:
    if state_code(text):
        # "New York" and "Washington" are cities too, but whoever types a state may mean any place in it.
        raise _not_found(places, text, Reason.AMBIGUOUS if places.towns(text) else Reason.UNKNOWN)
    for city, state in readings(text):
        if state in MILITARY_REGIONS:
            raise PlaceNotFound(text, (), Reason.MILITARY)
        if state:
            if town := places.preferred_town(city, state):
                return town.place()
        else:
            towns = places.towns_of_key(city)
            if len({town.state for town in towns}) > 1:
                raise PlaceNotFound(text, _labels(towns), Reason.AMBIGUOUS)
            if towns:
                return towns[0].place()
    raise _not_found(places, text)


def _labels(towns: list[Town]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(town.label for town in towns))[:SUGGESTIONS]


def _not_found(places: Gazetteer, text: str, reason: Reason = Reason.UNKNOWN) -> PlaceNotFound:
    return PlaceNotFound(text, tuple(places.suggest(text, SUGGESTIONS)), reason)
