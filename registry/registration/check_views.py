"""The last look before something is sent, and what can be done with it after."""

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from registry.domain.workflow import State
from registry.extensions import begin_writing, db
from registry.models import Lab, Submission
from registry.registration import (
    answers,
    browser,
    check_pages,
    confirming,
    contacts,
    editing,
    limits,
    link_mail,
    queries,
    sending,
    steps,
)
from registry.registration.answers import Answer
from registry.registration.check_forms import CheckForm, EditCheckForm, choice_form
from registry.registration.confirming import Shown
from registry.registration.editing import Meanwhile
from registry.registration.editing_views import key_for
from registry.registration.forms import PressForm
from registry.registration.routes import to, to_start
from registry.transitions import Conflict
from registry.web import now


def show_check() -> Answer:
    """Everything as it will be shown, what is missing, and the button that sends it.

    What changed on the list since the draft was begun is taken over now: what is shown is what is sent.
    """
    draft = answers.draft_of_browser()
    if not editing.moved(db.session, draft):
        return _page(draft, editing.catch_up(db.session, draft=draft, now=now()))
    # This request has read already; a transaction that writes has to say so before.
    db.session.rollback()
    begin_writing(db.session)
    draft = _locked_draft()
    meanwhile = editing.catch_up(db.session, draft=draft, now=now())
    db.session.commit()
    return _page(draft, meanwhile)


def send() -> Answer:
    """Send what was shown; or keep it for later, or bring it up to the entry as it is."""
    draft = _locked_draft()
    then = request.form.get("then")
    if then == "later":
        return answers.finish_later(draft)
    if then == "choose":
        return _choose(draft)
    before = editing.seen(db.session, draft)
    meanwhile = editing.catch_up(db.session, draft=draft, now=now())
    form = check_pages.form_of(draft)
    if meanwhile.approved or meanwhile.taken or form.seen.data != before:
        db.session.commit()
        return _page(draft, meanwhile, again=True), HTTPStatus.CONFLICT
    nothing = bool(check_pages.same_as(draft))
    if not form.validate() or steps.missing(db.session, draft) or nothing or not meanwhile.may_send:
        return _page(draft, meanwhile, form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.revision.data != str(draft.revision):
        return _page(draft, meanwhile, form=form, changed=True), HTTPStatus.CONFLICT
    limits.count_mail()
    sender = answers.editor(draft).email or draft.contact_email
    try:
        sending.send(
            db.session,
            draft=draft,
            revision=draft.revision,
            now=now(),
            sender=sender,
            limit=limits.mails_a_mailbox(),
        )
    except Conflict:
        db.session.rollback()
        return to("sent")
    except sending.Silenced:
        db.session.rollback()
        return redirect(url_for("manage.home"), HTTPStatus.SEE_OTHER)
    if isinstance(form, EditCheckForm) and "rest_right" in form and form.rest_right.data:
        _confirm_the_rest(draft, sender)
    db.session.commit()
    return to("sent")


def sent() -> Answer:
    """What happens now: look into the mailbox, or wait for the moderator."""
    submission = answers.submission_of_browser()
    if submission is None:
        return to_start()
    if submission.status is State.DRAFT:
        return to("check")
    return _sent_page(submission)


def after_sending() -> Answer:
    """Mail the link again, take the registration back to change something, or withdraw it."""
    submission = answers.submission_of_browser(lock=True)
    if submission is None:
        return to_start()
    then = request.form.get("then")
    if submission.status is not State.AWAITING_EMAIL:
        if then == "change":
            return _change(submission)
        return _withdraw(submission) if then == "withdraw" else to("sent")
    if then == "change":
        sending.reopen(db.session, submission=submission, now=now())
        db.session.commit()
        return to("you")
    if limits.may_mail():
        link_mail.mail_link(db.session, submission=submission, now=now(), limit=limits.mails_a_mailbox())
    db.session.commit()
    flash(_("If your mailbox did not have several mails from us already, another one is on its way."), "success")
    return to("sent")


def _locked_draft() -> Submission:
    """This browser's draft and what it is about, kept from other writers; in the order in which all take them."""
    draft = answers.draft_of_browser()
    if draft.kind == "edit" and draft.lab_id is not None:
        contacts.locked(db.session, draft.lab_id)
    if draft.revises_id is not None:
        queries.locked_submission(db.session, draft.revises_id)
    db.session.expire_all()
    return answers.draft_of_browser(lock=True)


def _page(
    draft: Submission,
    meanwhile: Meanwhile,
    *,
    form: CheckForm | None = None,
    changed: bool = False,
    again: bool = False,
) -> str:
    if meanwhile.clashes:
        return check_pages.check_page(draft, choice_form(meanwhile.clashes, formdata=None), meanwhile, again=again)
    form = form or check_pages.form_of(draft, formdata=None)
    return check_pages.check_page(draft, form, meanwhile, changed=changed, again=again)


def _choose(draft: Submission) -> Answer:
    """Take what somebody chose where both sides changed the same."""
    meanwhile = editing.catch_up(db.session, draft=draft, now=now())
    if not meanwhile.clashes:
        db.session.commit()
        return to("check")
    form = choice_form(meanwhile.clashes)
    shown = (form.revision.data, form.seen.data)
    if shown != (str(draft.revision), editing.seen(db.session, draft)):
        return _page(draft, meanwhile, again=True), HTTPStatus.CONFLICT
    if not form.validate():
        return check_pages.check_page(draft, form, meanwhile), HTTPStatus.UNPROCESSABLE_ENTITY
    editing.catch_up(db.session, draft=draft, now=now(), theirs=form.theirs)
    db.session.commit()
    flash(_("Your draft goes together with the entry as it is on the list now."), "success")
    return to("check")


def _confirm_the_rest(draft: Submission, sender: str) -> None:
    lab = db.session.get_one(Lab, draft.lab_id)
    confirming.confirm(
        db.session,
        lab=lab,
        actor=sender,
        shown=Shown.of(lab.profile),
        right=editing.unchanged_tests(draft, lab.profile),
        now=now(),
        note=f"with submission {draft.id}",
    )


def _sent_page(submission: Submission, *, moved_on: bool = False) -> str:
    return render_template(
        "registration/sent.html",
        submission=submission,
        State=State,
        form=PressForm(formdata=None),
        may_change=_may_act(submission) and submission.state in editing.UNDECIDED,
        being_changed=editing.being_changed(db.session, submission),
        moved_on=moved_on,
    )


def _may_act(submission: Submission) -> bool:
    email = answers.editor(submission).email or submission.contact_email
    return editing.may_act(db.session, submission, email)


def _change(submission: Submission) -> Answer:
    if not _may_act(submission) or submission.state not in editing.UNDECIDED:
        return to("sent")
    email = answers.editor(submission).email or submission.contact_email
    begun = editing.being_changed(db.session, submission)
    key = key_for(begun, email) or browser.proposed_key(None)
    browser.hold(sending.revise(db.session, submission=submission, key=key, now=now(), email=email)[1])
    db.session.commit()
    return to("check")


def _withdraw(submission: Submission) -> Answer:
    if not _may_act(submission):
        return to("sent")
    actor = answers.editor(submission).email or submission.contact_email
    try:
        sending.withdraw(db.session, submission=submission, actor=actor, now=now())
    except Conflict:
        db.session.rollback()
        return to("sent")
    db.session.commit()
    flash(_("Withdrawn. Nobody decides on it any more."), "success")
    return to("sent")
