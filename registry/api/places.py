"""Places that somebody may be typing, as JSON: the same for everybody, and only as new as the gazetteer."""

import json
from datetime import timedelta
from http import HTTPStatus

from flask import Response, request
from flask_babel import gettext as _

from registry.api.rest import JSON, bp
from registry.places.completing import MOST
from registry.places.gazetteer import gazetteer
from registry.places.parsing import MAX_LENGTH, cleaned
from registry.web import kept_by_all, problem

__all__ = ["bp", "places"]

PARAMETERS = ("q", "limit")
_LIMITS = frozenset(str(number) for number in range(1, MOST + 1))
_KEPT = timedelta(days=1)


@bp.get("/places")
def places() -> Response:
    """ZIP codes and towns that begin like ``q``: ``{"query", "items": [{"label", "kind", "state", "lat", "lon"}]}``.

    Each label can be asked for as ``near``.
    """
    errors = _errors()
    if errors:
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            type_="invalid-parameter",
            title=_("A parameter cannot be understood."),
            errors=[{"parameter": name, "detail": detail} for name, detail in errors.items()],
        )
    typed = request.args.get("q", "")
    found = gazetteer().complete(typed, int(request.args.get("limit", MOST)))
    items = [
        {"label": one.label, "kind": one.kind, "state": one.state, "lat": one.lat, "lon": one.lon} for one in found
    ]
    response = Response(json.dumps({"query": typed, "items": items}, ensure_ascii=False), mimetype=JSON)
    return kept_by_all(response, _KEPT)


def _errors() -> dict[str, str]:
    """What is wrong with each parameter that cannot be meant."""
    errors: dict[str, str] = {}
    for name, given in request.args.lists():
        if name not in PARAMETERS:
            errors[name[:40]] = str(_("This page has no setting called “%(name)s”.", name=name[:40]))
        elif len(given) > 1:
            errors[name] = str(_("Give “%(name)s” once.", name=name))
    typed = request.args.get("q", "")
    if len(typed) > MAX_LENGTH:
        errors["q"] = str(_("That is too long for a place. Type a ZIP code, or a city and state."))
    elif cleaned(typed) is None:
        errors["q"] = str(_("There are characters in it that cannot be typed. Type a ZIP code, or a city and state."))
    if request.args.get("limit", str(MOST)) not in _LIMITS:
        errors["limit"] = str(_("Ask for 1 to %(most)s places.", most=MOST))
    return errors
