"""Staff pages: approving several at once. First what is about to be published, then what became of each."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from registry.accounts import current_actor, current_staff, roles
from registry.extensions import begin_writing, db
from registry.models import Submission
from registry.moderation import batch, queries
from registry.moderation.batch import MOST, Outcome, Shown
from registry.moderation.forms import ReviewForm
from registry.moderation.views import LARGEST_ID, MODERATORS, READERS, bp, settings
from registry.web import now


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one, as the page tells it."""

    submission_id: int
    name: str
    outcome: Outcome


@bp.get("/queue/approve")
@roles(*READERS)
def several() -> ResponseReturnValue:
    """What is about to be published: each of the ticked, with what it changes. Nothing is done yet."""
    numbers = list(dict.fromkeys(number for text in request.args.getlist("pick") if (number := _number(text))))
    found = batch.candidates(
        db.session,
        numbers[:MOST],
        user_id=current_staff().id,
        now=now(),
        demonstration=settings().demonstration,
    )
    return render_template(
        "moderation/queue_approve.html",
        ready=[one for one in found if one.ready],
        others=[one for one in found if not one.ready],
        gone=min(len(numbers), MOST) - len(found),
        left_out=max(0, len(numbers) - MOST),
        most=MOST,
        form=ReviewForm(formdata=None),
    )


@bp.post("/queue/approve")
@roles(*MODERATORS)
def approve_several() -> ResponseReturnValue:
    """Approve each as it was shown, in a commit of its own, so that one that moved on does not keep the others."""
    shown = [Shown.read(text) for text in request.form.getlist("shown")]
    wanted = [one for one in dict.fromkeys(shown) if one is not None]
    if len(wanted) > MOST or None in shown:
        abort(HTTPStatus.BAD_REQUEST)
    if not wanted:
        flash(_("Nothing was ticked, so nothing was published."), "success")
        return redirect(url_for("moderation.queue"), HTTPStatus.SEE_OTHER)
    told = [_approved(one) for one in wanted]
    return render_template("moderation/queue_approved.html", told=told)


def _approved(shown: Shown) -> Told:
    # Each in a transaction of its own that writes from its first statement on.
    db.session.rollback()
    begin_writing(db.session)
    outcome = batch.approve_one(
        db.session,
        shown,
        reviewer=current_staff(),
        now=now(),
        demonstration=settings().demonstration,
        undo_for=settings().undo_for,
    )
    if outcome is Outcome.APPROVED:
        try:
            db.session.commit()
        except IntegrityError:
            # Two commits at the same moment, of which the other one stands.
            outcome = Outcome.MOVED_ON
    db.session.rollback()
    if outcome is Outcome.MOVED_ON and _was_ours(shown):
        outcome = Outcome.APPROVED
    found = db.session.get(Submission, shown.submission_id)
    name = found.profile.name if found is not None else ""
    db.session.rollback()
    return Told(shown.submission_id, name, outcome)


def _was_ours(shown: Shown) -> bool:
    """Whether a first click did it: the second one finds its work."""
    event = queries.last_event(db.session, shown.submission_id)
    return (
        event is not None
        and (event.actor, event.action) == (current_actor(), "approve")
        and (event.after or {}).get("revision") == shown.revision + 1
    )


def _number(text: str) -> int:
    """The number of a submission; 0, which none has, for anything else."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return number if number <= LARGEST_ID else 0
