"""What the public searches share: the live index, the place asked for, and answers that a browser has already."""

import zlib
from collections.abc import Sequence
from http import HTTPStatus

from flask import Response, current_app, request

from registry.assets import build_of
from registry.directory import queries
from registry.directory.criteria import Criteria
from registry.directory.index import DirectoryIndex
from registry.directory.live import LiveIndex
from registry.extensions import reading
from registry.places.finding import find_place
from registry.places.gazetteer import Place
from registry.places.online import Geocoding
from registry.places.records import Precision


def find(text: str) -> Place:
    """The place that is meant by *text*, street addresses too. Raises PlaceNotFound."""
    return find_place(text, current_app.extensions["geocoding"])


def settled_by(place: Place | None) -> tuple[str, ...]:
    """What an answer's tag must hold of the place: an address may be found better or worse the next time."""
    if place is None or not (place.from_address or place.precision is Precision.ADDRESS):
        return ()
    return f"{place.lat},{place.lon}", place.precision


def credit_for(place: Place | None) -> str:
    """Whom to name for a place that a geocoder found; empty for our own."""
    geocoding: Geocoding | None = current_app.extensions["geocoding"]
    return geocoding.credit if geocoding and place and place.precision is Precision.ADDRESS else ""


def live_index() -> LiveIndex:
    """The present application's index."""
    index: LiveIndex = current_app.extensions["live_index"]
    return index


def answer(index: DirectoryIndex, place: Place | None, criteria: Criteria) -> queries.Results:
    """What meets the criteria, near *place* or of all."""
    return queries.answer(index, take_cards, place, criteria)


def take_cards(lab_ids: Sequence[int]) -> dict[int, bytes]:
    """The search items of laboratories by id."""
    # Most are on the shelf, and then no connection is needed.
    return live_index().shelf.take(lab_ids, read_cards)


def read_cards(lab_ids: Sequence[int]) -> dict[int, bytes]:
    """As :func:`take_cards`, from the database."""
    with reading() as connection:
        return queries.read_cards(connection, lab_ids)


def still_good(etag: str) -> bool:
    """Whether the browser holds the answer of *etag* already."""
    # Few requests ask; the others do not pay for reading a header that is not there.
    return "HTTP_IF_NONE_MATCH" in request.environ and request.if_none_match.contains_weak(etag)


def etag_of(index: DirectoryIndex, *what_else: str) -> str:
    """The tag of this address's answer: it changes with the directory, the code's assets and *what_else*."""
    return tag(index, build_of(current_app), request.full_path, *what_else)


def tag(index: DirectoryIndex, build: str, *address: str) -> str:
    """The tag of an answer from *index*, by the code of *build*, at *address*."""
    place = zlib.crc32("\0".join(address).encode("utf-8", "surrogatepass"))
    return f"{index.version:x}-{place:08x}-{build}"


def not_modified(etag: str, mimetype: str = "text/html") -> Response:
    """A 304 that renews *etag* of an answer of that kind; a page's says what else it depends on."""
    return revalidated(Response(status=HTTPStatus.NOT_MODIFIED, mimetype=mimetype), etag)


def revalidated(response: Response, etag: str) -> Response:
    """*response* that a browser keeps but asks about each time."""
    response.headers["ETag"] = f'W/"{etag}"'
    response.headers["Cache-Control"] = "no-cache"
    return response
