"""The public pages: the question, the answer, one laboratory."""

import zlib
from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from registry.assets import build_of
from registry.directory import queries
from registry.directory.criteria import ANY_DISTANCE, RADII, Criteria
from registry.directory.forms import METHOD_CHOICES, SearchForm
from registry.directory.index import DirectoryIndex
from registry.directory.live import LiveIndex
from registry.directory.representations import (
    json_ld,
    place_precision,
    place_problem,
    shown,
    turnaround_text,
    verification_explained,
)
from registry.domain.freshness import is_overdue
from registry.extensions import db, reading
from registry.language import PARAMETER as LANGUAGE
from registry.language import current_language
from registry.places.gazetteer import Place
from registry.places.geocoding import PlaceNotFound, locate
from registry.web import now

bp = Blueprint("directory", __name__)


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        turnaround_text=turnaround_text,
        verification_explained=verification_explained,
        place_precision=place_precision,
        place_problem=place_problem,
        is_overdue=lambda confirmed: is_overdue(confirmed, now().date()),
        method_choices=METHOD_CHOICES,
        radii=RADII,
        any_distance=ANY_DISTANCE,
    )


@bp.get("/")
def home() -> str:
    """The question with one field."""
    with reading() as connection:
        count = queries.published_count(connection)
    return render_template("directory/home.html", count=count, form=SearchForm(request.args, also=[LANGUAGE]))


@bp.get("/labs")
def search() -> Response | tuple[str, int]:
    """Laboratories by distance from a place, or all by name when no place is asked for."""
    form = SearchForm(request.args, also=[LANGUAGE])
    if not form.valid:
        return _page(form, None, None), HTTPStatus.UNPROCESSABLE_ENTITY
    place = None
    if form.criteria.near is not None:
        try:
            place = locate(form.criteria.near)
        except PlaceNotFound as unknown:
            return render_template("directory/place_not_found.html", form=form, unknown=unknown), HTTPStatus.NOT_FOUND
    index = live_index().at_present()
    etag = etag_of(index, current_language(), now().date().isoformat())
    if still_good(etag):
        return not_modified(etag)
    results = answer(index, place, form.criteria)
    if results.pages < form.criteria.page:
        abort(HTTPStatus.NOT_FOUND)
    response = make_response(_page(form, place, results))
    return revalidated(response, etag)


@bp.get("/labs/<slug>")
def listing(slug: str) -> Response:
    """One laboratory: can they do it, what to send, how long, how to reach them, how sure are we."""
    lab = queries.listing(db.session, slug)
    if lab is None:
        abort(HTTPStatus.NOT_FOUND)
    url = url_for("directory.listing", slug=slug, _external=True)
    page = render_template(
        "directory/listing.html", lab=lab, profile=lab.profile, json_ld=json_ld(lab.item, lab.profile_data, url)
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-cache"
    return response


def live_index() -> LiveIndex:
    """The present application's index."""
    index: LiveIndex = current_app.extensions["live_index"]
    return index


def answer(index: DirectoryIndex, place: Place | None, criteria: Criteria) -> queries.Results:
    """What meets the criteria, near *place* or by name."""
    if place is not None:
        return queries.near(index, _cards, place, criteria)
    with reading() as connection:
        return queries.by_name(connection, criteria)


def _cards(lab_ids: Sequence[int]) -> dict[int, bytes]:
    # Most are on the shelf, and then no connection is needed.
    return live_index().shelf.take(lab_ids, read_cards)


def read_cards(lab_ids: Sequence[int]) -> dict[int, bytes]:
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


def not_modified(etag: str) -> Response:
    """A 304 that renews *etag*."""
    return revalidated(Response(status=HTTPStatus.NOT_MODIFIED), etag)


def revalidated(response: Response, etag: str) -> Response:
    """*response* that a browser keeps but asks about each time."""
    response.headers["ETag"] = f'W/"{etag}"'
    response.headers["Cache-Control"] = "no-cache"
    return response


def _page(form: SearchForm, place: Place | None, results: queries.Results | None) -> str:
    return render_template(
        "directory/search.html",
        form=form,
        criteria=form.criteria,
        place=place,
        results=results,
        cards=shown(results.cards) if results else [],
    )
