"""Mailed links: looking shows what a press will do, the press does it once."""

from http import HTTPStatus

from flask import abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from registry import links
from registry.domain.workflow import State
from registry.extensions import db
from registry.links import Purpose
from registry.registration import browser, limits, link_mail, queries, spending, steps
from registry.registration.forms import PressForm
from registry.registration.routes import to
from registry.web import now

LONGEST_TOKEN = 100
_JUST_CONFIRMED = "just_confirmed"

Answer = str | Response | tuple[str, int]


def show(token: str) -> Answer:
    """What the link is for, and the button; spends nothing."""
    found = _standing(token)
    if found.confirmed_already:
        # Kept until the next link: a reload still thanks.
        first = session.get(_JUST_CONFIRMED) == found.submission.id
        return render_template("registration/links/confirmed.html", submission=found.submission, first=first)
    if not found.works:
        return _dead(found)
    form = PressForm(formdata=None)
    form.draft_key.data = links.new_secret()
    return render_template(f"registration/links/{found.purpose.value}.html", form=form, submission=found.submission)


def spend(token: str) -> Answer:
    """Do what the link is for."""
    found = _standing(token, lock=True)
    form = PressForm()
    key = spending.spend(db.session, found=found, key=browser.proposed_key(form.draft_key.data), now=now())
    if key is None:
        return _pressed_again(found, form.draft_key.data or "")
    if key:
        browser.hold(key)
        draft = queries.submission_of_key(db.session, key)
        step = "check" if found.purpose is Purpose.REVISE or draft is None else steps.first_open(db.session, draft)
        db.session.commit()
        return to(step)
    session[_JUST_CONFIRMED] = found.submission.id
    db.session.commit()
    return redirect(url_for("registration.link", token=token), HTTPStatus.SEE_OTHER)


def renew(token: str) -> Answer:
    """Mail a new link to the mailbox of an old one; the answer is the same whatever became of it."""
    found = spending.standing(db.session, token[:LONGEST_TOKEN], now=now(), lock=True)
    limits.count_mail()
    if found is not None and found.renewable:
        link_mail.mail_link(db.session, submission=found.submission, now=now(), limit=limits.mails_a_mailbox())
    db.session.commit()
    return render_template("registration/links/renewed.html")


def _standing(token: str, *, lock: bool = False) -> spending.Standing:
    found = None
    if len(token) <= LONGEST_TOKEN:
        found = spending.standing(db.session, token, now=now(), lock=lock)
    if found is None:
        page = render_template("registration/links/unknown.html")
        abort(Response(page, HTTPStatus.NOT_FOUND, mimetype="text/html"))
    return found


def _pressed_again(found: spending.Standing, key: str) -> Answer:
    """The second of two clicks leads where the first one did; everybody else meets a dead link."""
    if found.confirmed_already:
        return redirect(request.path, HTTPStatus.SEE_OTHER)
    draft = queries.submission_of_key(db.session, key)
    if draft is not None and found.submission.id in (draft.id, draft.revises_id):
        browser.hold(key)
        return to("check" if draft.status is State.DRAFT else "sent")
    return _dead(found)


def _dead(found: spending.Standing) -> Answer:
    own = queries.submission_of_key(db.session, browser.key())
    here = own is not None and found.submission.id in (own.id, own.revises_id)
    page = render_template(
        "registration/links/dead.html",
        found=found,
        here=here,
        form=PressForm(formdata=None),
        renew=url_for("registration.renew_link", token=request.view_args["token"]) if request.view_args else "",
    )
    return page, HTTPStatus.GONE
