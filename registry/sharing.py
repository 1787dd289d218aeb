"""What the head of a page tells search engines, and the sites where somebody puts a link to it."""

from http import HTTPStatus
from urllib.parse import quote

from flask import Flask, current_app, redirect, request
from werkzeug.wrappers import Response

from registry.assets import asset_address
from registry.language import PARAMETER

_ROOMS = frozenset({"education", "about"})
_PAGES = frozenset({"directory.home", "directory.search", "directory.listing", "registration.start", "manage.home"})
_ICON_KEPT = "public, max-age=86400"


def init_sharing(app: Flask) -> None:
    """Give templates what the head is written with, and browsers the icon that they ask for unasked."""
    app.jinja_env.globals.update(absolute=absolute, is_shared=is_shared, page_in=page_in)
    app.add_url_rule("/favicon.ico", "favicon", favicon, methods=["GET"])


def absolute(path: str) -> str:
    """The whole address of *path*, as others may write it down."""
    return f"{current_app.config['REGISTRY_BASE_URL']}{path}"


def is_shared() -> bool:
    """Whether the present page is one that a search engine should find, unless it tells of an error: public, the same
    to everybody, and asked for by its address alone.
    """
    return request.method in {"GET", "HEAD"} and (request.blueprint in _ROOMS or request.endpoint in _PAGES)


def page_in(language: str | None) -> str:
    """The address of the present page in *language*, without what else was asked of it; without one in whichever the
    browser wants.
    """
    path = quote(request.path)
    return f"{path}?{PARAMETER}={language}" if language else path


def favicon() -> Response:
    """The icon at the address where browsers look for it on what is not a page."""
    answer = redirect(asset_address("favicon.ico"), HTTPStatus.SEE_OTHER)
    answer.headers["Cache-Control"] = _ICON_KEPT
    return answer
