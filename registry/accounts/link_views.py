"""The pages of the links by which somebody becomes a member of staff, or begins anew with another password."""

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.accounts import people
from registry.accounts.members import role_of
from registry.accounts.people_forms import PasswordForm
from registry.extensions import db
from registry.links import LinkState
from registry.models import OneUseLink, User
from registry.web import now

Answer = str | Response | tuple[str, int]


def show(link: OneUseLink) -> Answer:
    """For which account a password is chosen, and the form; spends nothing."""
    return _page(link, PasswordForm(formdata=None, email=link.email))


def spend(link: OneUseLink) -> Answer:
    """Set the password, once, and lead to sign-in; a password that may not be one spends nothing."""
    form = PasswordForm(email=link.email)
    if not form.validate_on_submit():
        return _page(link, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not people.choose_password(db.session, link=link, password=form.password.data or "", now=now()):
        db.session.rollback()
        return _dead(link)
    db.session.commit()
    flash(_("Your password is set. Sign in with it now."))
    return redirect(url_for("security.login"), HTTPStatus.SEE_OTHER)


def _page(link: OneUseLink, form: PasswordForm, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    user = db.session.get_one(User, link.staff_user_id)
    if not user.active:
        # Mailed in the moment in which the account was deactivated.
        return _dead(link)
    page = render_template("accounts/choose_password.html", form=form, user=user, role=role_of(user))
    return page, status


def _dead(link: OneUseLink) -> Answer:
    page = render_template("manage/links/dead.html", purpose=link.purpose, state=LinkState.REVOKED.value)
    return page, HTTPStatus.GONE
