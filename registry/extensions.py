"""The extensions, created once and bound to the application by ``init_extensions``."""

import inspect
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mailman import Mail
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from config import Settings

db = SQLAlchemy()
csrf = CSRFProtect()
babel = Babel()
mail = Mail()


def sender() -> str:
    """Who asks, for limits: the address, or of IPv6 the network, as one customer has at least 2**64 addresses."""
    address = get_remote_address()
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return address
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped is not None else str(ip_network((parsed, 64), strict=False))


limiter = Limiter(sender)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


READING = "reading"
"""Name of the engine for pages that only read: no transaction to open, none to roll back."""

SQLITE_BUSY_MS = 10_000

# An error that is logged names its statement; what was written by it may be somebody's address.
_PRIVATE = {"hide_parameters": True}


def engine_options(url: str) -> dict[str, dict[str, Any]]:
    """Options of the engines for *url*: one that writes in transactions, one that reads without."""
    if url.startswith("sqlite"):
        # Several threads of the server share the pool; each connection is used by one at a time.
        default: dict[str, Any] = {
            "url": url,
            **_PRIVATE,
            "connect_args": {"check_same_thread": False, "timeout": SQLITE_BUSY_MS / 1000},
        }
        return {"default": default, READING: {**default, "isolation_level": "AUTOCOMMIT"}}
    default = {
        "url": url,
        **_PRIVATE,
        "pool_pre_ping": True,
        # A frozen server must not hang requests for ever.
        "connect_args": {"connect_timeout": 5, "options": "-c statement_timeout=15000 -c lock_timeout=10000"},
    }
    reading = {
        "url": url,
        **_PRIVATE,
        "isolation_level": "AUTOCOMMIT",
        "pool_reset_on_return": None,
        "pool_pre_ping": True,
        "connect_args": {**default["connect_args"], "prepare_threshold": 0},
    }
    return {"default": default, READING: reading}


def init_extensions(app: Flask, settings: Settings) -> None:
    """Bind every extension to *app*."""
    app.config["SQLALCHEMY_ENGINES"] = engine_options(settings.database)
    db.init_app(app)
    # The library also closes sessions of asynchronous engines, by starting a thread in every request; we have none.
    app.teardown_appcontext_funcs[:] = [
        function for function in app.teardown_appcontext_funcs if not inspect.iscoroutinefunction(function)
    ]
    with app.app_context():
        for name, engine in db.engines.items():
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", _sqlite_connected)
                if name != READING:
                    event.listen(engine, "begin", _sqlite_begins)
    csrf.init_app(app)
    limiter.init_app(app)
    _limit_changes_only(app)


def _limit_changes_only(app: Flask) -> None:
    """Limits stand on what changes something; reading does not pay for the library's hooks."""
    if not app.config["RATELIMIT_ENABLED"]:
        return
    before, after, teardown = app.before_request_funcs[None], app.after_request_funcs[None], app.teardown_request_funcs
    check, tell = before.pop(), after.pop()
    teardown[None].pop()

    @app.before_request
    def limit() -> ResponseReturnValue | None:
        return None if request.method in SAFE_METHODS else app.ensure_sync(check)()

    @app.after_request
    def tell_limits(response: Response) -> Response:
        return response if request.method in SAFE_METHODS else app.ensure_sync(tell)(response)


def _sqlite_connected(connection: sqlite3.Connection, record: object) -> None:
    # The driver's own BEGIN comes too late for a consistent read; _sqlite_begins says it instead.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begins(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote in between: whoever will
    # write says so beforehand.
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def begin_writing(session: Session) -> None:
    """Open *session*'s transaction as one that will write. Call it before the session's first statement."""
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def reading() -> Connection:
    """A connection of the reading engine; use it as a context manager."""
    return db.engines[READING].connect()


@contextmanager
def reading_whole() -> Iterator[Connection]:
    """A connection in whose statements the database stands still: what is read in several steps fits together."""
    engine = db.engine
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection:
        yield connection
