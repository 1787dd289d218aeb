"""Staff pages: the problems that the public told of."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.accounts import current_actor, roles
from registry.extensions import db
from registry.models import Report
from registry.moderation import reports
from registry.moderation.views import LARGEST_ID, MODERATORS, bp
from registry.web import now


@bp.get("/reports")
@roles(*MODERATORS)
def told_problems() -> ResponseReturnValue:
    """What the public told of, open ones first."""
    page = request.args.get("page", 1, type=int)
    return render_template("moderation/reports.html", reports=reports.told_problems(db.session, page=page))


@bp.post(f"/reports/<int(max={LARGEST_ID}):report_id>/handled")
@roles(*MODERATORS)
def handle_report(report_id: int) -> ResponseReturnValue:
    """Mark one as handled; a second click changes nothing."""
    if db.session.get(Report, report_id) is None:
        abort(HTTPStatus.NOT_FOUND)
    if reports.mark_handled(db.session, report_id=report_id, actor=current_actor(), now=now()):
        db.session.commit()
        flash(_("Marked as handled."), "success")
    return redirect(url_for("moderation.told_problems"), HTTPStatus.SEE_OTHER)
