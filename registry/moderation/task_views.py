"""Staff pages: a task about a laboratory, what it rests on, and settling it."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.accounts import current_actor, roles
from registry.domain.vocabulary import N_
from registry.extensions import db
from registry.models import Lab, Task
from registry.moderation.forms import ReviewForm
from registry.moderation.views import LARGEST_ID, MODERATORS, READERS, bp
from registry.tasks import close_task
from registry.web import now

OUTCOMES = {"done": N_("Settled"), "not_needed": N_("Nothing was needed")}


@bp.get(f"/tasks/<int(max={LARGEST_ID}):task_id>")
@roles(*READERS)
def task(task_id: int) -> ResponseReturnValue:
    """One task: about which laboratory, since when, and the facts."""
    found = _existing(task_id)
    lab = db.session.get_one(Lab, found.lab_id)
    return render_template(
        "moderation/queue_task.html", task=found, lab=lab, outcomes=OUTCOMES, form=ReviewForm(formdata=None)
    )


@bp.post(f"/tasks/<int(max={LARGEST_ID}):task_id>/close")
@roles(*MODERATORS)
def settle_task(task_id: int) -> ResponseReturnValue:
    """Settle it; a second click changes nothing."""
    found = _existing(task_id)
    outcome = request.form.get("outcome", "")
    if outcome not in OUTCOMES:
        return redirect(url_for("moderation.task", task_id=task_id), HTTPStatus.SEE_OTHER)
    if found.closed_at is None and close_task(
        db.session, kind=found.kind, lab_id=found.lab_id, by=current_actor(), outcome=outcome, now=now()
    ):
        db.session.commit()
        flash(_("Settled."), "success")
    return redirect(url_for("moderation.queue"), HTTPStatus.SEE_OTHER)


def _existing(task_id: int) -> Task:
    found = db.session.get(Task, task_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found
