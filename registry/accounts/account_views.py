"""One's own account: the password, the second step, passkeys, and where one is signed in."""

from http import HTTPStatus

from flask import abort, flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.accounts import listing, passkeys
from registry.accounts.blueprint import LARGEST_ID, bp
from registry.accounts.guards import current_staff, roles
from registry.accounts.members import note, role_of
from registry.accounts.passwords import end_sessions, set_password
from registry.accounts.people_forms import PasswordForm
from registry.accounts.proving import fresh
from registry.extensions import db
from registry.models import StaffSession
from registry.models.account import ROLES
from registry.web import now


@bp.get("/account")
@roles(*ROLES)
def account() -> ResponseReturnValue:
    """How one signs in, and where one is signed in."""
    me = current_staff()
    return render_template(
        "accounts/account.html",
        me=me,
        role=role_of(me),
        passkeys=passkeys.of(db.session, me),
        passkeys_offered=passkeys.offered(),
        codes_left=len(me.mf_recovery_codes or ()),
        browsers=listing.browsers(db.session, me, now=now()),
        here=g.staff_session.id,
    )


@bp.get("/account/password")
@roles(*ROLES)
@fresh
def show_password() -> ResponseReturnValue:
    """The form for another password."""
    return _password_page(PasswordForm(formdata=None, email=current_staff().email))


@bp.post("/account/password")
@roles(*ROLES)
@fresh
def change_password() -> ResponseReturnValue:
    """Change the password; all other browsers are signed out."""
    me = current_staff()
    form = PasswordForm(email=me.email)
    if not form.validate_on_submit():
        return _password_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    set_password(me, form.password.data or "", now=now())
    end_sessions(db.session, me, but=g.staff_session)
    # This browser alone goes on under the new identifier.
    session["_user_id"] = me.fs_uniquifier
    note(db.session, "change_password", me, actor=me.email, now=now())
    db.session.commit()
    flash(_("Your password is changed. Other browsers were signed out."))
    return redirect(url_for("people.account"), HTTPStatus.SEE_OTHER)


@bp.post(f"/account/browsers/<int(max={LARGEST_ID}):number>/end")
@roles(*ROLES)
def end_browser(number: int) -> ResponseReturnValue:
    """Sign one's own browser out that is somewhere else."""
    me = current_staff()
    found = db.session.get(StaffSession, number)
    if found is None or found.user_id != me.id:
        # Whether it ended meanwhile or is another's.
        abort(HTTPStatus.NOT_FOUND)
    db.session.delete(found)
    note(db.session, "end_sessions", me, actor=me.email, now=now(), after={"count": 1})
    db.session.commit()
    flash(_("That browser is signed out."))
    return redirect(url_for("people.account"), HTTPStatus.SEE_OTHER)


@bp.post("/account/browsers/end-others")
@roles(*ROLES)
def end_other_browsers() -> ResponseReturnValue:
    """Sign all one's own browsers out but this."""
    me = current_staff()
    count = end_sessions(db.session, me, but=g.staff_session)
    note(db.session, "end_sessions", me, actor=me.email, now=now(), after={"count": count})
    db.session.commit()
    flash(_("All other browsers are signed out."))
    return redirect(url_for("people.account"), HTTPStatus.SEE_OTHER)


def _password_page(form: PasswordForm, status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
    return render_template("accounts/password.html", form=form), status
