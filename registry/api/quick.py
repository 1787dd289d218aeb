"""The plain JSON search, and searches whose answer the asker has already: answered before Flask sets up a request.

Setting up a request, its session and its hooks costs as much as searching a million laboratories. What is asked most, a
GET with a known place, needs none of it; nor does a page or an answer that is asked for again and has not changed.
Everything else goes on to the view, whose answer is the same to the byte; a test compares the two.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.sansio.utils import host_is_trusted

from config import Settings
from registry.api.rest import JSON, LABS, next_page
from registry.assets import build_of
from registry.directory import queries
from registry.directory.forms import SearchForm
from registry.directory.live import LiveIndex
from registry.directory.representations import answer_json
from registry.directory.searching import read_cards, tag
from registry.headers import common_headers, data_headers
from registry.language import PARAMETER, language_of
from registry.places.geocoding import PlaceNotFound, locate
from registry.web import now

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGE = "/labs"
LONGEST_QUERY = 500
_OURS = frozenset({LABS, PAGE})


class QuickSearch:
    """WSGI middleware around *inner*, the application's own callable."""

    def __init__(self, app: Flask, inner: "WSGIApplication", settings: Settings) -> None:
        self._app = app
        self._inner = inner
        self._base_url = settings.base_url.rstrip("/")
        self._headers = [("Content-Type", JSON), ("Cache-Control", "no-cache"), *data_headers(settings)]
        kept = [("Cache-Control", "no-cache"), *common_headers(settings)]
        self._data_304 = kept
        self._page_304 = [*kept, ("Vary", "Accept-Language, Accept-Encoding")]
        self._is_ours = lru_cache(maxsize=64)(self._ask_trusted)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path in _OURS and environ["REQUEST_METHOD"] == "GET" and self._is_ours(environ.get("HTTP_HOST", "")):
            if "HTTP_IF_NONE_MATCH" in environ:
                if (headers := self._unchanged(path, environ)) is not None:
                    start_response("304 NOT MODIFIED", headers)
                    return []
            elif path == LABS and (found := self._answer(environ.get("QUERY_STRING", ""))) is not None:
                etag, body = found
                start_response("200 OK", [*self._headers, ("ETag", f'W/"{etag}"'), ("Content-Length", str(len(body)))])
                return [body]
        return self._inner(environ, start_response)

    def _unchanged(self, path: str, environ: "WSGIEnvironment") -> list[tuple[str, str]] | None:
        """The headers of a 304, or None when the view must answer."""
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            return None
        live: LiveIndex = self._app.extensions["live_index"]
        try:
            index = live.at_present()
        except Exception:  # the view meets the same, and makes an answer of it
            return None
        settling = [f"{path}?{query}"]
        today = now().date().isoformat()
        more = self._data_304
        if path == PAGE:
            chosen = [value for name, value in parse_qsl(query) if name == PARAMETER]
            settling += [language_of(chosen[0] if chosen else "", environ.get("HTTP_ACCEPT_LANGUAGE", ""))]
            more = self._page_304
        etag = f'W/"{tag(index, build_of(self._app), *settling, today)}"'
        if etag not in environ["HTTP_IF_NONE_MATCH"]:
            return None
        return [("ETag", etag), *more]

    def _answer(self, query: str) -> tuple[str, bytes] | None:
        """The tag and the body, or None when the view must answer."""
        if len(query) > LONGEST_QUERY or not query.isascii():
            return None
        form = SearchForm(MultiDict(parse_qsl(query, keep_blank_values=True)))
        if not form.valid or form.criteria.near is None:
            return None
        live: LiveIndex = self._app.extensions["live_index"]
        try:
            place = locate(form.criteria.near)
            index = live.at_present()
            results = queries.answer(index, lambda lab_ids: live.shelf.take(lab_ids, self._read), place, form.criteria)
        except PlaceNotFound:
            return None
        except Exception:  # the view meets the same, and makes an answer of it
            return None
        today, following = now().date(), next_page(self._base_url, form.criteria, results)
        body = answer_json(form.criteria, place, results, following, today=today)
        return tag(index, build_of(self._app), f"{LABS}?{query}", today.isoformat()), body

    def _read(self, lab_ids: Sequence[int]) -> dict[int, bytes]:
        with self._app.app_context():
            return read_cards(lab_ids)

    def _ask_trusted(self, host: str) -> bool:
        return host_is_trusted(host, self._app.config["TRUSTED_HOSTS"])
