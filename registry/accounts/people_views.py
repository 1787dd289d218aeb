"""The list of staff, for administrators: who is there, who is invited, and what may be done to an account."""

from collections.abc import Callable
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from registry.accounts import listing, people
from registry.accounts.blueprint import LARGEST_ID, bp
from registry.accounts.guards import current_actor, current_staff, roles
from registry.accounts.people_forms import InviteForm, RoleForm
from registry.accounts.proving import fresh
from registry.domain.browsers import browser_of
from registry.domain.staff_acts import ROLE_LABELS, ROLE_MEANINGS, STATE_LABELS
from registry.extensions import db
from registry.models import User
from registry.web import now

_MEMBER = f"/people/<int(max={LARGEST_ID}):member>"
_BADGES = {"active": "badge-ok", "invited": "badge-warn", "no_password": "badge-warn"}


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.filters.update(
        role_label=lambda name: _(ROLE_LABELS[name]),
        role_meaning=lambda name: _(ROLE_MEANINGS[name]),
        staff_state=lambda name: _(STATE_LABELS[name]),
        staff_badge=lambda name: _BADGES.get(name, "badge-quiet"),
        browser_label=browser_label,
    )


def browser_label(agent: str) -> str:
    """Browser and system of a User-Agent in plain words."""
    browser, system = browser_of(agent)
    if browser and system:
        return str(_("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(_("A browser that does not say what it is"))


@bp.get("/people")
@roles("admin")
def people_list() -> ResponseReturnValue:
    """Everybody who may sign in, is invited, or could once."""
    return render_template("accounts/people.html", members=listing.members(db.session, now=now()), me=current_staff())


@bp.get("/people/invite")
@roles("admin")
@fresh
def show_invite() -> ResponseReturnValue:
    """Whom to invite."""
    return _invite_page(InviteForm(formdata=None))


@bp.post("/people/invite")
@roles("admin")
@fresh
def invite() -> ResponseReturnValue:
    """Mail an invitation."""
    form = InviteForm()
    if not form.validate_on_submit():
        return _invite_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        user = people.invite(
            db.session, email=form.email.data or "", role=form.role.data, actor=current_actor(), now=now()
        )
    except people.Refused as refused:
        db.session.rollback()
        form.email.errors = [_(str(refused))]
        return _invite_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    db.session.commit()
    flash(_("The invitation is on its way to %(email)s.", email=user.email))
    return redirect(url_for("people.people_list"), HTTPStatus.SEE_OTHER)


@bp.get(_MEMBER)
@roles("admin")
@fresh
def member(member: int) -> ResponseReturnValue:
    """One account, and what may be done to it."""
    return _member_page(member)


@bp.post(f"{_MEMBER}/role")
@roles("admin")
@fresh
def change_role(member: int) -> ResponseReturnValue:
    """Give another role."""
    form = RoleForm()
    if not form.validate_on_submit():
        return _member_page(member, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _done(
        member,
        lambda: people.change_role(db.session, user_id=member, role=form.role.data, actor=current_actor(), now=now()),
        _("The role is changed. It holds from their next click."),
    )


@bp.post(f"{_MEMBER}/invitation")
@roles("admin")
@fresh
def invite_again(member: int) -> ResponseReturnValue:
    """Mail the invitation again."""
    return _done(
        member,
        lambda: people.invite_again(db.session, user_id=member, actor=current_actor(), now=now()),
        _("A new invitation is on its way. Links of earlier ones do not work any more."),
    )


@bp.post(f"{_MEMBER}/invitation/take-back")
@roles("admin")
@fresh
def take_back(member: int) -> ResponseReturnValue:
    """Make the mailed invitation worthless."""
    return _done(
        member,
        lambda: people.take_back(db.session, user_id=member, actor=current_actor(), now=now()),
        _("The invitation is taken back. Its link does not work any more."),
    )


@bp.post(f"{_MEMBER}/deactivate")
@roles("admin")
@fresh
def deactivate(member: int) -> ResponseReturnValue:
    """Let somebody in no more."""
    return _done(
        member,
        lambda: people.deactivate(db.session, user_id=member, actor=current_actor(), now=now()),
        _("The account is deactivated, and all its browsers are signed out. What was done under it stays told."),
    )


@bp.post(f"{_MEMBER}/reactivate")
@roles("admin")
@fresh
def reactivate(member: int) -> ResponseReturnValue:
    """Let somebody in again."""
    return _done(
        member,
        lambda: people.reactivate(db.session, user_id=member, actor=current_actor(), now=now()),
        _("The account is active again."),
    )


@bp.post(f"{_MEMBER}/end-sessions")
@roles("admin")
@fresh
def end_sessions(member: int) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    return _done(
        member,
        lambda: people.end_all_sessions(db.session, user_id=member, actor=current_actor(), now=now()),
        _("All browsers of this account are signed out."),
    )


@bp.post(f"{_MEMBER}/reset-password")
@roles("admin")
@fresh
def reset_password(member: int) -> ResponseReturnValue:
    """End a password, and mail a link to choose another."""
    return _done(
        member,
        lambda: people.reset_password(db.session, user_id=member, actor=current_actor(), now=now()),
        _("The old password does not work any more. A link to choose a new one is on its way."),
    )


@bp.post(f"{_MEMBER}/reset-second-step")
@roles("admin")
@fresh
def reset_second_factor(member: int) -> ResponseReturnValue:
    """Take the second step away, for somebody who lost it."""
    return _done(
        member,
        lambda: people.reset_second_factor(db.session, user_id=member, actor=current_actor(), now=now()),
        _("App, recovery codes, passkeys and password do not work any more. A link to begin anew is on its way."),
    )


def _done(member: int, act: Callable[[], User], told: str) -> ResponseReturnValue:
    try:
        act()
    except NoResultFound:
        abort(HTTPStatus.NOT_FOUND)
    except people.Refused as refused:
        db.session.rollback()
        flash(_(str(refused)), "error")
    else:
        db.session.commit()
        flash(told)
    return redirect(url_for("people.member", member=member), HTTPStatus.SEE_OTHER)


def _invite_page(form: InviteForm, status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
    return render_template("accounts/invite.html", form=form, explanations=_meanings()), status


def _member_page(number: int, form: RoleForm | None = None, status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
    found = listing.member(db.session, number, now=now())
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    page = render_template(
        "accounts/member.html",
        member=found,
        form=form or RoleForm(formdata=None, role=found.role),
        explanations=_meanings(),
        me=current_staff(),
        browsers=listing.browsers(db.session, found.user, now=now()),
    )
    return page, status


def _meanings() -> dict[str, str]:
    return {name: _(meaning) for name, meaning in ROLE_MEANINGS.items()}
