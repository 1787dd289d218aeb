"""The application, put together in order: settings, extensions, frame, blueprints, commands."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from sqlalchemy import Connection

from config import ROOT, Settings
from registry import accounts, assets, cli, headers, language, letters, refusals, sharing, web
from registry.about import views as about
from registry.api import places, quick
from registry.development import views as development
from registry.directory import pages as public
from registry.directory.live import LiveIndex
from registry.directory.probe import VersionProbe
from registry.education import views as education
from registry.extensions import READING, db, init_extensions, reading_whole
from registry.guard import views as guard
from registry.language import LANGUAGES, PARAMETER
from registry.moderation import pages as moderation
from registry.places.gazetteer import gazetteer
from registry.places.online import geocoding_of
from registry.registration import manage_pages as manage
from registry.registration import views as registration
from registry.templating import PageEnvironment

_WARMING = "/labs?near=20500&within=any"


class OwnSessions(SecureCookieSessionInterface):
    """The library's signed cookie; where none came, nothing is set up to check it, and public pages never set it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        # Pages that look into a lasting cookie renew it; the others are the same to everybody, and caches keep them.
        return session.modified or (session.accessed and super().should_set_cookie(app, session))


class Registry(Flask):
    """Flask, without asking on every request whether our functions are coroutines: none is."""

    session_interface = OwnSessions()
    jinja_environment = PageEnvironment

    def process_response(self, response: Response) -> Response:
        # Only now, with the session saved, does the answer say whether it is personal.
        return headers.compressed(super().process_response(response))

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application for *settings* (the environment's when None)."""
    settings = settings or Settings()
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    app = Registry("registry", template_folder=str(ROOT / "templates"), static_folder=None)
    app.extensions["settings"] = settings
    # The innermost layer: what stands in front of Flask stands in front of it too.
    app.wsgi_app = quick.QuickSearch(app, app.wsgi_app, settings)  # type: ignore[method-assign]
    _configure(app, settings)

    init_extensions(app, settings)
    headers.init_compression(app)
    language.init_language(app)
    headers.init_headers(app, settings)
    web.init_web(app, settings)
    refusals.init_refusals(app)
    assets.init_assets(app)
    sharing.init_sharing(app)
    letters.init_letters(app, settings)
    accounts.init_accounts(app, settings)
    education.init_education(app)

    # Now, so that no visitor waits for it.
    gazetteer()
    app.extensions["live_index"] = _live_index(app)
    with app.app_context():
        app.extensions["geocoding"] = geocoding_of(
            settings, reading=db.engines[READING], writing=db.engine, clock=web.now
        )
    for room in (guard, public, education, about, registration, manage, moderation, places):
        app.register_blueprint(room.bp)
    app.register_blueprint(moderation.public_bp)
    if settings.demonstration:
        app.register_blueprint(development.bp)

    cli.init_commands(app)
    return app


def serve() -> Flask:
    """The application as a server runs it: what the first visitor would wait for is made before anybody asks."""
    app = create_app()
    settings: Settings = app.extensions["settings"]
    for spoken in LANGUAGES:
        # As a browser's wish and as a choice in the address: the pages differ in their links.
        for address, wish in ((_WARMING, spoken), (f"{_WARMING}&{PARAMETER}={spoken}", "")):
            with app.test_request_context(address, base_url=settings.base_url, headers={"Accept-Language": wish}):
                try:
                    app.full_dispatch_request()
                except Exception as failure:
                    # Without a database there is nothing to make ready; it may come back, so the service starts.
                    structlog.get_logger().warning("not warm", address=address, failure=str(failure)[:200])
    return app


def _live_index(app: Flask) -> LiveIndex:
    @contextmanager
    def whole() -> Iterator[Connection]:
        # The quick search asks outside of any request.
        with app.app_context(), reading_whole() as connection:
            yield connection

    with app.app_context():
        return LiveIndex(VersionProbe(db.engines[READING]), whole)


def _configure(app: Flask, settings: Settings) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        TESTING=settings.mode == "test",
        # A raised exception is a page in every mode: tests look at the page.
        PROPAGATE_EXCEPTIONS=False,
        SESSION_COOKIE_NAME="__Host-session" if settings.behind_tls else "session",
        # A draft outlives the browser window.
        PERMANENT_SESSION_LIFETIME=60 * 24 * 3600,
        # A long form must not lose its token: it lives as long as its session.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_STORAGE_URI=settings.limiter_storage,
        RATELIMIT_ENABLED=settings.limits_enabled,
        RATELIMIT_HEADERS_ENABLED=True,
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_SWALLOW_ERRORS=True,
    )
