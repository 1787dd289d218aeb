"""Showing again that it is still you: what is dangerous wants the password or a passkey of the last half hour."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import update
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import StopValidation

from registry.accounts import passkeys
from registry.accounts.failures import is_paused
from registry.accounts.forms import utc_now
from registry.accounts.guards import current_staff
from registry.accounts.passwords import normalised
from registry.extensions import db
from registry.models import StaffSession

P = ParamSpec("P")

PROVED_WITHIN = timedelta(minutes=30)
"""How long a password or passkey that was shown is good for dangerous acts."""


def fresh(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let only staff through who showed their password or a passkey within ``PROVED_WITHIN``.

    It stands below ``roles``. Others are asked for it and led back: to the same page, or, when they had sent a form,
    to the page of that form, and told that nothing was done.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if is_proved() else ask()

    guarded.fresh = True  # type: ignore[attr-defined]
    return guarded


def is_proved() -> bool:
    """Whether the present browser showed its password or a passkey within ``PROVED_WITHIN``."""
    proved: datetime | None = g.staff_session.proved_at
    return proved is not None and utc_now() - proved < PROVED_WITHIN


def proved_now() -> None:
    """Note that the present browser has just shown its password or a passkey; the caller commits."""
    db.session.execute(
        update(StaffSession)
        .where(StaffSession.id == g.staff_session.id)
        .values(proved_at=utc_now())
        .execution_options(synchronize_session=False)
    )


class VerifyForm(FlaskForm):  # type: ignore[misc]
    """The password of who is signed in; a paused account hears that it is wrong."""

    password = PasswordField(_l("Password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.flags.required = True

    def validate_password(self, field: PasswordField) -> None:
        if not field.data:
            raise StopValidation(_("Write your password."))
        member = current_staff()
        right = not is_paused(member, utc_now()) and member.verify_and_update_password(normalised(field.data))
        if not right:
            member.track_failed_authn("password")
            raise StopValidation(_("The password is not right."))


def verify() -> ResponseReturnValue:
    """Ask for the password, or a passkey, and lead back to where it was wanted."""
    form = VerifyForm()
    target = request.values.get("next") or url_for("people.account")
    if form.validate_on_submit():
        proved_now()
        db.session.commit()
        return redirect(target, HTTPStatus.SEE_OTHER)
    page = render_template(
        "security/verify.html",
        verify_form=form,
        target=target,
        sent="sent" in request.args,
        passkeys=passkeys.offered() and passkeys.of(db.session, current_staff()),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def ask() -> Response:
    """Lead to where the password is shown, and from there back."""
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("security.verify", next=request.full_path.rstrip("?")), HTTPStatus.SEE_OTHER)
    return redirect(url_for("security.verify", next=_page_of_the_form(), sent="yes"), HTTPStatus.SEE_OTHER)


def _page_of_the_form() -> str:
    """The nearest page at or above the address that the form was sent to; browsers do not tell us theirs."""
    adapter = current_app.create_url_adapter(request)
    path = request.path
    while adapter is not None and path.count("/") > 1:
        try:
            adapter.match(path, method="GET")
        except (HTTPException, RequestRedirect):
            path = path.rpartition("/")[0]
        else:
            return path
    return "/staff"
