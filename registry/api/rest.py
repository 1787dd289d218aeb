"""The REST interface: the public pages' data as JSON, errors as problem+json (RFC 9457)."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext as _

from registry.directory import queries
from registry.directory.criteria import Criteria
from registry.directory.forms import SearchForm
from registry.directory.gone import MERGED, departed, reason_of, successor_of, unconfirmed
from registry.directory.problems import invalid_parameters, place_not_found
from registry.directory.representations import answer_json, with_freshness
from registry.directory.searching import (
    answer,
    etag_of,
    find,
    live_index,
    not_modified,
    revalidated,
    settled_by,
    still_good,
)
from registry.domain.hiding import UNCONFIRMED
from registry.extensions import db
from registry.models import Lab
from registry.places.geocoding import PlaceNotFound
from registry.sharing import absolute
from registry.web import now, problem

bp = Blueprint("api", __name__, url_prefix="/api/v1")

JSON = "application/json"
LABS = "/api/v1/labs"


@bp.get("/labs")
def labs() -> Response:
    """Laboratories by distance from a place, or all by name when no place is asked for."""
    form = SearchForm(request.args)
    if not form.valid:
        return invalid_parameters(form)
    criteria, place = form.criteria, None
    if criteria.near is not None:
        try:
            place = find(criteria.near)
        except PlaceNotFound as unknown:
            return place_not_found(unknown)
    index = live_index().at_present()
    # What an answer says of age changes at midnight.
    today = now().date()
    etag = etag_of(index, *settled_by(place), today.isoformat())
    if still_good(etag):
        return not_modified(etag, JSON)
    results = answer(index, place, criteria)
    base_url = current_app.config["REGISTRY_BASE_URL"]
    body = answer_json(criteria, place, results, next_page(base_url, criteria, results), today=today)
    return revalidated(Response(body, mimetype=JSON), etag)


@bp.get("/labs/<slug>")
def lab(slug: str) -> Response:
    """One laboratory as a search shows it, without a distance."""
    found = queries.listing(db.session, slug) if "\0" not in slug else None
    if found is None and (former := departed(db.session, slug)) is not None:
        return _gone(former)
    if found is None:
        return _absent(slug)
    return Response(with_freshness(found.card.encode(), now().date()), mimetype=JSON)


def _absent(slug: str) -> Response:
    """A 404; of an entry that is not shown because nobody confirmed it, that this is why."""
    told = {}
    if unconfirmed(db.session, slug) is not None:
        told = {"detail": _("The entry is not shown because it was not confirmed."), "reason": UNCONFIRMED}
    title = _("No laboratory is listed here.")
    return problem(HTTPStatus.NOT_FOUND, type_="laboratory-not-found", title=title, **told)


def _gone(former: Lab) -> Response:
    """Who took the place of a laboratory that was merged; of one that left also when and why it did."""
    successor = successor_of(db.session, former)
    address = absolute(f"{LABS}/{successor.slug}") if successor is not None else None
    if former.state == MERGED and address is not None:
        response = Response(status=HTTPStatus.MOVED_PERMANENTLY, mimetype=JSON)
        response.headers["Location"] = address
    else:
        response = problem(
            HTTPStatus.GONE,
            type_="laboratory-left",
            title=_("The laboratory has left the list."),
            detail=reason_of(former),
            left_on=former.left_at.date().isoformat() if former.left_at is not None else None,
            reason=former.leaving_reason or None,
            successor=address,
        )
    # What left may come back.
    response.headers["Cache-Control"] = "no-cache"
    return response


def next_page(base_url: str, criteria: Criteria, results: queries.Results) -> str | None:
    """The address of the page after this one, None after the last."""
    if results.cursor is None:
        return None
    return f"{base_url}{LABS}?{criteria.on_page(criteria.page + 1, results.cursor).query_string}"
