"""The gazetteer, read once for all tests of places, and a geocoder on this machine."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from config import Settings
from registry.places.gazetteer import Gazetteer, gazetteer
from registry.places.online import Geocoding, Limits
from registry.places.providers import Provider, provider_of

WHITE = (40.7484, -73.9857)
"""A point in Manhattan."""


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return gazetteer()


def nominatim_answer(lat: float, lon: float, *, country: str = "us", road: bool = True) -> bytes:
    """What Nominatim answers for one place, as far as it is read."""
    address = {"city": "New York", "country_code": country} | ({"road": "Main Street"} if road else {})
    return json.dumps([{"lat": str(lat), "lon": str(lon), "display_name": "somewhere", "address": address}]).encode()


@dataclass
class FakeGeocoder:
    """A server of the test's: answers what it is told to, and keeps what it was asked."""

    url: str
    body: bytes = field(default_factory=lambda: nominatim_answer(*WHITE))
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    first_status: int | None = None
    drip: bool = False
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    stopped: Event = field(default_factory=Event)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(parse_qs(urlsplit(request.path).query))
        self.agents.append(request.headers["User-Agent"])
        status = self.first_status if self.first_status and len(self.asked) == 1 else self.status
        self.stopped.wait(self.delay)
        request.send_response(status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(self.body)))
        request.end_headers()
        if self.drip:
            for number in range(len(self.body)):
                if self.stopped.wait(0.1):
                    return
                request.wfile.write(self.body[number : number + 1])
                request.wfile.flush()
        else:
            request.wfile.write(self.body)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGeocoder]:
    """A geocoder on this machine that answers at once with a street in Manhattan, as Nominatim would."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                geocoder.answer(self)
            except OSError:
                # Whoever asked did not wait.
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    geocoder = FakeGeocoder(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield geocoder
    geocoder.stopped.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def provider(fake: FakeGeocoder) -> Callable[..., Provider]:
    """``provider("photon")`` is that geocoder at the test's server."""

    def make(name: str = "nominatim", **changes: Any) -> Provider:
        given = {"geocoder_url": fake.url, "geocoder_key": "test", "geocoder_timeout": 0.4, **changes}
        made = provider_of(Settings(mode="test", geocoder=name, **given))
        assert made is not None
        return made

    return make


@pytest.fixture
def make_geocoding(provider: Callable[..., Provider]) -> Callable[..., Geocoding]:
    """``make_geocoding(timeout=0.3)`` asks the test's server without remembering anything."""

    def make(
        *, timeout: float = 0.4, per_second: float = 1000.0, monotonic: Callable[[], float] = time.monotonic
    ) -> Geocoding:
        asked = provider(geocoder_timeout=timeout)
        return Geocoding(asked, memory=None, limits=Limits(timeout, per_second), monotonic=monotonic)

    return make
