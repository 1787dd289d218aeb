"""Which language a page is in: by its address (``?lang=``), else by the browser."""

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from flask import Flask, Response, g, has_request_context, request
from flask_babel import get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from registry.extensions import babel

LANGUAGES = {"en": "English", "es": "Español"}
DEFAULT = "en"
"""Of the source texts, and of whoever asks for no language that we speak."""
_LOCALES = {"en": "en_US", "es": "es_US"}
PARAMETER = "lang"
_TRANSLATED = frozenset({"text/html", "application/problem+json"})
"""What the program says in its own words; data are the same in every language."""


def init_language(app: Flask) -> None:
    """Choose the language of each request, and keep an explicit choice on every address that the page links to."""
    app.config["BABEL_DEFAULT_LOCALE"] = _LOCALES[DEFAULT]
    app.config["BABEL_DEFAULT_TIMEZONE"] = "UTC"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, locale_selector=_locale)
    app.url_defaults(_keep_choice)
    app.after_request(_keep_redirected)
    app.after_request(_vary)
    # Globals, not context: macros that a template imports see them too.
    app.jinja_env.globals.update(
        current_language=current_language,
        languages=LANGUAGES,
        in_language=in_language,
        chosen_language=chosen_language,
    )


def chosen_language() -> str | None:
    """The language that the address names, or None."""
    wanted = request.args.get(PARAMETER, "")
    return wanted if wanted in LANGUAGES else None


def current_language() -> str:
    """``en`` or ``es``: the language in force, in a request or in a mail."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LANGUAGES else DEFAULT


def in_language(language: str) -> str:
    """The address of the present page in *language*; the path alone where the page came from a POST."""
    kept = [] if request.method == "POST" else [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    return f"{quote(request.path)}?{urlencode([*kept, (PARAMETER, language)])}"


def _locale() -> str:
    if not has_request_context():
        return _LOCALES[DEFAULT]
    return _LOCALES[language_of(request.args.get(PARAMETER, ""), request.headers.get("Accept-Language", ""))]


@lru_cache(maxsize=1024)
def language_of(chosen: str, accepted: str) -> str:
    """The language of a page for the value of the address's parameter and for the browser's header."""
    if chosen in LANGUAGES:
        return chosen
    # Most wanted first. The library's own choice would take an exact “en” before an “es-US” that is wanted more.
    for tag, quality in parse_accept_header(accepted, LanguageAccept):
        spoken = tag.lower().replace("_", "-").partition("-")[0]
        if quality > 0 and spoken in LANGUAGES:
            return spoken
    return DEFAULT


def locale_of(language: str) -> str:
    """The full locale of *language*; English for one that we do not speak."""
    return _LOCALES.get(language, _LOCALES[DEFAULT])


def _keep_choice(endpoint: str, values: dict[str, Any]) -> None:
    if has_request_context() and endpoint != "static" and not endpoint.startswith("api.") and PARAMETER not in values:
        chosen = g.get("chosen_language", False)
        if chosen is False:
            chosen = g.chosen_language = chosen_language()
        if chosen is not None:
            values[PARAMETER] = chosen


def _keep_redirected(response: Response) -> Response:
    # Libraries and views that lead back to the same path know nothing of the choice.
    chosen = chosen_language() if 300 <= response.status_code < 400 and response.location else None
    if chosen is not None and response.location is not None:
        place = urlsplit(response.location)
        ours = place.netloc in ("", request.host) and place.path.startswith("/")
        if ours and PARAMETER not in parse_qs(place.query):
            query = "&".join(filter(None, (place.query, urlencode({PARAMETER: chosen}))))
            response.location = place._replace(query=query).geturl()
    return response


def _vary(response: Response) -> Response:
    if response.mimetype in _TRANSLATED:
        response.vary.add("Accept-Language")
        response.headers.setdefault("Content-Language", current_language())
    return response
