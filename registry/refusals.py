"""What whoever asked is told when a request is refused or fails: a page with a way on, or a problem for programs."""

import re
from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import ngettext
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError, ServiceUnavailable
from werkzeug.routing import RequestRedirect

from registry.extensions import db, limiter
from registry.web import common_values, no_store, now, problem, wants_problem

log = structlog.get_logger()

FORM_EXPIRED = 419
"""Not one of the registered statuses: see docs/decisions/0028."""

_PUBLIC, _STAFF = "layouts/base.html", "layouts/staff.html"
_HOUR = 60
_TRY_AGAIN_AFTER = 30
# Connection lost, resources used up, lock not available, statement timed out, server shut down.
_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "08", "53", "55P03", "57")
_MOST_SHOWN = 200
# Where people write for long; what is typed to sign in is never shown again.
_TYPED_IN = frozenset({"registration", "manage", "reports", "moderation"})
# Words, a mailbox, an address, a telephone number. A choice is quickly made again, and what a page put into its form
# itself has none of these shapes.
_WORTH_COPYING = re.compile(r"\S+\s[\s\S]*|[^\s@]+@[^\s@]+|https?://\S+|[+(]?[0-9][0-9().+-]{6,}")


def init_refusals(app: Flask) -> None:
    """Make *app* answer every error with a page, or below ``/api/`` with a problem document."""
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _refused)
    for fault in (OperationalError, SQLAlchemyTimeout):
        app.register_error_handler(fault, _database_failed)


def _database_failed(error: OperationalError | SQLAlchemyTimeout) -> Response | HTTPException:
    if not _will_pass(error):
        raise error
    db.session.rollback()
    log.error("database away", error=type(error).__name__, code=_code_of(error))
    return _refused(ServiceUnavailable(retry_after=_TRY_AGAIN_AFTER))


def _will_pass(error: OperationalError | SQLAlchemyTimeout) -> bool:
    """Whether the database is away, full or busy. Its class does not tell: SQLite gives it to wrong statements too."""
    if isinstance(error, SQLAlchemyTimeout) or error.connection_invalidated or error.statement is None:
        return True
    return _code_of(error).startswith(_AWAY)


def _code_of(error: OperationalError | SQLAlchemyTimeout) -> str:
    """SQLite's name of the fault or PostgreSQL's SQLSTATE; empty where the driver told none."""
    told = getattr(error, "orig", None)
    return str(getattr(told, "sqlite_errorname", None) or getattr(told, "sqlstate", None) or "")


def _form_expired(error: CSRFError) -> Response:
    page = render_template("errors/expired.html", typed=_typed(), again=_can_be_opened(), **_surroundings())
    return no_store(make_response(page, FORM_EXPIRED))


def _refused(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or (error.code is not None and 300 <= error.code < 400):
        return error
    code = error.code or int(HTTPStatus.INTERNAL_SERVER_ERROR)
    if isinstance(error, SecurityError):
        # A host that is not ours: no address can be made for it, so no page can be shown.
        return Response("We do not answer for this host.\n", code, mimetype="text/plain")
    if isinstance(error, InternalServerError):
        db.session.rollback()
    if wants_problem():
        response = problem(code, type_="about:blank", title=error.name)
    else:
        response = make_response(_page(code, wait=_wait(error)), code)
    # Allow, Retry-After and their like belong to the answer whatever its body.
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _page(code: int, *, wait: str) -> str:
    if code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return render_template("errors/page.html", code=code, wait=wait, **_surroundings())
    # Who is signed in, and what the rooms add to each page, would be asked of the database that may just have failed.
    template = current_app.jinja_env.get_template("errors/page.html")
    return template.render(code=code, wait=wait, staff=_is_staff_page(), layout=_PUBLIC, **common_values())


def _surroundings() -> dict[str, Any]:
    """Whether it is a page of the staff (``staff``), asked for by somebody signed in (``inside``), and its layout."""
    staff = _is_staff_page()
    inside = staff and current_user.is_authenticated
    return {"staff": staff, "inside": inside, "layout": _STAFF if inside else _PUBLIC}


def _is_staff_page() -> bool:
    return request.path == "/staff" or request.path.startswith("/staff/")


def _wait(error: HTTPException) -> str:
    """How long to wait before the next try, in words; an empty string when nobody knows."""
    told = dict(error.get_headers()).get("Retry-After", "")
    if told.isdecimal():
        seconds = int(told)
    elif error.code == HTTPStatus.TOO_MANY_REQUESTS and limiter.current_limit is not None:
        seconds = int(limiter.current_limit.reset_at - now().timestamp())
    else:
        return ""
    minutes = max(1, ceil(seconds / 60))
    if minutes <= _HOUR:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    return str(ngettext("%(num)s hour", "%(num)s hours", ceil(minutes / _HOUR)))


def _typed() -> list[str]:
    """What somebody wrote into the form that was refused, so that they can copy it.

    Nothing unless the browser says that a page of ours sent it: else any site could put its words onto ours.
    """
    if request.blueprint not in _TYPED_IN or request.headers.get("Sec-Fetch-Site") != "same-origin":
        return []
    texts = (text.strip() for _name, text in request.form.items(multi=True))
    return list(dict.fromkeys(text for text in texts if _WORTH_COPYING.fullmatch(text)))[:_MOST_SHOWN]


def _can_be_opened() -> bool:
    """Whether the page of the form has the address to which the form was sent."""
    try:
        return bool(current_app.create_url_adapter(request).test(request.path, "GET"))  # type: ignore[union-attr]
    except RequestRedirect:
        return True
