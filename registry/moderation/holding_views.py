"""Staff pages: letting a submission rest until a day, and going on with it."""

from http import HTTPStatus

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from registry.accounts import current_actor, current_staff, roles
from registry.extensions import db
from registry.moderation import holding, leases
from registry.moderation.forms import ReviewForm, decision_form
from registry.moderation.holding_form import HoldForm
from registry.moderation.views import LARGEST_ID, MODERATORS, bp, existing, moved_on, submission_page
from registry.web import now


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/hold")
@roles(*MODERATORS)
def hold(submission_id: int) -> ResponseReturnValue:
    """Let it rest; it leaves what waits, and its lease ends."""
    found, form = existing(submission_id), HoldForm()
    if not form.validate_on_submit():
        empty = decision_form(found, empty=True)
        empty.revision.data = form.revision.data
        return submission_page(empty, submission_id, HTTPStatus.UNPROCESSABLE_ENTITY, hold_form=form)
    try:
        held = holding.hold(
            db.session,
            submission_id=submission_id,
            expect_revision=form.expect_revision,
            days=int(form.days.data or 0),
            note=form.note.data or "",
            actor=current_actor(),
            now=now(),
        )
    except holding.NotHoldable:
        empty = decision_form(found, empty=True)
        return moved_on(empty, submission_id, expect_revision=form.expect_revision, action="hold")
    leases.give_back(db.session, submission_id=submission_id, user_id=current_staff().id)
    until = held.held_until
    db.session.commit()
    flash(_("On hold until %(day)s.", day=format_date(until, "long")), "success")
    return redirect(url_for("moderation.queue"), HTTPStatus.SEE_OTHER)


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/resume")
@roles(*MODERATORS)
def resume(submission_id: int) -> ResponseReturnValue:
    """Put it back among what waits."""
    found, form = existing(submission_id), ReviewForm()
    if not form.validate_on_submit():
        abort(HTTPStatus.BAD_REQUEST)
    try:
        holding.resume(
            db.session,
            submission_id=submission_id,
            expect_revision=form.expect_revision,
            actor=current_actor(),
            now=now(),
        )
    except holding.NotHoldable:
        empty = decision_form(found, empty=True)
        return moved_on(empty, submission_id, expect_revision=form.expect_revision, action="resume")
    db.session.commit()
    flash(_("It waits again."), "success")
    return redirect(url_for("moderation.submission", submission_id=submission_id), HTTPStatus.SEE_OTHER)
