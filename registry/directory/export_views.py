"""The whole answer of a search as a file."""

from collections.abc import Callable, Iterator
from datetime import date

from flask import Response, request, stream_with_context, url_for
from flask_babel import lazy_gettext as _l

from registry.directory import exports, queries
from registry.directory.blueprint import bp
from registry.directory.exports import Address
from registry.directory.forms import SearchForm
from registry.directory.problems import invalid_parameters, place_not_found
from registry.directory.queries import Card
from registry.directory.searching import (
    etag_of,
    find,
    live_index,
    not_modified,
    read_cards,
    revalidated,
    settled_by,
    still_good,
)
from registry.language import PARAMETER as LANGUAGE
from registry.places.geocoding import PlaceNotFound
from registry.web import now


@bp.get("/labs.csv")
def as_csv() -> Response:
    """One row a test."""
    return _file("csv", "text/csv", exports.csv_lines)


@bp.get("/labs.geojson")
def as_geojson() -> Response:
    """One feature a laboratory."""
    return _file("geojson", "application/geo+json", exports.geojson_pieces)


def _file(ending: str, mimetype: str, write: Callable[[Iterator[Card], Address, date], Iterator[str]]) -> Response:
    form = SearchForm(request.args, also=[LANGUAGE])
    for name in ("page", "after"):
        if name in request.args:
            form.errors[name] = _l("A file holds the whole list and has no pages.")
    if not form.valid:
        return invalid_parameters(form)
    try:
        place = None if form.criteria.near is None else find(form.criteria.near)
    except PlaceNotFound as unknown:
        return place_not_found(unknown)
    live = live_index()
    index = live.at_present()
    today = now().date()
    etag = etag_of(index, *settled_by(place), today.isoformat())
    if still_good(etag):
        return not_modified(etag, mimetype)
    cards = queries.whole_answer(index, lambda lab_ids: live.shelf.take(lab_ids, read_cards), place, form.criteria)
    pieces = write(cards, lambda slug: url_for("directory.listing", slug=slug, lang=None, _external=True), today)
    response = Response(stream_with_context(pieces), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="her2-laboratories-{today.isoformat()}.{ending}"'
    return revalidated(response, etag)
