"""The drafts that this browser may open: which they are, going on with one, deleting one."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.domain.workflow import State
from registry.extensions import db
from registry.models import Submission
from registry.registration import answers, browser, deleting, queries, steps
from registry.registration.answers import Answer
from registry.registration.forms import PressForm
from registry.registration.routes import address_of, to, to_start
from registry.web import now


def start() -> str:
    """What is asked, how long it takes, what is shown, and the way in; the drafts that this browser may open."""
    opened = queries.opened_by(db.session, browser.keys())
    drafts = {submission.id: submission for submission in opened.values()}
    gone = set(browser.keys()) - set(opened)
    if gone:
        # Said once.
        browser.let_go(gone)
    return render_template(
        "registration/start.html",
        drafts=[(draft, steps.laboratory_name(draft)) for draft in drafts.values()],
        gone=bool(gone),
        form=PressForm() if drafts else None,
    )


def open_draft() -> Response:
    """Work on one of this browser's drafts, or on a new one beside them."""
    if not request.form.get("open"):
        return redirect(address_of("you", new="yes"), HTTPStatus.SEE_OTHER)
    key, submission = _held(request.form["open"])
    browser.hold(key)
    return to(steps.first_open(db.session, submission) if submission.status is State.DRAFT else "sent")


def show_delete() -> Answer:
    """What is lost, and the button."""
    _key, draft = _held(request.args.get("draft", ""))
    if draft.status not in deleting.DELETABLE:
        return to_start()
    return render_template(
        "registration/delete.html", draft=draft, name=steps.laboratory_name(draft), form=PressForm(formdata=None)
    )


def delete_draft() -> Answer:
    """Delete a draft for everybody who can open it; the second of two clicks finds that it is done."""
    draft = answers.submission_of_browser(lock=True) if request.form.get("of_draft") else None
    if draft is None or draft.status not in deleting.DELETABLE:
        return to_start()
    opened = queries.opened_by(db.session, browser.keys())
    browser.let_go([key for key, submission in opened.items() if submission.id == draft.id])
    deleting.delete_draft(db.session, draft=draft, now=now(), actor_kind="laboratory", note="by its author")
    db.session.commit()
    flash(_("The draft is deleted."), "success")
    return to_start()


def _held(handle: str) -> tuple[str, Submission]:
    """What this browser may open under *handle*, and its key; what it may not is as good as absent."""
    for key, submission in queries.opened_by(db.session, browser.keys()).items():
        if submission.handle == handle:
            return key, submission
    abort(to_start())
