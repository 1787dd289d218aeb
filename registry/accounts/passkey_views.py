"""Passkeys: signing in with one, showing that it is still you, adding and removing one.

Each is two steps of one page: its script asks here for a challenge, and sends what the browser signed as a form.
"""

from http import HTTPStatus
from typing import Any

from flask import Response, abort, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import login_user
from sqlalchemy import select

from registry.accounts import passkeys
from registry.accounts.blueprint import LARGEST_ID, bp
from registry.accounts.guards import current_staff, roles
from registry.accounts.members import note
from registry.accounts.passkeys import Asking, PasskeyError
from registry.accounts.people_views import browser_label
from registry.accounts.proving import fresh, proved_now
from registry.domain.text import plain, unwelcome_character
from registry.extensions import db
from registry.models import Passkey, User
from registry.models.account import ROLES
from registry.web import now

VERIFY = ("people.ask_passkey_again", "people.passkey_again")
"""Where a passkey is shown instead of the password; tried as seldom as a password."""

LONGEST_NAME = 60
_KEY = "passkey"


def owes_second_step() -> User | None:
    """Who has shown the password and owes the second step; ``sessions`` has dropped what is too old."""
    if session.get("tf_state") != "ready":
        return None
    return db.session.scalar(select(User).where(User.fs_uniquifier == session.get("tf_user_id"), User.active))


@bp.post("/login/passkey/challenge")
def ask_passkey() -> ResponseReturnValue:
    """What a browser signs to sign in, alone or as the second step."""
    user = owes_second_step()
    purpose = Asking.SIGN_IN if user is None else Asking.SECOND
    return _asked(*passkeys.ask_to_sign(db.session, purpose, user=user, now=now()))


@bp.post("/login/passkey")
def passkey_sign_in() -> ResponseReturnValue:
    """Sign in with what the browser signed."""
    user = owes_second_step()
    purpose = Asking.SIGN_IN if user is None else Asking.SECOND
    try:
        found = passkeys.signed(db.session, purpose, key=_key(), answer=_answer(), user=user, now=now())
    except PasskeyError:
        # Spent all the same.
        db.session.commit()
        flash(_("That passkey did not sign you in. Try again, or go on with your password and code."), "error")
        page = "security.login" if user is None else "security.two_factor_token_validation"
        return redirect(url_for(page, next=request.form.get("next") or None), HTTPStatus.SEE_OTHER)
    login_user(found, remember=False, authn_via=["passkey"])
    db.session.commit()
    return redirect(request.form.get("next") or url_for("moderation.index"), HTTPStatus.SEE_OTHER)


@bp.post("/verify/passkey/challenge")
@roles(*ROLES)
def ask_passkey_again() -> ResponseReturnValue:
    """What a browser signs to show that it is still the same person."""
    return _asked(*passkeys.ask_to_sign(db.session, Asking.VERIFY, user=current_staff(), now=now()))


@bp.post("/verify/passkey")
@roles(*ROLES)
def passkey_again() -> ResponseReturnValue:
    """Note that a passkey was shown, and lead back."""
    target = request.form.get("next") or url_for("people.account")
    try:
        passkeys.signed(db.session, Asking.VERIFY, key=_key(), answer=_answer(), user=current_staff(), now=now())
    except PasskeyError:
        db.session.commit()
        flash(_("That passkey was not right. Try again, or type your password."), "error")
        return redirect(url_for("security.verify", next=target), HTTPStatus.SEE_OTHER)
    proved_now()
    db.session.commit()
    return redirect(target, HTTPStatus.SEE_OTHER)


@bp.get("/account/passkeys/new")
@roles(*ROLES)
@fresh
def new_passkey() -> ResponseReturnValue:
    """What a passkey is, and the button that makes one."""
    return render_template(
        "accounts/new_passkey.html",
        offered=passkeys.offered(),
        room=len(passkeys.of(db.session, current_staff())) < passkeys.MOST,
        most=passkeys.MOST,
        suggested=browser_label(request.user_agent.string),
    )


@bp.post("/account/passkeys/challenge")
@roles(*ROLES)
@fresh
def ask_new_passkey() -> ResponseReturnValue:
    """What a browser needs to make a passkey."""
    return _asked(*passkeys.ask_to_register(db.session, user=current_staff(), now=now()))


@bp.post("/account/passkeys")
@roles(*ROLES)
@fresh
def add_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser made."""
    me = current_staff()
    try:
        made = passkeys.register(db.session, user=me, key=_key(), answer=_answer(), name=_name(), now=now())
    except PasskeyError:
        db.session.commit()
        flash(_("No passkey was added. Try again, or with another device."), "error")
        return redirect(url_for("people.new_passkey"), HTTPStatus.SEE_OTHER)
    note(db.session, "add_passkey", me, actor=me.email, now=now(), after={"name": made.name})
    db.session.commit()
    flash(_("The passkey is added. Next time you can sign in with it alone."))
    return redirect(url_for("people.account"), HTTPStatus.SEE_OTHER)


@bp.post(f"/account/passkeys/<int(max={LARGEST_ID}):number>/remove")
@roles(*ROLES)
@fresh
def remove_passkey(number: int) -> ResponseReturnValue:
    """Sign in no more with a passkey."""
    me = current_staff()
    found = db.session.get(Passkey, number)
    if found is None or found.user_id != me.id:
        abort(HTTPStatus.NOT_FOUND)
    db.session.delete(found)
    note(db.session, "remove_passkey", me, actor=me.email, now=now(), after={"name": found.name})
    db.session.commit()
    flash(_("The passkey is removed. Delete it on your device too."))
    return redirect(url_for("people.account"), HTTPStatus.SEE_OTHER)


def _asked(key: str, options: dict[str, Any]) -> Response:
    session[_KEY] = key
    db.session.commit()
    return jsonify(options)


def _key() -> str:
    return str(session.pop(_KEY, ""))


def _answer() -> str:
    return request.form.get("credential", "")


def _name() -> str:
    name = plain(request.form.get("name", "")[: 4 * LONGEST_NAME])[:LONGEST_NAME]
    return browser_label(request.user_agent.string)[:LONGEST_NAME] if not name or unwelcome_character(name) else name
