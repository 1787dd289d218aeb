"""A request as its sender and the laboratory's contacts see it: follow, change, withdraw."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.domain.workflow import State
from registry.extensions import db
from registry.models import Lab, Submission
from registry.registration import browser, contact_session, contacts, editing, remarks, requesting, sending
from registry.registration.answers import Answer
from registry.registration.editing_views import key_for
from registry.registration.forms import PressForm
from registry.registration.manage_blueprint import bp
from registry.registration.representations import sections
from registry.registration.routes import to
from registry.registration.services import open_for
from registry.transitions import Conflict
from registry.web import now

ADDRESS = "/requests/<int:number>"


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        pending_of=lambda lab: requesting.pending_of(db.session, lab, now=now()),
        changes_told=requesting.changes_told,
        in_order=remarks.in_order,
    )


@bp.get(ADDRESS)
def request_page(number: int) -> str:
    """What was asked, since when it waits, what it changes, and what can be done."""
    return _page(_asked(number))


@bp.post(ADDRESS)
def change_request(number: int) -> Answer:
    """Open the request for another version of it, or withdraw it."""
    found = _asked(number)
    if found.lab_id is not None and found.kind == "edit":
        contacts.locked(db.session, found.lab_id)
        db.session.expire_all()
        # The right to speak may have ended while this waited.
        found = _asked(number)
    else:
        db.session.refresh(found, with_for_update=True)
    then = request.form.get("then")
    if then == "change" and requesting.may_change(found):
        return _open(found)
    if then == "withdraw":
        return _withdraw(found)
    return redirect(url_for("manage.request_page", number=number), HTTPStatus.SEE_OTHER)


def _asked(number: int) -> Submission:
    found = requesting.request_of(db.session, number, contact_session.required())
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _page(found: Submission, *, moved_on: bool = False) -> str:
    lab = db.session.get(Lab, found.lab_id) if found.lab_id is not None and found.kind != "claim" else None
    return render_template(
        "manage/request.html",
        submission=found,
        lab=lab,
        moved_on=moved_on,
        newer=sending.newer(db.session, found),
        being_changed=editing.being_changed(db.session, found),
        sections=[section for section in sections(found) if section.public] if found.kind == "new" else [],
        may_change=requesting.may_change(found),
        may_withdraw=found.status in requesting.WITHDRAWABLE,
        form=PressForm(formdata=None),
    )


def _open(found: Submission) -> Response:
    email = contact_session.required()
    begun = found if found.status is State.DRAFT else editing.being_changed(db.session, found)
    key = key_for(begun, email) or browser.proposed_key(None)
    if found.status is State.DRAFT:
        key = open_for(db.session, draft=found, key=key, email=email, now=now())
    else:
        key = sending.revise(db.session, submission=found, key=key, now=now(), email=email)[1]
    browser.hold(key)
    db.session.commit()
    return to("check")


def _withdraw(found: Submission) -> Answer:
    number = found.id
    try:
        sending.withdraw(db.session, submission=found, actor=contact_session.required(), now=now())
    except Conflict:
        db.session.rollback()
        return _page(_asked(number), moved_on=True), HTTPStatus.CONFLICT
    db.session.commit()
    flash(_("Withdrawn. Nobody decides on it any more."), "success")
    return redirect(url_for("manage.request_page", number=number), HTTPStatus.SEE_OTHER)
