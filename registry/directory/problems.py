"""Why a search has no answer, as programs get it (RFC 9457)."""

from http import HTTPStatus

from flask import Response
from flask_babel import gettext as _

from registry.directory.forms import SearchForm
from registry.places.geocoding import PlaceNotFound
from registry.web import problem


def invalid_parameters(form: SearchForm) -> Response:
    """A 422 that names each parameter that cannot be understood."""
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        type_="invalid-parameter",
        title=_("A parameter cannot be understood."),
        errors=[{"parameter": name, "detail": str(detail)} for name, detail in form.errors.items()],
    )


def place_not_found(unknown: PlaceNotFound) -> Response:
    """A 404 with the reason and what may have been meant."""
    return problem(
        HTTPStatus.NOT_FOUND,
        type_="place-not-found",
        title=_("We do not know this place."),
        reason=unknown.reason,
        suggestions=list(unknown.suggestions),
    )
