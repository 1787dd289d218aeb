"""`locate`: from what a person types to a point, or a reason and suggestions."""

from enum import StrEnum

from registry.places.folding import fold
from registry.places.gazetteer import Gazetteer, gazetteer
from registry.places.nearness import kilometres
from registry.places.nicknames import NICKNAMES
from registry.places.parsing import (
    BLANKS,
    MAX_LENGTH,
    ZIP_CODE,
    cleaned,
    readings,
    split_zip,
    state_code,
    without_country,
)
from registry.places.points import MalformedCoordinates, coordinates, coordinates_in_words, point_label
from registry.places.records import MilitaryZip, Place, Precision, Town, ZipEntry
from registry.places.rewriting import rewritings
from registry.places.states import MILITARY_REGIONS

SUGGESTIONS = 5
CHOICES = 12
"""How many places are offered when several are meant."""

SAME_AREA_KM = 50.0
"""How far a ZIP code may lie from the town written before it."""

_MILITARY_OFFICES = frozenset({"apo", "fpo", "dpo"})
_MOST_TOWNS = 40


class Reason(StrEnum):
    """Why a text could not be located."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    MALFORMED_COORDINATES = "malformed_coordinates"
    MILITARY = "military"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


class PlaceNotFound(LookupError):
    """No one place is meant by the text. Each suggestion can be located.

    `state` is the two-letter code where the text is a whole state.
    """

    def __init__(
        self,
        text: str,
        suggestions: tuple[str, ...] = (),
        reason: str = Reason.UNKNOWN,
        *,
        state: str | None = None,
    ) -> None:
        super().__init__(f"place not found: {reason}")
        self.text = text
        self.suggestions = suggestions
        self.reason = reason
        self.state = state


def locate(text: str) -> Place:
    """The place meant by a ZIP code, ZIP+4, "City, ST", "City ST", "City, ST 02134" or "lat,lon" (degrees,
    WGS84), or by what `rewritings`, `coordinates_in_words` and `NICKNAMES` make of the text.

    Never guesses: a ZIP code has all its digits, and a city that several states have needs its state. Raises
    PlaceNotFound and nothing else, whatever the text.
    """
    place = known_place(text)
    if place is None:
        raise not_found(text)
    return place


def known_place(text: str) -> Place | None:
    """As `locate`, but None for what is unknown: finding out what else may have been meant takes longer than this."""
    if len(text) > MAX_LENGTH:
        raise PlaceNotFound(text[:MAX_LENGTH], (), Reason.TOO_LONG)
    places = gazetteer()
    if match := ZIP_CODE.fullmatch(text.strip(BLANKS)):
        entry = places.zip(match[1])
        return _of_zip(text, entry) if entry else None
    clean = cleaned(text)
    if not clean:
        raise PlaceNotFound(text, (), Reason.EMPTY if clean == "" else Reason.UNKNOWN)
    if point := _point(places, clean):
        return point
    clean = without_country(clean).strip(" ,")
    return place_meant(places, clean) or _otherwise(places, clean)


def not_found(text: str) -> PlaceNotFound:
    """The error for a text that `known_place` does not know, with what may have been meant."""
    places = gazetteer()
    clean = without_country(cleaned(text) or "").strip(" ,")
    if (parts := split_zip(clean)) and (entry := places.zip(parts[1])):
        return PlaceNotFound(clean, (entry.label, *places.suggest(parts[0], SUGGESTIONS - 1)))
    return _unknown(places, clean or text)


def _point(places: Gazetteer, text: str) -> Place | None:
    try:
        point = coordinates(text)
    except MalformedCoordinates:
        point = coordinates_in_words(text)
        if point is None:
            raise _unknown(places, text, Reason.MALFORMED_COORDINATES) from None
    return Place(point_label(*point), *point, Precision.POINT) if point else None


def place_meant(places: Gazetteer, text: str) -> Place | None:
    """The place, or None when the text as it stands means none; raises when it means several or a military one."""
    parts = split_zip(text)
    return _of_city_and_zip(places, text, *parts) if parts else _of_name(places, text)


def _otherwise(places: Gazetteer, text: str) -> Place | None:
    """The place of a text that names none as it stands."""
    plain = text
    for plain in (text, *rewritings(text)):
        if match := ZIP_CODE.fullmatch(plain):
            entry = places.zip(match[1])
            place = _of_zip(text, entry) if entry else None
        elif point := coordinates_in_words(plain) or _as_point(plain):
            place = Place(point_label(*point), *point, Precision.POINT)
        else:
            place = None if plain == text else place_meant(places, plain)
        if place:
            return place
    return _within_a_town(places, plain)


def _as_point(text: str) -> tuple[float, float] | None:
    try:
        return coordinates(text)
    except MalformedCoordinates:
        return None


def _of_zip(text: str, entry: ZipEntry) -> Place:
    try:
        return entry.place()
    except MilitaryZip:
        raise PlaceNotFound(text, (), Reason.MILITARY) from None


def _of_city_and_zip(places: Gazetteer, text: str, rest: str, code: str) -> Place | None:
    """A ZIP code with its city or state before it; None where they do not agree."""
    entry = places.zip(code)
    if entry is None:
        return None
    place = _of_zip(text, entry)
    for city, state in ((None, state_code(rest)), *readings(rest)):
        if city is None:
            if state == entry.state:
                return place
        elif places.zip_agrees(code, city, state or entry.state) or _is_near(places, place, city, state):
            return place
    return None


def _is_near(places: Gazetteer, place: Place, city: str, state: str | None) -> bool:
    """Whether the ZIP code of *place* lies around a city of that name, as with a suburb called by its city."""
    if state not in {None, place.state}:
        return False
    towns = places.towns_of_key(city, place.state)[:_MOST_TOWNS]
    return any(kilometres(place.lat, place.lon, town.lat, town.lon) <= SAME_AREA_KM for town in towns)


def _of_name(places: Gazetteer, text: str) -> Place | None:
    if state := state_code(text):
        return _of_state(places, text, state)
    for city, state in readings(text):
        if state in MILITARY_REGIONS or (city in _MILITARY_OFFICES and not state):
            raise PlaceNotFound(text, (), Reason.MILITARY)
        towns = _nicknamed(places, city, state) if city in NICKNAMES else []
        if state:
            town = towns[0] if towns else places.preferred_town(city, state)
            if town:
                return town.place()
        else:
            towns = towns or places.towns_of_key(city)
            if len({town.state for town in towns}) > 1 or (towns and city in NICKNAMES and len(towns) > 1):
                raise PlaceNotFound(text, _labels(towns), Reason.AMBIGUOUS)
            if towns:
                return towns[0].place()
    return None


def _of_state(places: Gazetteer, text: str, state: str) -> Place | None:
    """Whoever types a state may mean any place in it, "New York" and "Washington" too; one state is a city."""
    if state in MILITARY_REGIONS:
        raise PlaceNotFound(text, (), Reason.MILITARY)
    if state == "DC":
        town = places.preferred_town("washington", state)
        return town.place() if town else None
    raise PlaceNotFound(text, tuple(places.suggest(text, CHOICES)), Reason.AMBIGUOUS, state=state)


def _nicknamed(places: Gazetteer, city: str, state: str | None) -> list[Town]:
    keys = [key for key in NICKNAMES[city] if state in {None, key[1]}]
    return [town for key in keys if (town := places.preferred_town(*key))]


def _within_a_town(places: Gazetteer, text: str) -> Place | None:
    """A quarter with the town that it belongs to: "Harlem, New York City"."""
    quarter, comma, town_name = text.rpartition(",")
    if not comma:
        return None
    key = fold(town_name)
    towns = _nicknamed(places, key, None) if key in NICKNAMES else places.towns_of_key(key)
    found: dict[str, Town] = {}
    for town in towns[:_MOST_TOWNS]:
        own = places.preferred_town(fold(quarter), town.state)
        if own and kilometres(own.lat, own.lon, town.lat, town.lon) <= SAME_AREA_KM:
            found[own.label] = own
    if len(found) > 1:
        raise PlaceNotFound(text, tuple(found)[:CHOICES], Reason.AMBIGUOUS)
    return next(iter(found.values())).place() if found else None


def _labels(towns: list[Town]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(town.label for town in towns))[:CHOICES]


def _unknown(places: Gazetteer, text: str, reason: Reason = Reason.UNKNOWN) -> PlaceNotFound:
    return PlaceNotFound(text, tuple(places.suggest(text, SUGGESTIONS)), reason)
