"""Leaving the list: say why and when, look at what follows, do it; take it back; come back."""

from datetime import timedelta
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.directory import listing_queries
from registry.directory.listing_views import shown_with
from registry.domain.leaving import COMES_BACK, LEAVING_REASON, may_come_back
from registry.extensions import db
from registry.models import Lab
from registry.registration import contact_session, contacts, leaving
from registry.registration.forms import PressForm
from registry.registration.leaving import NotPossible, NumberTaken, Plan
from registry.registration.leaving_form import LeaveForm
from registry.registration.link_pages import Answer
from registry.registration.manage_blueprint import bp
from registry.web import now

_PROBABLY_TODAY = timedelta(days=1)
"""How far the day of the westernmost laboratory lies behind ours."""


@bp.get("/labs/<slug>/leave")
def leave(slug: str) -> Answer:
    """Why, when, and who takes the place."""
    lab, _contact = contact_session.contact_of(slug)
    if lab.state not in leaving.ON_THE_LIST or lab.leaving_on is not None:
        return _to_lab(slug)
    return render_template("manage/leave.html", lab=lab, form=LeaveForm(formdata=None))


@bp.post("/labs/<slug>/leave")
def decide_to_leave(slug: str) -> Answer:
    """Show what follows from the answers; or, when that was looked at, do it."""
    lab, contact = contact_session.contact_of(slug, lock=True)
    form, moment, then = LeaveForm(), now(), request.form.get("then")
    good = form.validate_at((moment - _PROBABLY_TODAY).date())
    successor = form.settle(leaving.successors(db.session, form.successor.data or "", own=lab)) if good else None
    if form.errors or then == "change":
        return render_template("manage/leave.html", lab=lab, form=form), _status(form, then)
    if then != "leave":
        return _what_follows(lab, form, successor)
    plan = Plan(reason=form.reason.data, note=form.note.data or "", successor=successor)
    try:
        if form.day.data is None:
            leaving.leave_now(db.session, lab=lab, plan=plan, by=contact.email, now=moment)
        else:
            leaving.leave_on(db.session, lab=lab, day=form.day.data, plan=plan, by=contact.email, now=moment)
    except NotPossible:
        return _changed_meanwhile(slug)
    leaves_on, name = lab.leaving_on, lab.name
    db.session.commit()
    if leaves_on is None:
        flash(_("%(laboratory)s has left the list.", laboratory=name), "success")
    else:
        day = format_date(leaves_on, "long")
        flash(_("%(laboratory)s leaves the list on %(day)s.", laboratory=name, day=day), "success")
    return _to_lab(slug)


@bp.post("/labs/<slug>/stay")
def stay(slug: str) -> Response:
    """Take back that the laboratory leaves on a day."""
    lab, contact = contact_session.contact_of(slug, lock=True)
    try:
        leaving.cancel(db.session, lab=lab, by=contact.email, now=now())
    except NotPossible:
        return _changed_meanwhile(slug)
    name = lab.name
    db.session.commit()
    flash(_("%(laboratory)s stays on the list.", laboratory=name), "success")
    return _to_lab(slug)


@bp.get("/labs/<slug>/come-back")
def show_come_back(slug: str) -> Answer:
    """The entry as it was, and the button that brings it back."""
    lab, _contact = contact_session.contact_of(slug)
    if lab.state != "withdrawn" or not may_come_back(lab.left_at, now()):
        return _to_lab(slug)
    return _come_back_page(lab, leaving.number_taken(db.session, lab))


@bp.post("/labs/<slug>/come-back")
def come_back(slug: str) -> Answer:
    """Bring the entry back, and ask whether it is still right."""
    lab, contact = contact_session.contact_of(slug, lock=True)
    try:
        leaving.come_back(db.session, lab=lab, by=contact.email, now=now())
    except NotPossible:
        return _changed_meanwhile(slug)
    except NumberTaken as taken:
        page = _come_back_page(lab, taken.other)
        db.session.rollback()
        return page, HTTPStatus.CONFLICT
    name = lab.name
    db.session.commit()
    flash(_("%(laboratory)s is back on the list. Is its entry still right?", laboratory=name), "success")
    return redirect(url_for("manage.confirm", slug=slug), HTTPStatus.SEE_OTHER)


def _what_follows(lab: Lab, form: LeaveForm, successor: Lab | None) -> str:
    return render_template(
        "manage/leave_check.html",
        lab=lab,
        form=form,
        successor=successor,
        public_words=_(LEAVING_REASON[form.reason.data].explanation),
        told=[contact.email for contact in contacts.speaking(db.session, lab.id)],
        days=COMES_BACK.days,
        typed=[
            (name, value)
            for name, value in (
                ("reason", form.reason.data),
                ("note", form.note.data),
                ("when", form.when.data),
                ("day", form.day.data.isoformat() if form.day.data else ""),
                # What was chosen, and not what may mean something else in a moment.
                ("successor", successor.slug if successor is not None else ""),
            )
            if value
        ],
    )


def _come_back_page(lab: Lab, taken_by: Lab | None) -> str:
    return render_template(
        "manage/come_back.html",
        lab=lab,
        taken_by=taken_by,
        form=PressForm(formdata=None),
        **shown_with(lab, listing_queries.filed(db.session, lab.clia_number)),
    )


def _status(form: LeaveForm, then: str | None) -> HTTPStatus:
    return HTTPStatus.OK if then == "change" and not form.errors else HTTPStatus.UNPROCESSABLE_ENTITY


def _changed_meanwhile(slug: str) -> Response:
    db.session.rollback()
    flash(_("Something changed meanwhile. This is how the entry stands now."), "error")
    return _to_lab(slug)


def _to_lab(slug: str) -> Response:
    return redirect(url_for("manage.lab", slug=slug), HTTPStatus.SEE_OTHER)
