"""The decision of a moderator: state, audit, publication and mail are one commit."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from registry.accounts import current_staff, roles
from registry.extensions import db
from registry.moderation import services
from registry.moderation.forms import Decision, DecisionForm, decision_form
from registry.moderation.publishing import AlreadyListed, ListingMoved, NotPublishable
from registry.moderation.views import LARGEST_ID, MODERATORS, bp, existing, moved_on, settings, submission_page
from registry.places.geocoding import PlaceNotFound
from registry.transitions import Conflict
from registry.web import now


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/decision")
@roles(*MODERATORS)
def decide(submission_id: int) -> ResponseReturnValue:
    """Approve, ask for changes, or reject."""
    form = decision_form(existing(submission_id))
    if not form.validate_on_submit():
        return submission_page(form, submission_id, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        done = _carry_out(submission_id, form, now())
        db.session.commit()
    except PlaceNotFound:
        return _refused(submission_id, form, _("The ZIP code has no place on the map, so this cannot be listed."))
    except NotPublishable as refusal:
        return _refused(submission_id, form, _(refusal.why))
    except AlreadyListed as refusal:
        return _listed_already(submission_id, form, slug=refusal.lab.slug, name=refusal.lab.name)
    except ListingMoved:
        db.session.rollback()
        return submission_page(form, submission_id, HTTPStatus.CONFLICT, listing_moved=True)
    except (Conflict, IntegrityError):
        # IntegrityError: two commits at the same moment, of which the other one stands.
        return moved_on(form, submission_id, expect_revision=form.expect_revision, action=form.decision.data)
    flash(done, "success")
    return redirect(url_for("moderation.submission", submission_id=submission_id), HTTPStatus.SEE_OTHER)


def _carry_out(submission_id: int, form: DecisionForm, moment: datetime) -> str:
    """Do what *form* says; the sentence that tells of it."""
    shown: dict[str, Any] = {
        "submission_id": submission_id,
        "reviewer": current_staff(),
        "expect_revision": form.expect_revision,
        "digest": form.digest.data or "",
        "now": moment,
    }
    message = form.message.data or ""
    if form.decision.data == Decision.APPROVE:
        services.approve(
            db.session, **shown, listing_digest=form.listing.data or "", demonstration=settings().demonstration
        )
        return str(_APPROVED[form.kind]())
    if form.decision.data == Decision.REQUEST_CHANGES:
        services.request_changes(db.session, **shown, message=message, remarks=form.remarks)
        return str(_("The laboratory gets your message with a link to make the changes."))
    services.reject(db.session, **shown, reason=form.reason.data, message=message)
    if form.kind == "claim":
        return str(_("Rejected. A mail tells the sender why."))
    return str(_("Rejected. A mail tells the laboratory why."))


_APPROVED = {
    "new": lambda: _("Approved. The laboratory is on the list, and a mail tells it so."),
    "edit": lambda: _("Approved. The listing shows the changes, and a mail tells the laboratory so."),
    "claim": lambda: _("Approved. The sender speaks for the laboratory from now on, and a mail tells them so."),
}


def _listed_already(submission_id: int, form: DecisionForm, *, slug: str, name: str) -> ResponseReturnValue:
    """Lead to the entry that has the number, and offer to turn this one down for it."""
    db.session.rollback()
    form.decision.data, form.reason.data = Decision.REJECT.value, "already_listed"
    return submission_page(form, submission_id, HTTPStatus.CONFLICT, listed=(slug, name))


def _refused(submission_id: int, form: DecisionForm, why: str) -> ResponseReturnValue:
    db.session.rollback()
    form.form_errors.append(why)
    return submission_page(form, submission_id, HTTPStatus.UNPROCESSABLE_ENTITY)
