"""Beginning to change an entry that is on the list, and going on with it."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.domain.changes import told
from registry.extensions import db
from registry.models import Lab, LabContact, Submission
from registry.registration import browser, contact_session, editing, queries, sending
from registry.registration.answers import Answer
from registry.registration.forms import PressForm
from registry.registration.manage_blueprint import bp
from registry.registration.routes import address_of
from registry.web import now


@bp.get("/labs/<slug>/edit")
def show_edit(slug: str) -> Answer:
    """The question that :func:`edit` asks, in another language or once more; else the entry itself."""
    lab, contact = contact_session.contact_of(slug)
    draft = editing.open_edit(db.session, lab.id)
    if draft is None or lab.state in editing.GONE or editing.belongs_to(db.session, draft, contact.email):
        return redirect(url_for("manage.lab", slug=slug), HTTPStatus.SEE_OTHER)
    return _open_already(lab, draft)


@bp.post("/labs/<slug>/edit")
def edit(slug: str) -> Answer:
    """Open the draft that changes the entry, at the step that ``at`` names; ask before opening a colleague's."""
    lab, contact = contact_session.contact_of(slug, lock=True)
    if lab.state in editing.GONE:
        abort(HTTPStatus.NOT_FOUND)
    draft = editing.open_edit(db.session, lab.id)
    then = request.form.get("then", "")
    if draft is not None and then != "together" and not editing.belongs_to(db.session, draft, contact.email):
        if then != "anew" or request.form.get("revision") != f"{draft.id}:{draft.revision}":
            return _open_already(lab, draft)
        sending.withdraw(db.session, submission=draft, actor=contact.email, now=now())
        flash(_("What %(who)s had begun is thrown away.", who=draft.contact_email), "success")
    answer = open_here(lab, contact, at=request.form.get("at", ""))
    db.session.commit()
    return answer


def open_here(lab: Lab, contact: LabContact, *, at: str = "", key: str = "") -> Response:
    """Let this browser work on the draft that changes the entry, for *contact*; leads to the step that *at* names."""
    waiting = editing.waiting_edit(db.session, lab.id)
    begun = editing.open_edit(db.session, lab.id) or (waiting and editing.being_changed(db.session, waiting))
    key = key_for(begun, contact.email) or key or browser.proposed_key(None)
    draft, opens = editing.start(db.session, lab=lab, contact=contact, key=key, now=now())
    browser.hold(opens)
    step = editing.step_of(draft, lab.profile, at)
    address = address_of(step) if step == "check" else address_of(step, to="check")
    return redirect(address, HTTPStatus.SEE_OTHER)


def key_for(draft: Submission | None, email: str) -> str:
    """The key by which this browser opens *draft* for the mailbox already, or an empty string."""
    if draft is None:
        return ""
    opened = queries.opened_by(db.session, browser.keys())
    held = (key for key, submission in opened.items() if submission.id == draft.id)
    return next((key for key in held if queries.mailbox_of_key(db.session, key) == email), "")


def _open_already(lab: Lab, draft: Submission) -> str:
    started_from = draft.started_from or lab.profile
    return render_template(
        "manage/edit_open.html",
        lab=lab,
        draft=draft,
        at=request.values.get("at", "")[:20],
        changes=told(started_from, draft.profile),
        form=PressForm(formdata=None),
    )
