"""What every view shares: the time, problem documents, answers that must not be stored, filters of the templates."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

import phonenumbers
import structlog
from flask import Blueprint, Flask, Response, current_app, request
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from registry.extensions import SAFE_METHODS, begin_writing, db, reading
from registry.models.audit import ORIGIN
from registry.wording import init_wording

log = structlog.get_logger()

bp = Blueprint("operations", __name__)


class Review(NamedTuple):
    """Who looked at a text of ours, and when; nobody yet, when both are empty."""

    by: str
    on: date | None


def now() -> datetime:
    """The present moment in UTC; what lies below the views takes it as an argument."""
    return datetime.now(UTC)


def no_store(response: Response) -> Response:
    """Keep a personal answer out of every cache. Register it with ``blueprint.after_request``."""
    response.headers["Cache-Control"] = "no-store"
    return response


def kept_by_all(response: Response, period: timedelta) -> Response:
    """Let every cache keep *response* for *period*: it is the same to everybody who reads it in one language."""
    response.headers["Cache-Control"] = f"public, max-age={period // timedelta(seconds=1)}"
    return response


def problem(status: int, *, type_: str, title: str, **members: Any) -> Response:
    """An RFC 9457 answer; *members* are its extensions (``detail``, ``suggestions``, ``errors``)."""
    body = {"type": type_, "title": title, "status": status, **members}
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/problem+json")


def wants_problem() -> bool:
    """Whether the asked address belongs to a programming interface."""
    return request.path.startswith("/api/")


def init_web(app: Flask, settings: Settings) -> None:
    """Limits, hosts, proxies, filters and the health addresses of *app*."""
    app.config.update(
        MAX_CONTENT_LENGTH=1_000_000,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=500,
        TRUSTED_HOSTS=_hosts(settings),
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.before_request(_write_from_the_start)
    app.register_blueprint(bp)
    app.jinja_env.filters.update(
        day=_day, moment=_moment, tel=telephone, as_date=date.fromisoformat, number=_number, web_link=_web_link
    )
    init_wording(app)
    app.context_processor(common_values)


def common_values() -> dict[str, Any]:
    """What every template reads."""
    settings: Settings = current_app.extensions["settings"]
    return {
        "site_name": _("HER2 Laboratory Registry"),
        "demonstration": settings.demonstration,
        "contact_email": settings.contact_email,
        "operator": settings.operator,
        "review": Review(settings.clinically_reviewed_by, settings.clinically_reviewed_on),
        "spanish_review": Review(settings.spanish_reviewed_by, settings.spanish_reviewed_on),
    }


def _hosts(settings: Settings) -> list[str]:
    base = settings.base_url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    name = base.rpartition(":")[0] if base.rpartition(":")[2].isdecimal() else base
    local = [] if settings.mode == "production" else ["localhost", "127.0.0.1", "[::1]"]
    return [name, *settings.trusted_hosts, *local]


def _write_from_the_start() -> None:
    # What has no view, or was refused before, takes no lock.
    if request.method not in SAFE_METHODS and request.routing_exception is None:
        begin_writing(db.session)
        db.session.info[ORIGIN] = _from_where()


def _from_where() -> str:
    """From where an act comes, for the audit: staff by their address, others by their network alone."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    if request.path.startswith("/staff"):
        return str(address)
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


@bp.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> Response:
    """The process can answer: the database is there and migrated."""
    with reading() as connection:
        connection.execute(text("SELECT version FROM directory_version"))
    return Response("ready\n", mimetype="text/plain")


@lru_cache(maxsize=4096)
def _day(value: date | str, *, language: str) -> str:
    # In the language that is in force; it is an argument only so that each has its own answers.
    moment = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(moment, "long"))


def _number(value: int) -> str:
    """A whole number; both of our languages group its digits by commas, as in the United States."""
    return f"{value:,}"


def _moment(value: datetime) -> str:
    return f"{format_datetime(value, 'medium')} UTC"


def _web_link(address: str) -> str:
    """*address* when a browser would open it as a page, else nothing: what is stored may be older than the checks."""
    return address if address.lower().startswith(("https://", "http://")) else ""


@lru_cache(maxsize=4096)
def telephone(phone: str) -> str:
    """The ``tel:`` address of a number written for people."""
    try:
        parsed = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        return ""
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.RFC3966))
