"""The public pages: the question and the answer."""

from http import HTTPStatus

from flask import Response, abort, current_app, make_response, render_template, request
from flask.blueprints import BlueprintSetupState

from registry.directory import queries
from registry.directory.blueprint import bp
from registry.directory.criteria import ANY_DISTANCE, RADII, Criteria
from registry.directory.forms import SearchForm
from registry.directory.index import DirectoryIndex
from registry.directory.page import Answer, PageWriter
from registry.directory.searching import (
    answer,
    credit_for,
    etag_of,
    find,
    live_index,
    not_modified,
    revalidated,
    settled_by,
    still_good,
    take_cards,
)
from registry.extensions import reading
from registry.headers import csp_nonce
from registry.language import PARAMETER as LANGUAGE
from registry.language import chosen_language, current_language
from registry.places.gazetteer import Place
from registry.places.geocoding import PlaceNotFound
from registry.web import now


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.extensions["page_writers"] = {}
    state.app.jinja_env.globals.update(radii=RADII, any_distance=ANY_DISTANCE)


def page_writer() -> PageWriter:
    """That of the present request's language; addresses keep a language that was chosen, so that is another one."""
    known: dict[tuple[str, str | None, str], PageWriter] = current_app.extensions["page_writers"]
    key = current_language(), chosen_language(), request.root_path
    if key not in known:
        known[key] = PageWriter(current_language())
    return known[key]


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
        return page_writer().write(form, None, path=request.path, nonce=csp_nonce()), HTTPStatus.UNPROCESSABLE_ENTITY
    place = None
    if form.criteria.near is not None:
        try:
            place = find(form.criteria.near)
        except PlaceNotFound as unknown:
            filters = page_writer().panel.write(form.criteria, None, {})
            page = render_template("directory/place_not_found.html", form=form, unknown=unknown, filters=filters)
            return page, HTTPStatus.NOT_FOUND
    index = live_index().at_present()
    etag = etag_of(index, *settled_by(place), current_language(), now().date().isoformat())
    if still_good(etag):
        return not_modified(etag)
    results = answer(index, place, form.criteria)
    if form.criteria.page > 1 and not results.cards:
        abort(HTTPStatus.NOT_FOUND)
    shown = page_answer(index, place, form.criteria, results, take_cards)
    page = page_writer().write(form, shown, path=request.path, nonce=csp_nonce())
    return revalidated(make_response(page), etag)


def page_answer(
    index: DirectoryIndex, place: Place | None, criteria: Criteria, results: queries.Results, cards: queries.Cards
) -> Answer:
    """*results* with what stands beside them: the filters' counts, and the nearest that take shipped specimens."""
    beside = [] if place is None else queries.travelling(index, cards, place, criteria, results)
    return Answer(results, queries.tally(index, place, criteria), place, tuple(beside), credit_for(place))
