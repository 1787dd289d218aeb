"""Staff pages: entries that may be one laboratory, and saying that they are two."""

from http import HTTPStatus

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.accounts import current_actor, roles
from registry.domain.vocabulary import N_
from registry.extensions import db
from registry.models import DuplicatePair
from registry.moderation import duplicates as service
from registry.moderation.views import LARGEST_ID, MODERATORS, READERS, bp
from registry.web import now

STATES = {
    service.OPEN: N_("To look at"),
    service.DISMISSED: N_("Not the same"),
    service.MERGED: N_("Merged"),
}


@bp.get("/duplicates")
@roles(*READERS)
def duplicates() -> ResponseReturnValue:
    """The pairs in one state, those to look at unless another is asked for."""
    state = request.args.get("state", service.OPEN)
    if state not in STATES:
        abort(HTTPStatus.NOT_FOUND)
    return render_template(
        "moderation/duplicates.html",
        found=service.open_pairs(db.session, request.args.get("page", 1, type=int), state),
        state=state,
        states=STATES,
        can_merge="moderation.merge" in current_app.view_functions,
    )


@bp.post(f"/duplicates/<int(max={LARGEST_ID}):pair_id>/dismiss")
@roles(*MODERATORS)
def dismiss_duplicate(pair_id: int) -> ResponseReturnValue:
    """Say that the two are two laboratories; a second click changes nothing."""
    pair = db.session.get(DuplicatePair, pair_id)
    if pair is None:
        abort(HTTPStatus.NOT_FOUND)
    if service.dismiss(db.session, pair_id=pair_id, actor=current_actor(), now=now()):
        db.session.commit()
        flash(_("Noted: these are two laboratories. The pair comes back only if they become more alike."), "success")
    elif pair.state == service.MERGED:
        flash(_("These two were merged meanwhile."), "warning")
    page = request.form.get("page", 1, type=int)
    return redirect(url_for("moderation.duplicates", page=page if page and page > 1 else None), HTTPStatus.SEE_OTHER)
