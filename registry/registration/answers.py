"""What every step of the registration does with an answer: whose draft it is, what follows, the end for today."""

from http import HTTPStatus

from flask import abort, request
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from registry.domain.workflow import State
from registry.extensions import db
from registry.language import current_language
from registry.models import Submission
from registry.registration import browser, limits, link_mail, pages, queries, services, steps
from registry.registration.routes import to, to_start
from registry.registration.services import Editor
from registry.registration.step_form import StepForm
from registry.web import now

Answer = str | Response | tuple[str, int]


def submission_of_browser(*, lock: bool = False) -> Submission | None:
    """What the sent form is about, of all that this browser may open; without a form, what it works on.

    A page may be older than the browser's last change from one draft to another: its form says which it is of.
    """
    wanted = request.form.get("of_draft", "")
    if not wanted:
        return queries.submission_of_key(db.session, browser.key(), lock=lock)
    for key, submission in queries.opened_by(db.session, browser.keys()).items():
        if submission.handle == wanted:
            if request.form.get("then") != "autosave":
                browser.hold(key)
            return _locked(submission) if lock else submission
    return None


def draft_of_browser(*, lock: bool = False) -> Submission:
    """As :func:`submission_of_browser`, a draft; without one the answer leads to where it can go on."""
    draft = submission_of_browser(lock=lock)
    if draft is None:
        abort(to_start())
    must_be_draft(draft)
    if lock and draft.kind == "new":
        # Its mails are in the language of whoever writes on; a change of an entry has that of its contact.
        draft.language = current_language()
    return draft


def must_be_draft(submission: Submission) -> None:
    """A submission that was sent can only be looked at."""
    if submission.status is not State.DRAFT:
        abort(to("sent"))


def editor(draft: Submission) -> Editor:
    """Who writes into *draft* from this browser."""
    own = queries.opened_by(db.session, browser.keys())
    key = next((key for key, submission in own.items() if submission.id == draft.id), "")
    return Editor(key=key, email=queries.mailbox_of_key(db.session, key))


def saved(step: str, form: StepForm, draft: Submission, *, email_given: bool = True) -> Answer:
    """Commit the step and answer: the page with its errors, the next step, or the end for today."""
    if request.form.get("then") == "later" and email_given:
        return finish_later(draft)
    db.session.commit()
    if form.errors:
        return pages.step_page(step, form, draft), HTTPStatus.UNPROCESSABLE_ENTITY
    if request.args.get("to") == "check":
        return to("check")
    return to("tests" if steps.position_of(step) is not None else steps.NEXT[step])


def finish_later(draft: Submission) -> Response:
    """Keep the draft and mail the link to go on; without an address ask for one first."""
    if not draft.contact_email:
        services.save_step(
            db.session, draft=draft, step="you", now=now(), unfinished=steps.typed(draft, "you"), by=editor(draft)
        )
        db.session.commit()
        return to("you")
    # A change of an entry is gone on with from the page of the entry.
    if draft.kind != "edit" and limits.may_mail():
        link_mail.mail_link(db.session, submission=draft, now=now(), limit=limits.mails_a_mailbox())
    db.session.commit()
    return to("saved")


def _locked(submission: Submission) -> Submission | None:
    try:
        return queries.locked_submission(db.session, submission.id)
    except NoResultFound:
        # Somebody deleted it this very moment.
        return None
