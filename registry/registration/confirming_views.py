"""Saying once a year that an entry is still right: from the mail's link, or signed in."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField

from registry import links
from registry.domain.freshness import due_on
from registry.domain.profile import MAX_OFFERINGS
from registry.domain.workflow import State
from registry.extensions import db
from registry.models import Lab, LabContact, OneUseLink
from registry.registration import browser, confirming, contact_session, link_pages, queries
from registry.registration.confirming import Confirmed, Shown
from registry.registration.editing_views import open_here
from registry.registration.link_pages import Answer
from registry.registration.manage_blueprint import bp
from registry.registration.representations import contact_facts, laboratory_facts
from registry.registration.routes import to
from registry.web import now

SECOND_CLICK = timedelta(minutes=1)
"""For how long a link that was just pressed thanks whoever presses it again, whatever their cookie says."""

_PRESSED = "confirmed_by_link"


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """What was shown; which tests are right, and which part is not, are buttons and boxes of the page."""

    entry = HiddenField()
    draft_key = HiddenField()

    @property
    def shown(self) -> Shown:
        """What stood on the page that was sent."""
        return Shown(self.entry.data or "", tuple(request.form.getlist("shown")[:MAX_OFFERINGS]))

    @property
    def right(self) -> set[str]:
        """The tests that were found right: all that were shown, or those that are ticked."""
        if request.form.get("then") == "all":
            return set(self.shown.tests)
        return set(request.form.getlist("right")[:MAX_OFFERINGS])


@bp.get("/labs/<slug>/confirm")
def confirm(slug: str) -> Answer:
    """The entry test by test, each with its last confirmation; after a press, the thanks."""
    lab, contact = contact_session.contact_of(slug)
    if not confirming.may_be_confirmed(lab):
        return _to_lab(lab)
    if "thanks" in request.args:
        return render_template("manage/confirm_thanks.html", **_standing(lab), signed_in=True)
    return _page("manage/confirm.html", lab, contact, ConfirmForm(formdata=None))


@bp.post("/labs/<slug>/confirm")
def save_confirm(slug: str) -> Answer:
    """Note what was found right, or lead to what is not."""
    lab, contact = contact_session.contact_of(slug, lock=True)
    if not confirming.may_be_confirmed(lab):
        return _to_lab(lab)
    form = ConfirmForm()
    refused = _refusal(form)
    if refused:
        return _page("manage/confirm.html", lab, contact, form, refused=refused), HTTPStatus.UNPROCESSABLE_ENTITY
    done = _confirm(lab, contact, form)
    if "change" in request.form:
        return _change(lab, contact, form)
    db.session.commit()
    if done.changed:
        return _page("manage/confirm.html", lab, contact, form, done=done), HTTPStatus.CONFLICT
    return redirect(url_for("manage.confirm", slug=slug, thanks="yes"), HTTPStatus.SEE_OTHER)


def show_link(link: OneUseLink) -> Answer:
    """As :func:`confirm`, for whoever holds the mail's link."""
    lab, contact = _about(link)
    if not confirming.may_be_confirmed(lab):
        return link_pages.dead(link, state=links.LinkState.REVOKED)
    return _page("manage/confirm_link.html", lab, contact, ConfirmForm(formdata=None))


def spend_link(link: OneUseLink) -> Answer:
    """As :func:`save_confirm`. The link is spent by what does its work; not by a page that has to be read again."""
    lab, contact = _about(link)
    if not confirming.may_be_confirmed(lab):
        return link_pages.dead(link, state=links.LinkState.REVOKED)
    form = ConfirmForm()
    refused = _refusal(form)
    if refused:
        page = _page("manage/confirm_link.html", lab, contact, form, refused=refused)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    change = "change" in request.form
    if not change and form.shown.entry != lab.profile.digest:
        done = _confirm(lab, contact, form)
        db.session.commit()
        return _page("manage/confirm_link.html", lab, contact, form, done=done), HTTPStatus.CONFLICT
    if not links.spend(db.session, link, now=now()):
        return used_link(link)
    _confirm(lab, contact, form)
    if change:
        return _change(lab, contact, form)
    session[_PRESSED] = link.id
    db.session.commit()
    return redirect(request.path, HTTPStatus.SEE_OTHER)


def used_link(link: OneUseLink) -> Answer:
    """The same thanks, to the browser that pressed it; or the draft that it opened there."""
    draft = queries.submission_of_key(db.session, ConfirmForm().draft_key.data or "")
    lab, _contact = _about(link)
    if draft is not None and draft.kind == "edit" and draft.lab_id == lab.id:
        browser.hold(ConfirmForm().draft_key.data or "")
        return to("check" if draft.status is State.DRAFT else "sent")
    just_now = request.method == "POST" and link.used_at is not None and now() - link.used_at < SECOND_CLICK
    if session.get(_PRESSED) != link.id and not just_now:
        return link_pages.dead(link)
    return render_template("manage/confirm_link_thanks.html", **_standing(lab), signed_in=False)


def _about(link: OneUseLink) -> tuple[Lab, LabContact]:
    contact = db.session.get_one(LabContact, link.contact_id)
    return db.session.get_one(Lab, contact.lab_id), contact


def _refusal(form: ConfirmForm) -> str:
    if not form.validate():
        # Only the token can be wrong, and that is refused before; the page is shown again all the same.
        return _("Please press the button again.")
    if "change" in request.form or request.form.get("then") == "all":
        return ""
    if request.form.get("then") != "ticked" or not form.right:
        return _("Tick the tests that are right, or say that everything is.")
    return ""


def _confirm(lab: Lab, contact: LabContact, form: ConfirmForm) -> Confirmed:
    return confirming.confirm(db.session, lab=lab, actor=contact.email, shown=form.shown, right=form.right, now=now())


def _change(lab: Lab, contact: LabContact, form: ConfirmForm) -> Response:
    at = request.form.get("change", "")
    answer = open_here(lab, contact, at=at, key=browser.proposed_key(form.draft_key.data))
    db.session.commit()
    return answer


def _page(
    template: str,
    lab: Lab,
    contact: LabContact,
    form: ConfirmForm,
    *,
    refused: str = "",
    done: Confirmed | None = None,
) -> str:
    """The page; *refused* is why what was sent did nothing, *done* what it did where the entry was another."""
    ticked = form.right if refused else set()
    form.entry.data = lab.profile.digest
    form.draft_key.data = browser.proposed_key(form.draft_key.data)
    return render_template(
        template,
        **_standing(lab),
        contact=contact,
        form=form,
        refused=refused,
        done=done,
        ticked=ticked,
        about_laboratory=laboratory_facts(lab.profile),
        about_contact=contact_facts(lab.profile),
    )


def _standing(lab: Lab) -> dict[str, Any]:
    """The entry and the day on which each of its tests was last confirmed."""
    profile = lab.profile
    return {
        "lab": lab,
        "profile": profile,
        "tests": [(test, lab.confirmed_on(test)) for test in profile.offerings],
        "due": due_on(lab.last_confirmed),
        "today": now().date(),
    }


def _to_lab(lab: Lab) -> Response:
    return redirect(url_for("manage.lab", slug=lab.slug), HTTPStatus.SEE_OTHER)
