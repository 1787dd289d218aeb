"""Who has a submission open: going on with it, taking it over from a colleague, giving it back."""

from http import HTTPStatus

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.accounts import current_staff, roles
from registry.extensions import db
from registry.moderation import leases
from registry.moderation.views import LARGEST_ID, MODERATORS, bp, existing
from registry.web import now


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/lease")
@roles(*MODERATORS)
def renew_lease(submission_id: int) -> ResponseReturnValue:
    """Go on with it: sent by the page while it is in use. 204, or 409 when it is somebody else's or decided."""
    existing(submission_id)
    if not leases.renew(db.session, submission_id=submission_id, user_id=current_staff().id, now=now()):
        db.session.rollback()
        return Response(status=HTTPStatus.CONFLICT, mimetype="text/plain")
    db.session.commit()
    return Response(status=HTTPStatus.NO_CONTENT, mimetype="text/plain")


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/lease/take")
@roles(*MODERATORS)
def take_lease(submission_id: int) -> ResponseReturnValue:
    """Take it over from a colleague, who sees so."""
    existing(submission_id)
    leases.take(db.session, submission_id=submission_id, user_id=current_staff().id, now=now(), over=True)
    db.session.commit()
    return redirect(url_for("moderation.submission", submission_id=submission_id), HTTPStatus.SEE_OTHER)


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/lease/give")
@roles(*MODERATORS)
def give_lease(submission_id: int) -> ResponseReturnValue:
    """Give it back: colleagues see that nobody has it open."""
    existing(submission_id)
    if leases.give_back(db.session, submission_id=submission_id, user_id=current_staff().id):
        flash(_("Given back. Colleagues see that nobody has it open."), "success")
    db.session.commit()
    return redirect(url_for("moderation.queue"), HTTPStatus.SEE_OTHER)
