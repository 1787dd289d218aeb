"""The pages to learn from."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, make_response, render_template

from config import Settings
from registry.education import charts
from registry.education.glossary import entries, init_glossary
from registry.education.marks import init_marks
from registry.education.medicines import medicines
from registry.education.pages import BY_NAME, PAGES, following
from registry.education.scoring import init_scoring
from registry.web import kept_by_all

bp = Blueprint("education", __name__)

_KEPT = timedelta(minutes=5)


def init_education(app: Flask) -> None:
    """Give the templates of *app* what these pages write sources, numbers and terms with."""
    init_marks(app)
    charts.init_charts(app)
    init_glossary(app)
    init_scoring(app)


def _kept_a_while(answer: str) -> Response:
    return kept_by_all(make_response(answer), _KEPT)


@bp.get("/learn")
def learn() -> Response:
    """Where to begin."""
    return _kept_a_while(render_template("education/index.html", pages=PAGES))


def _whom_to_ask() -> dict[str, Any]:
    settings: Settings = current_app.extensions["settings"]
    return {
        "help_lines": settings.help_lines,
        "trial_finder": {"name": settings.trial_finder_name, "url": settings.trial_finder_url},
    }


_MORE: dict[str, Callable[[], dict[str, Any]]] = {
    "results": lambda: {"medicines": medicines()},
    "help": _whom_to_ask,
    "glossary": lambda: {"letters": entries()},
}
"""What some of the templates show beside their own text."""


def show(name: str) -> Response:
    """One of the pages."""
    page = BY_NAME[name]
    more = _MORE.get(name, dict)()
    return _kept_a_while(render_template(f"education/{name}.html", page=page, following=following(page), **more))


@bp.get("/learn/numbers/<file>.csv")
def numbers_file(file: str) -> Response:
    """The rows of the charts, to take along."""
    if file not in charts.FILES:
        abort(404)
    response = _kept_a_while(charts.as_csv(file))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}.csv"'
    return response


for _page in PAGES:
    bp.add_url_rule(_page.address, _page.name, show, defaults={"name": _page.name}, methods=["GET"])
