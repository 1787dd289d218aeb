"""Signing in by a mailed link, and what a laboratory's contacts see of its entry."""

from http import HTTPStatus

from flask import flash, redirect, render_template, session, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.directory import listing_queries
from registry.directory.gone import reason_of, successor_of
from registry.directory.listing_views import shown_with
from registry.domain.freshness import due_on
from registry.domain.hiding import HIDING_REASON
from registry.domain.leaving import COMES_BACK, may_come_back
from registry.extensions import db
from registry.registration import browser, confirming, contact_session, lapsing, limits, queries, sign_in
from registry.registration.contact_forms import SignInForm
from registry.registration.forms import PressForm
from registry.registration.link_pages import Answer
from registry.registration.manage_blueprint import bp
from registry.web import now

_ASKED_FOR = "contact_asked"


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        signed_in_as=contact_session.mailbox,
        press_form=lambda: PressForm(formdata=None),
        hiding_explained=hiding_explained,
        is_hidden_for_age=lapsing.is_hidden_for_age,
    )


def hiding_explained(reason: str) -> str:
    """Why an entry is hidden, as the laboratory reads it; empty for a reason that is not ours."""
    return str(_(HIDING_REASON[reason].explanation)) if reason in HIDING_REASON else ""


@bp.get("")
def home() -> str:
    """The form that mails a link; to whoever is signed in, their laboratories and requests."""
    email = contact_session.mailbox()
    if not email:
        return render_template("manage/sign_in.html", form=SignInForm(formdata=None))
    account = sign_in.account_of(db.session, email, now=now())
    return render_template(
        "manage/home.html",
        email=email,
        account=account,
        due_on=due_on,
    )


@bp.post("")
def ask() -> Answer:
    """Mail the link; what is answered does not depend on whether the address is known."""
    form = SignInForm()
    if not form.validate():
        return render_template("manage/sign_in.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not limits.may_mail():
        form.form_errors.append(
            _("Many mails were asked for from your network within the last hour. Please try again later.")
        )
        return render_template("manage/sign_in.html", form=form), HTTPStatus.TOO_MANY_REQUESTS
    form.suspicions()
    email = form.email.data or ""
    sign_in.ask(db.session, email=email, now=now(), limit=limits.mails_a_mailbox(), may_write=not form.is_trapped)
    db.session.commit()
    session[_ASKED_FOR] = email
    return redirect(url_for("manage.asked"), HTTPStatus.SEE_OTHER)


@bp.get("/asked")
def asked() -> Answer:
    """Look into the mailbox."""
    email = session.get(_ASKED_FOR, "")
    if not email:
        return redirect(url_for("manage.home"), HTTPStatus.SEE_OTHER)
    return render_template("manage/asked.html", email=email)


@bp.post("/sign-out")
def sign_out() -> Response:
    """End the session on the server; a change that was begun is kept, but not opened here any more."""
    opened = queries.opened_by(db.session, browser.keys())
    browser.let_go([key for key, draft in opened.items() if draft.kind == "edit"])
    contact_session.end()
    session.pop(_ASKED_FOR, None)
    db.session.commit()
    flash(_("You are signed out."), "success")
    return redirect(url_for("manage.home"), HTTPStatus.SEE_OTHER)


@bp.get("/labs/<slug>")
def lab(slug: str) -> str:
    """The entry as the public sees it, how fresh it is, what waits, and what can be done."""
    found, contact = contact_session.contact_of(slug)
    moment = now()
    days = [(test, found.confirmed_on(test)) for test in found.profile.offerings]
    return render_template(
        "manage/lab.html",
        lab=found,
        confirmable=confirming.may_be_confirmed(found),
        contact=contact,
        freshness=[(test, day, due_on(day)) for test, day in days],
        form=PressForm(formdata=None),
        leaving_words=reason_of(found),
        successor=successor_of(db.session, found),
        back_until=found.left_at + COMES_BACK if found.left_at and may_come_back(found.left_at, moment) else None,
        **shown_with(found, listing_queries.filed(db.session, found.clia_number)),
    )
