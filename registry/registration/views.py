"""The steps of joining the list, and the pages around them."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.domain.profile import MAX_OFFERINGS
from registry.domain.workflow import State
from registry.extensions import db
from registry.language import current_language
from registry.models import Submission
from registry.registration import browser, limits, link_mail, links_views, pages, queries, services, steps
from registry.registration.forms import CheckForm, ContactForm, LaboratoryForm, PressForm, YouForm
from registry.registration.offering_form import OfferingForm
from registry.registration.routes import to, to_start
from registry.registration.step_form import StepForm
from registry.transitions import Conflict
from registry.web import no_store, now

bp = Blueprint("registration", __name__)
bp.after_request(no_store)
bp.add_url_rule("/links/<token>", "link", links_views.show, methods=["GET"])
bp.add_url_rule("/links/<token>", "spend_link", links_views.spend, methods=["POST"])
bp.add_url_rule("/links/<token>/new", "renew_link", links_views.renew, methods=["POST"])

Answer = str | Response | tuple[str, int]


@bp.get("/join")
def start() -> str:
    """What is asked, how long it takes, what is shown, and the way in."""
    draft = queries.submission_of_key(db.session, browser.key())
    moved = draft is None and bool(browser.key())
    return render_template(
        "registration/start.html", draft=draft, moved=moved, form=PressForm() if browser.key() else None
    )


@bp.post("/join")
def start_another() -> Response:
    """Let go of this browser's draft, and begin with an empty one."""
    browser.let_go()
    return to("you")


@bp.get("/join/you")
def show_you() -> str:
    """Who fills in the registration; the first step, so there may be no draft yet."""
    draft = queries.submission_of_key(db.session, browser.key())
    if draft is None:
        if browser.key():
            abort(to_start())
        form = YouForm(formdata=None)
        form.draft_key.data = browser.proposed_key(None)
        return pages.step_page("you", form, None)
    _must_be_draft(draft)
    return pages.step_page("you", steps.filled(db.session, draft, "you"), draft)


@bp.post("/join/you")
def save_you() -> Answer:
    """Make the draft when there is none, and keep who fills it in."""
    form = YouForm()
    key = browser.key() or browser.proposed_key(form.draft_key.data)
    draft = queries.submission_of_key(db.session, key, lock=True)
    if draft is None:
        if browser.key():
            return to_start()
        limits.count_draft()
        draft = services.start_draft(db.session, key=key, language=current_language(), now=now())
    browser.hold(key)
    _must_be_draft(draft)
    if form.validate():
        contact = services.Contact(
            name=form.contact_name.data or "",
            email=form.contact_email.data or "",
            role=form.contact_role.data or "",
        )
        services.save_step(db.session, draft=draft, step="you", now=now(), contact=contact)
    else:
        services.save_step(db.session, draft=draft, step="you", now=now(), unfinished=form.typed())
        if form.contact_email.data and not form.contact_email.errors:
            services.keep_email(draft=draft, email=form.contact_email.data, now=now())
    return _saved("you", form, draft, email_given=not form.contact_email.errors)


@bp.get("/join/<any(laboratory, contact):step>")
def show_step(step: str) -> str:
    """A step that fills a part of the profile."""
    draft = _draft()
    return pages.step_page(step, steps.filled(db.session, draft, step), draft)


@bp.post("/join/<any(laboratory, contact):step>")
def save_step(step: str) -> Answer:
    """Keep a part of the profile, or what was typed of it."""
    draft = _draft(lock=True)
    form = steps.form_of(step)()
    steps.bind(db.session, form, draft, step)
    if form.validate() and isinstance(form, LaboratoryForm | ContactForm):
        services.save_step(db.session, draft=draft, step=step, now=now(), profile=form.write(draft.profile))
    else:
        services.save_step(db.session, draft=draft, step=step, now=now(), unfinished=form.typed())
    return _saved(step, form, draft)


@bp.get(f"/join/test-<int(min=1, max={MAX_OFFERINGS}):number>")
def show_test(number: int) -> str:
    """One HER2 test: one that was entered, or the next."""
    draft = _draft()
    _must_be_reachable(draft, number)
    return pages.step_page(f"test-{number}", steps.filled(db.session, draft, f"test-{number}"), draft)


@bp.post(f"/join/test-<int(min=1, max={MAX_OFFERINGS}):number>")
def save_test(number: int) -> Answer:
    """Keep one HER2 test."""
    draft = _draft(lock=True)
    _must_be_reachable(draft, number)
    form = OfferingForm()
    form.validate()
    place = _place_of(form, draft, number)
    step = f"test-{place}"
    steps.bind(db.session, form, draft, step)
    good = form.validate()
    services.save_test(
        db.session,
        draft=draft,
        position=place - 1,
        now=now(),
        offering=form.offering() if good else None,
        unfinished=None if good else form.typed(),
    )
    if place != number and not good:
        db.session.commit()
        return to(step)
    return _saved(step, form, draft)


@bp.get("/join/tests")
def show_tests() -> Answer:
    """The tests entered so far."""
    draft = _draft()
    if not draft.profile.offerings:
        return to("test-1")
    return pages.list_page(draft)


@bp.post("/join/tests")
def change_tests() -> Answer:
    """Remove a test, or go on."""
    draft = _draft(lock=True)
    position, _colon, revision = request.form.get("remove", "").partition(":")
    at = steps.position_of(f"test-{position}")
    if at is not None:
        # A second click names a state of the list that is gone.
        if revision == str(draft.revision) and at < len(draft.profile.offerings):
            name = steps.test_name(draft, at)
            services.remove_test(draft=draft, position=at, now=now())
            db.session.commit()
            flash(_("Removed: %(name)s", name=name) if name else _("The test was removed."), "success")
        return to("tests")
    if request.form.get("then") == "later":
        return _finish_later(draft)
    if not draft.profile.offerings:
        return to("test-1")
    if any(left.step.startswith("test") for left in steps.missing(db.session, draft)):
        return pages.list_page(draft, incomplete=True), HTTPStatus.UNPROCESSABLE_ENTITY
    return to("check" if request.args.get("to") == "check" else "contact")


@bp.get("/join/check")
def show_check() -> str:
    """Everything as it will be shown, what is missing, and the button that sends it."""
    return pages.check_page(_draft(), CheckForm(formdata=None))


@bp.post("/join/check")
def send() -> Answer:
    """Send what was shown."""
    draft = _draft(lock=True)
    if request.form.get("then") == "later":
        return _finish_later(draft)
    form = CheckForm()
    if not form.validate() or steps.missing(db.session, draft):
        return pages.check_page(draft, form), HTTPStatus.UNPROCESSABLE_ENTITY
    shown = form.revision.data or ""
    if shown != str(draft.revision):
        return pages.check_page(draft, form, changed=True), HTTPStatus.CONFLICT
    limits.count_mail()
    try:
        services.send(db.session, draft=draft, revision=draft.revision, now=now(), limit=limits.mails_a_mailbox())
    except Conflict:
        db.session.rollback()
        return to("sent")
    db.session.commit()
    return to("sent")


@bp.get("/join/sent")
def sent() -> Answer:
    """What happens now: look into the mailbox, or wait for the moderator."""
    submission = queries.submission_of_key(db.session, browser.key())
    if submission is None:
        return to_start()
    if submission.status is State.DRAFT:
        return to("check")
    return render_template("registration/sent.html", submission=submission, State=State, form=PressForm())


@bp.post("/join/sent")
def after_sending() -> Answer:
    """Mail the link again, or take the registration back to change the address."""
    submission = queries.submission_of_key(db.session, browser.key(), lock=True)
    if submission is None:
        return to_start()
    if submission.status is not State.AWAITING_EMAIL:
        return to("sent")
    if request.form.get("then") == "change":
        services.reopen(db.session, submission=submission, now=now())
        db.session.commit()
        return to("you")
    if limits.may_mail():
        link_mail.mail_link(db.session, submission=submission, now=now(), limit=limits.mails_a_mailbox())
    db.session.commit()
    flash(_("If your mailbox did not have several mails from us already, another one is on its way."), "success")
    return to("sent")


@bp.get("/join/saved")
def saved() -> Answer:
    """The draft is kept and its link is mailed."""
    return render_template("registration/saved.html", draft=_draft())


def _draft(*, lock: bool = False) -> Submission:
    """This browser's draft; without one the answer leads to where it can go on."""
    draft = queries.submission_of_key(db.session, browser.key(), lock=lock)
    if draft is None:
        abort(to_start())
    _must_be_draft(draft)
    return draft


def _must_be_draft(submission: Submission) -> None:
    if submission.status is not State.DRAFT:
        abort(to("sent"))


def _must_be_reachable(draft: Submission, number: int) -> None:
    if number > len(draft.profile.offerings) + 1:
        abort(to("tests"))


def _place_of(form: OfferingForm, draft: Submission, number: int) -> int:
    """Where a typed test belongs: the place it was shown for, or the next when another window took it."""
    offerings = draft.profile.offerings
    if form.place_was.data != "empty" or not number <= len(offerings) < MAX_OFFERINGS:
        return number
    typed, offering = form.typed(), form.offering()
    for place, other in enumerate(offerings, start=1):
        # The second of two clicks: it is there already.
        if other == offering or draft.unfinished.get(f"test-{place}") == typed:
            return place
    return len(offerings) + 1


def _saved(step: str, form: StepForm, draft: Submission, *, email_given: bool = True) -> Answer:
    """Commit the step and answer: the page with its errors, the next step, or the end for today."""
    if request.form.get("then") == "later" and email_given:
        return _finish_later(draft)
    db.session.commit()
    if form.errors:
        return pages.step_page(step, form, draft), HTTPStatus.UNPROCESSABLE_ENTITY
    if request.args.get("to") == "check":
        return to("check")
    return to("tests" if steps.position_of(step) is not None else steps.NEXT[step])


def _finish_later(draft: Submission) -> Response:
    if not draft.contact_email:
        services.save_step(db.session, draft=draft, step="you", now=now(), unfinished=draft.unfinished.get("you", {}))
        db.session.commit()
        return to("you")
    if limits.may_mail():
        link_mail.mail_link(db.session, submission=draft, now=now(), limit=limits.mails_a_mailbox())
    db.session.commit()
    return to("saved")
