"""The steps of joining the list, and the pages around them."""

from http import HTTPStatus

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from registry.extensions import db
from registry.language import current_language
from registry.models import Submission
from registry.registration import (
    answers,
    browser,
    check_views,
    drafts_views,
    find_views,
    limits,
    links_views,
    pages,
    queries,
    saving,
    services,
    steps,
    tests_views,
)
from registry.registration.answers import Answer
from registry.registration.forms import ContactForm, LaboratoryForm, YouForm
from registry.web import no_store, now

bp = Blueprint("registration", __name__)
bp.after_request(no_store)
bp.add_url_rule("/links/<token>", "link", links_views.show, methods=["GET"])
bp.add_url_rule("/links/<token>", "spend_link", links_views.spend, methods=["POST"])
bp.add_url_rule("/links/<token>/new", "renew_link", links_views.renew, methods=["POST"])
bp.add_url_rule("/join", "start", drafts_views.start, methods=["GET"])
bp.add_url_rule("/join", "open_draft", drafts_views.open_draft, methods=["POST"])
bp.add_url_rule("/join/delete", "show_delete", drafts_views.show_delete, methods=["GET"])
bp.add_url_rule("/join/delete", "delete_draft", drafts_views.delete_draft, methods=["POST"])
bp.add_url_rule("/join/find", "find", find_views.find, methods=["GET"])
bp.add_url_rule("/join/find", "begin", find_views.begin, methods=["POST"])
bp.add_url_rule(tests_views.TEST_ADDRESS, "show_test", tests_views.show_test, methods=["GET"])
bp.add_url_rule(tests_views.TEST_ADDRESS, "save_test", tests_views.save_test, methods=["POST"])
bp.add_url_rule("/join/tests", "show_tests", tests_views.show_tests, methods=["GET"])
bp.add_url_rule("/join/tests", "change_tests", tests_views.change_tests, methods=["POST"])
bp.add_url_rule("/join/check", "show_check", check_views.show_check, methods=["GET"])
bp.add_url_rule("/join/check", "send", check_views.send, methods=["POST"])
bp.add_url_rule("/join/sent", "sent", check_views.sent, methods=["GET"])
bp.add_url_rule("/join/sent", "after_sending", check_views.after_sending, methods=["POST"])


@bp.get("/join/you")
def show_you() -> str:
    """Who fills in the registration; the first step, so there may be no draft yet."""
    if browser.keys() and "new" not in request.args:
        draft = answers.draft_of_browser()
        return pages.step_page("you", steps.filled(db.session, draft, "you"), draft)
    form = YouForm(formdata=None)
    form.draft_key.data = browser.next_key()
    return pages.step_page("you", form, None)


@bp.post("/join/you")
def save_you() -> Answer:
    """Make the draft when there is none, and keep who fills it in."""
    draft = answers.draft_of_browser(lock=True) if request.form.get("of_draft") else _begun()
    if draft is None:
        form = YouForm()
        form.form_errors.append(
            _("Many registrations were begun from your network within the last hour. Please send this one later.")
        )
        return pages.step_page("you", form, None), HTTPStatus.TOO_MANY_REQUESTS
    form = saving.sent(draft, "you")
    good = form.validate()
    instead = saving.instead(draft, "you", form)
    if instead is not None:
        return instead
    by = answers.editor(draft)
    if good:
        contact = services.Contact(
            name=form.contact_name.data or "",
            email=form.contact_email.data or "",
            role=form.contact_role.data or "",
        )
        services.save_step(db.session, draft=draft, step="you", now=now(), contact=contact, by=by)
    else:
        services.save_step(db.session, draft=draft, step="you", now=now(), unfinished=form.typed(), by=by)
        if form.contact_email.data and not form.contact_email.errors:
            services.keep_email(db.session, draft=draft, email=form.contact_email.data, by=by)
    return answers.saved("you", form, draft, email_given=not form.contact_email.errors)


def _begun() -> Submission | None:
    """The new draft, or the one that the first of two clicks made; None when this sender has begun too many."""
    form = YouForm()
    key = browser.proposed_key(form.draft_key.data)
    draft = queries.submission_of_key(db.session, key, lock=True)
    if draft is None:
        if not limits.may_start_draft():
            return None
        draft = services.start_draft(
            db.session, key=key, language=current_language(), now=now(), flags=form.suspicions()
        )
    browser.hold(key)
    answers.must_be_draft(draft)
    return draft


@bp.get("/join/<any(laboratory, contact):step>")
def show_step(step: str) -> str:
    """A step that fills a part of the profile."""
    draft = answers.draft_of_browser()
    return pages.step_page(step, steps.filled(db.session, draft, step), draft)


@bp.post("/join/<any(laboratory, contact):step>")
def save_step(step: str) -> Answer:
    """Keep a part of the profile, or what was typed of it."""
    draft = answers.draft_of_browser(lock=True)
    form = saving.sent(draft, step)
    good = form.validate()
    instead = saving.instead(draft, step, form)
    if instead is not None:
        return instead
    by = answers.editor(draft)
    if good and isinstance(form, LaboratoryForm | ContactForm):
        profile = form.write(draft.profile)
        note = (form.note.data or "") if isinstance(form, LaboratoryForm) else None
        services.save_step(db.session, draft=draft, step=step, now=now(), profile=profile, note=note, by=by)
    else:
        services.save_step(db.session, draft=draft, step=step, now=now(), unfinished=form.typed(), by=by)
    return answers.saved(step, form, draft)


@bp.get("/join/saved")
def saved() -> Answer:
    """The draft is kept and its link is mailed."""
    return render_template("registration/saved.html", draft=answers.draft_of_browser())
