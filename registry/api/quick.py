"""The plain JSON search, answered before Flask sets up a request.

Setting up a request, its session and its hooks costs as much as searching a million laboratories. What is asked most, a
GET with a known place and nothing conditional, needs none of it. Everything else goes on to the view, whose answer is
the same to the byte; a test compares the two.
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
from registry.directory.views import read_cards, tag
from registry.headers import data_headers
from registry.places.geocoding import PlaceNotFound, locate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_QUERY = 500


class QuickSearch:
    """WSGI middleware around *inner*, the application's own callable."""

    def __init__(self, app: Flask, inner: "WSGIApplication", settings: Settings) -> None:
        self._app = app
        self._inner = inner
        self._base_url = settings.base_url.rstrip("/")
        self._headers = [("Content-Type", JSON), ("Cache-Control", "no-cache"), *data_headers(settings)]
        self._is_ours = lru_cache(maxsize=64)(self._ask_trusted)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if (
            environ["PATH_INFO"] == LABS
            and environ["REQUEST_METHOD"] == "GET"
            and "HTTP_IF_NONE_MATCH" not in environ
            and self._is_ours(environ.get("HTTP_HOST", ""))
            and (found := self._answer(environ.get("QUERY_STRING", ""))) is not None
        ):
            etag, body = found
            start_response("200 OK", [*self._headers, ("ETag", f'W/"{etag}"'), ("Content-Length", str(len(body)))])
            return [body]
        return self._inner(environ, start_response)

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
            results = queries.near(index, lambda lab_ids: live.shelf.take(lab_ids, self._read), place, form.criteria)
        except PlaceNotFound:
            return None
        except Exception:  # the view meets the same, and makes an answer of it
            return None
        body = answer_json(form.criteria, place, results, next_page(self._base_url, form.criteria, results))
        return tag(index, build_of(self._app), f"{LABS}?{query}"), body

    def _read(self, lab_ids: Sequence[int]) -> dict[int, bytes]:
        with self._app.app_context():
            return read_cards(lab_ids)

    def _ask_trusted(self, host: str) -> bool:
        return host_is_trusted(host, self._app.config["TRUSTED_HOSTS"])
