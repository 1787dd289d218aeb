"""Coordinates as people type them: decimal degrees, or degrees, minutes and seconds with a letter for the half."""

import re

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_POINT_LIKE = re.compile(r"[0-9eE+\-.,°'′\"″NSEWnsew ]*[0-9][0-9eE+\-.,°'′\"″NSEWnsew ]*")
_NOT_NUMBERS = frozenset({"nan", "inf", "infinity"})
_DASHES = str.maketrans("−–‑", "---")

_DEGREES = r"([0-9]{1,3}(?:\.[0-9]{1,15})?) ?°?"
_MINUTES = r"(?: ?([0-9]{1,2}(?:\.[0-9]{1,10})?) ?['′’])?"
_SECONDS = r"(?: ?([0-9]{1,2}(?:\.[0-9]{1,10})?) ?(?:[\"″”]|''))?"
_ANGLE = f"{_DEGREES}{_MINUTES}{_SECONDS}"
_WITH_HALVES = re.compile(f"{_ANGLE} ?([NSns])[ ,;]*{_ANGLE} ?([EWew])")
_AROUND = re.compile(r"(?:geo:|\()?([^()]*)\)?")
_MOST_DEGREES = (90.0, 180.0)


class MalformedCoordinates(ValueError):
    """It looks like coordinates but is no latitude and longitude in range."""


def coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of "lat,lon" in decimal degrees; None if the text is something else.

    Raises MalformedCoordinates for what can only be meant as coordinates.
    """
    if "," not in text:
        if _POINT_LIKE.fullmatch(text) and ("." in text or "°" in text):
            raise MalformedCoordinates
        return None
    parts = [part.strip() for part in text.translate(_DASHES).split(",")]
    if len(parts) == 2 and _NUMBER.fullmatch(parts[0]) and _NUMBER.fullmatch(parts[1]):
        lat, lon = float(parts[0]), float(parts[1])
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise MalformedCoordinates
        # Adding zero turns a negative zero into a plain one.
        return lat + 0.0, lon + 0.0
    numeric = all(part.lstrip("+-").lower() in _NOT_NUMBERS or _POINT_LIKE.fullmatch(part) for part in parts)
    if numeric:
        raise MalformedCoordinates
    return None


def coordinates_in_words(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of `40.71° N, 74.01° W`, `40°42'46"N 74°0'22"W`, `(40.71, -74.01)` or
    `geo:40.71,-74.01`; None if the text is something else.
    """
    match = _WITH_HALVES.fullmatch(text)
    if match is None:
        around = _AROUND.fullmatch(text)
        if around is None or around[1] == text:
            return None
        try:
            return coordinates(around[1])
        except MalformedCoordinates:
            return None
    lat, lon = _angle(*match.group(1, 2, 3)), _angle(*match.group(5, 6, 7))
    if lat is None or lon is None or lat > _MOST_DEGREES[0] or lon > _MOST_DEGREES[1]:
        return None
    south, west = match[4] in "Ss", match[8] in "Ww"
    return (-lat if south else lat) + 0.0, (-lon if west else lon) + 0.0


def _angle(degrees: str, minutes: str | None, seconds: str | None) -> float | None:
    parts = float(degrees), float(minutes or 0), float(seconds or 0)
    if parts[1] >= 60 or parts[2] >= 60:
        return None
    return parts[0] + parts[1] / 60 + parts[2] / 3600


def point_label(lat: float, lon: float) -> str:
    """Coordinates as shown, to six decimals (0.1 m), and as `coordinates` reads them again."""
    return f"{_shown(lat)}, {_shown(lon)}"


def _shown(value: float) -> str:
    digits = f"{value:.6f}".rstrip("0")
    if digits.endswith("."):
        digits += "0"
    return "0.0" if digits == "-0.0" else digits
