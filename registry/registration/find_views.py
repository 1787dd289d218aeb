"""The page before the form: is the laboratory on the list already, and what does the CMS file know of it?"""

from http import HTTPStatus

from flask import render_template, request
from flask_babel import gettext as _

from registry.domain.profile import LabProfile
from registry.domain.workflow import State
from registry.extensions import db
from registry.language import current_language
from registry.registration import browser, finding, limits, prefill, queries, services
from registry.registration.answers import Answer
from registry.registration.find_form import FindForm, StartForm
from registry.registration.routes import to
from registry.web import now


def find() -> Answer:
    """The question, and its answer where one was asked."""
    asked = any(request.args.get(name) for name in ("clia_number", "name", "zip"))
    form = FindForm(request.args if asked else None)
    if not asked:
        return render_template("registration/find.html", form=form, found=None)
    if not form.validate():
        return render_template("registration/find.html", form=form, found=None), HTTPStatus.UNPROCESSABLE_ENTITY
    return _answer(form)


def begin() -> Answer:
    """Begin a registration with what was chosen; the second of two clicks finds the draft of the first."""
    start = StartForm()
    if not start.validate():
        return to("you")
    key = browser.proposed_key(start.draft_key.data)
    draft = queries.submission_of_key(db.session, key, lock=True)
    if draft is not None and (draft.status is not State.DRAFT or draft.contact_email or draft.profile.offerings):
        browser.hold(key)
        return to("you")
    if draft is None:
        if not limits.may_start_draft():
            return _too_many(start)
        draft = services.start_draft(
            db.session, key=key, language=current_language(), now=now(), flags=start.suspicions()
        )
    known = prefill.known_of(db.session, request.form.get("start", ""))
    services.save_step(
        db.session, draft=draft, step="laboratory", now=now(), profile=LabProfile.from_dict(known or start.typed)
    )
    browser.hold(key)
    db.session.commit()
    return to("you")


def _answer(form: FindForm) -> str:
    question = form.question
    found = finding.look_up(db.session, question)
    start = StartForm(
        formdata=None,
        draft_key=browser.proposed_key(None),
        typed_number=question.clia_number,
        typed_name=question.name,
        typed_zip=question.zip,
    )
    return render_template(
        "registration/find.html",
        form=form,
        question=question,
        found=found,
        start=start,
        now=now(),
        told={record.clia_number: prefill.told_of(record, today=now().date()) for record in found.records},
    )


def _too_many(start: StartForm) -> Answer:
    form = FindForm(formdata=None, data=start.typed)
    form.form_errors.append(
        _("Many registrations were begun from your network within the last hour. Please begin this one later.")
    )
    return render_template("registration/find.html", form=form, found=None), HTTPStatus.TOO_MANY_REQUESTS
