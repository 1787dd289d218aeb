"""Staff pages: the problems that the public told of, and what becomes of each."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.accounts import current_actor, has_role, roles
from registry.directory.gone import successor_of
from registry.extensions import db
from registry.models import Report
from registry.models.report import HANDLED, OPEN
from registry.moderation import reports_handling, reports_reading, reports_words
from registry.moderation.audit_words import act_words
from registry.moderation.reports import REPORT_KIND
from registry.moderation.reports_forms import ActForm, CloseForm
from registry.moderation.reports_handling import DISPUTABLE, Asked
from registry.moderation.views import LARGEST_ID, MODERATORS, READERS, bp
from registry.web import now

_ONE = f"/reports/<int(max={LARGEST_ID}):report_id>"


@bp.get("/reports")
@roles(*READERS)
def told_problems() -> ResponseReturnValue:
    """What the public told of: what is open by age, or what was closed."""
    state, kind = request.args.get("state", OPEN), request.args.get("kind", "")
    if state not in {OPEN, HANDLED} or (kind and kind not in REPORT_KIND):
        abort(HTTPStatus.NOT_FOUND)
    page = reports_reading.told_problems(db.session, state=state, kind=kind, page=request.args.get("page", 1, type=int))
    return render_template("moderation/reports.html", reports=page, state=state, kind=kind, kinds=REPORT_KIND)


@bp.get(_ONE)
@roles(*READERS)
def report(report_id: int) -> ResponseReturnValue:
    """One report beside what the entry says, what the CMS file says, and what happened since."""
    return _page(report_id, CloseForm(formdata=None))


@bp.post(f"{_ONE}/dispute")
@roles(*MODERATORS)
def dispute_entry(report_id: int) -> ResponseReturnValue:
    """Let the entry say that it is disputed."""
    lab_id = _pressed(report_id).lab_id
    if reports_handling.dispute(db.session, lab_id=lab_id, report_id=report_id, actor=current_actor(), now=now()):
        flash(_("The entry says now that it is disputed."), "success")
    return _back(report_id)


@bp.post(f"{_ONE}/settle")
@roles(*MODERATORS)
def settle_entry(report_id: int) -> ResponseReturnValue:
    """Take the mark out of the entry again."""
    lab_id = _pressed(report_id).lab_id
    if reports_handling.settle(db.session, lab_id=lab_id, report_id=report_id, actor=current_actor(), now=now()):
        flash(_("The entry does not say any more that it is disputed."), "success")
    return _back(report_id)


@bp.post(f"{_ONE}/ask")
@roles(*MODERATORS)
def ask_laboratory(report_id: int) -> ResponseReturnValue:
    """Ask the laboratory to confirm or correct its entry."""
    _pressed(report_id)
    asked = reports_handling.ask(db.session, report_id=report_id, actor=current_actor(), now=now())
    if asked is Asked.NOBODY:
        flash(_("Nobody could be written to: the entry has no contact and shows no e-mail address."), "error")
    elif asked is not None:
        flash(_("The laboratory is asked by mail to confirm or correct its entry."), "success")
    return _back(report_id)


@bp.post(f"{_ONE}/close")
@roles(*MODERATORS)
def close_report(report_id: int) -> ResponseReturnValue:
    """Close it with an outcome; a second click changes nothing."""
    found = _existing(report_id)
    form = CloseForm()
    if not form.validate_on_submit():
        return _page(report_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    wanted = form.answer.data and bool(found.email)
    closed = reports_handling.close(
        db.session,
        report_id=report_id,
        outcome=form.outcome.data,
        note=form.note.data or "",
        answer=wanted,
        actor=current_actor(),
        now=now(),
    )
    if closed is not None:
        told = _("The report is closed, and whoever told us gets an answer.") if closed.answered else ""
        flash(told or _("The report is closed."), "success")
    return _back(report_id)


@bp.post(f"{_ONE}/forget")
@roles(*MODERATORS)
def forget_words(report_id: int) -> ResponseReturnValue:
    """Delete what somebody wrote that we must not keep."""
    _pressed(report_id)
    if reports_handling.forget_words(db.session, report_id=report_id, actor=current_actor(), now=now()):
        flash(_("The text is deleted."), "success")
    return _back(report_id)


def _page(report_id: int, form: CloseForm) -> str:
    view = reports_reading.report_view(db.session, report_id)
    if view is None:
        abort(HTTPStatus.NOT_FOUND)
    return render_template(
        "moderation/report.html",
        view=view,
        form=form,
        may_act=has_role(*MODERATORS),
        disputable=view.lab.state in DISPUTABLE,
        successor=successor_of(db.session, view.lab),
        facts=reports_words.facts_of_kind(view.lab.profile, view.report.kind),
        filed=reports_words.filed_facts(view.record) if view.record is not None else [],
        act_words=act_words,
    )


def _existing(report_id: int) -> Report:
    found = db.session.get(Report, report_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _pressed(report_id: int) -> Report:
    """The report at which a button was pressed."""
    found = _existing(report_id)
    if not ActForm().validate_on_submit():
        abort(HTTPStatus.BAD_REQUEST)
    return found


def _back(report_id: int) -> ResponseReturnValue:
    db.session.commit()
    return redirect(url_for("moderation.report", report_id=report_id), HTTPStatus.SEE_OTHER)
