"""The decision of a moderator, and taking it back: state, audit, publication and mail are one commit."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from registry.accounts import current_staff, has_role, roles
from registry.domain.partly import unit_of
from registry.domain.workflow import State
from registry.extensions import db
from registry.language import locale_of
from registry.models import Submission
from registry.moderation import leases, services, undoing, waiting
from registry.moderation.forms import Decision, DecisionForm, ReviewForm, decision_form
from registry.moderation.publishing import AlreadyListed, ListingMoved, NotPublishable
from registry.moderation.ready_texts import READY_TEXTS
from registry.moderation.views import LARGEST_ID, MODERATORS, bp, existing, moved_on, settings, submission_page
from registry.places.geocoding import PlaceNotFound
from registry.transitions import Conflict
from registry.web import now


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/decision")
@roles(*MODERATORS)
def decide(submission_id: int) -> ResponseReturnValue:
    """Approve, ask for changes, or reject."""
    found = existing(submission_id)
    form = decision_form(found)
    if "insert" in request.form:
        # Nothing is decided: the page comes back with a text more in it.
        form.insert(*_ready_text(found, request.form.get("ready", "")))
        return submission_page(form, submission_id)
    if not form.validate_on_submit():
        return submission_page(form, submission_id, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        done = _carry_out(submission_id, form, now())
        leases.give_back(db.session, submission_id=submission_id, user_id=current_staff().id)
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
    following = waiting.next_for(db.session, current_staff().id, submission_id, now())
    if following is None:
        return redirect(url_for("moderation.submission", submission_id=submission_id), HTTPStatus.SEE_OTHER)
    # The page of the next one leads back, and has the button that takes this one back.
    onward = url_for("moderation.submission", submission_id=following, decided=submission_id)
    return redirect(onward, HTTPStatus.SEE_OTHER)


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/undo")
@roles(*MODERATORS)
def undo(submission_id: int) -> ResponseReturnValue:
    """Take the decision back, within its minutes."""
    existing(submission_id)
    form = ReviewForm()
    if not form.validate_on_submit():
        abort(HTTPStatus.BAD_REQUEST)
    try:
        undoing.undo(db.session, submission_id, current_staff(), now(), expect_revision=form.expect_revision)
        db.session.commit()
    except undoing.NotUndone as refusal:
        db.session.rollback()
        empty = decision_form(existing(submission_id), empty=True)
        return submission_page(empty, submission_id, HTTPStatus.CONFLICT, not_undone=_(refusal.why))
    except (Conflict, IntegrityError):
        empty = decision_form(existing(submission_id), empty=True)
        return moved_on(empty, submission_id, expect_revision=form.expect_revision, action="undo")
    flash(_("Taken back. It waits for a decision again, and nobody was told of the first one."), "success")
    return redirect(url_for("moderation.submission", submission_id=submission_id), HTTPStatus.SEE_OTHER)


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(undo_of=_undo_of, decided_before=_decided_before)


def _undo_of(submission: Submission) -> dict[str, Any] | None:
    """What the button needs that takes the decision on *submission* back, where the reader may do that now."""
    if submission.undo_until is None or now() >= submission.undo_until or not has_role(*MODERATORS):
        return None
    if submission.reviewer_id != current_staff().id and not has_role("admin"):
        return None
    form = ReviewForm(formdata=None)
    form.revision.data = str(submission.revision)
    return {"form": form, "until": submission.undo_until}


def _decided_before() -> Submission | None:
    """The submission that the reader decided a moment ago, whose page led here."""
    number = request.args.get("decided", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = db.session.get(Submission, int(number))
    decided = (State.APPROVED, State.CHANGES_REQUESTED, State.REJECTED)
    return found if found is not None and found.status in decided else None


def _ready_text(submission: Submission, slug: str) -> tuple[str, str]:
    """The slug, and the text in the language of who reads it."""
    chosen = next((one for one in READY_TEXTS if one.slug == slug), None)
    with force_locale(locale_of(submission.language)):
        return slug, str(_(chosen.text)) if chosen is not None else ""


def _carry_out(submission_id: int, form: DecisionForm, moment: datetime) -> str:
    """Do what *form* says; the sentence that tells of it."""
    shown: dict[str, Any] = {
        "submission_id": submission_id,
        "reviewer": current_staff(),
        "expect_revision": form.expect_revision,
        "digest": form.digest.data or "",
        "now": moment,
        "undo_for": settings().undo_for,
    }
    message = form.message.data or ""
    if form.decision.data == Decision.APPROVE:
        services.approve(
            db.session,
            **shown,
            listing_digest=form.listing.data or "",
            demonstration=settings().demonstration,
            corrections=form.corrections,
        )
        return str(_APPROVED[form.kind]())
    if form.decision.data == Decision.APPROVE_PART:
        services.approve_part(
            db.session,
            **shown,
            listing_digest=form.listing.data or "",
            accepted=form.accepted | {unit_of(path) for path in form.corrections},
            message=message,
            remarks=form.remarks,
            corrections=form.corrections,
        )
        return str(_("A part is published. A mail tells the laboratory which, and asks for the rest."))
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
