"""Staff pages: the queue, one submission with its evidence, the decision."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from config import Settings
from registry.accounts import current_actor, current_staff, has_role, roles
from registry.extensions import db
from registry.models import Submission
from registry.moderation import queries, services
from registry.moderation.forms import Decision, DecisionForm, ReviewForm
from registry.moderation.representations import act_label, change_rows, check_facts, shown_reason, state_label
from registry.places.geocoding import PlaceNotFound
from registry.transitions import Conflict
from registry.web import no_store, now

MODERATORS = ("admin", "moderator")
LARGEST_ID = 2**63 - 1

bp = Blueprint("moderation", __name__, url_prefix="/staff")
bp.after_request(no_store)

_BADGES = {
    "submitted": "badge-warn",
    "in_review": "badge-warn",
    "changes_requested": "badge-quiet",
    "approved": "badge-ok",
    "rejected": "badge-bad",
}


class StaffCounts:
    """Numbers of the staff navigation, asked for only where they are shown."""

    @property
    def waiting(self) -> int:
        return queries.counts(db.session)[queries.Tab.WAITING] if has_role(*MODERATORS) else 0


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.filters.update(
        ago=_ago,
        change_rows=change_rows,
        check_facts=check_facts,
        shown_reason=shown_reason,
        state_label=state_label,
        act_label=act_label,
        state_badge=lambda value: _BADGES.get(value, "badge-quiet"),
    )


@bp.app_context_processor
def _staff_counts() -> dict[str, object]:
    return {"staff_counts": StaffCounts()} if request and request.path.startswith("/staff") else {}


@bp.errorhandler(HTTPStatus.FORBIDDEN)
def _forbidden(error: Exception) -> ResponseReturnValue:
    return render_template("moderation/forbidden.html"), HTTPStatus.FORBIDDEN


@bp.get("")
def index() -> ResponseReturnValue:
    """Where staff begin."""
    return redirect(url_for("moderation.queue"))


@bp.get("/queue")
@roles(*MODERATORS)
def queue() -> ResponseReturnValue:
    """What waits, oldest first."""
    try:
        tab = queries.Tab(request.args.get("state", queries.Tab.WAITING))
    except ValueError:
        abort(HTTPStatus.NOT_FOUND)
    shown = queries.queue(
        db.session, tab, page=request.args.get("page", 1, type=int), demonstration=_settings().demonstration
    )
    return render_template(
        "moderation/queue.html",
        queue=shown,
        tab=tab,
        counts=queries.counts(db.session),
        recovery_codes_missing=_recovery_codes_missing(),
    )


@bp.get(f"/submissions/<int(max={LARGEST_ID}):submission_id>")
@roles(*MODERATORS)
def submission(submission_id: int) -> ResponseReturnValue:
    """One submission: what would be published, the evidence, its history, and the decision."""
    return _page(submission_id, DecisionForm(formdata=None))


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/review")
@roles(*MODERATORS)
def start_review(submission_id: int) -> ResponseReturnValue:
    """Take a submission into review, so that others see who looks at it."""
    form = ReviewForm()
    if not form.validate_on_submit():
        abort(HTTPStatus.BAD_REQUEST)
    if db.session.get(Submission, submission_id) is None:
        abort(HTTPStatus.NOT_FOUND)
    try:
        services.start_review(
            db.session,
            submission_id=submission_id,
            reviewer=current_staff(),
            expect_revision=form.expect_revision,
            now=now(),
        )
    except Conflict:
        return _moved_on(submission_id, DecisionForm(formdata=None), form.expect_revision, "start_review")
    db.session.commit()
    return redirect(url_for("moderation.submission", submission_id=submission_id), HTTPStatus.SEE_OTHER)


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/decision")
@roles(*MODERATORS)
def decide(submission_id: int) -> ResponseReturnValue:
    """Approve, ask for changes, or reject: state, audit, publication and mail are one commit."""
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(submission_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if db.session.get(Submission, submission_id) is None:
        abort(HTTPStatus.NOT_FOUND)
    try:
        done = _carry_out(submission_id, form, now())
        db.session.commit()
    except PlaceNotFound:
        return _refused(submission_id, form, _("The ZIP code has no place on the map, so this cannot be listed."))
    except services.NotPublishable:
        return _refused(submission_id, form, _("This submission cannot be published: reject it, or ask for changes."))
    except services.AlreadyListed as refusal:
        listed = (refusal.lab.slug, refusal.lab.name)
        db.session.rollback()
        return _page(submission_id, form, HTTPStatus.CONFLICT, listed=listed)
    except (Conflict, IntegrityError):
        # IntegrityError: two commits at the same moment, of which the other one stands.
        return _moved_on(submission_id, form, form.expect_revision, form.decision.data)
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
        services.approve(db.session, **shown, demonstration=_settings().demonstration)
        return str(_("Approved. The laboratory is on the list, and a mail tells it so."))
    if form.decision.data == Decision.REQUEST_CHANGES:
        services.request_changes(db.session, **shown, message=message)
        return str(_("The laboratory gets your message with a link to make the changes."))
    services.reject(db.session, **shown, reason=form.reason.data, message=message)
    return str(_("Rejected. A mail tells the laboratory why."))


def _refused(submission_id: int, form: DecisionForm, why: str) -> ResponseReturnValue:
    db.session.rollback()
    form.form_errors.append(why)
    return _page(submission_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _moved_on(submission_id: int, form: DecisionForm, expect_revision: int, action: str) -> ResponseReturnValue:
    # A second click finds the first one's work; anybody else's act is told.
    db.session.rollback()
    event = queries.last_event(db.session, submission_id)
    now_at = (event.after or {}).get("revision") if event is not None else None
    if (
        event is not None
        and event.actor == current_actor()
        and event.action == action
        and now_at == expect_revision + 1
    ):
        return redirect(url_for("moderation.submission", submission_id=submission_id), HTTPStatus.SEE_OTHER)
    return _page(submission_id, form, HTTPStatus.CONFLICT, moved_on=True, event=event)


def _page(
    submission_id: int, form: DecisionForm, status: HTTPStatus = HTTPStatus.OK, **told: object
) -> ResponseReturnValue:
    review = queries.review(db.session, submission_id, demonstration=_settings().demonstration)
    if review is None:
        abort(HTTPStatus.NOT_FOUND)
    if status is HTTPStatus.UNPROCESSABLE_ENTITY and form.expect_revision != review.submission.revision:
        return _moved_on(submission_id, form, form.expect_revision, form.decision.data)
    form.shows(review.submission, review.profile)
    review_form = ReviewForm(formdata=None)
    review_form.shows(review.submission, review.profile)
    page = render_template(
        "moderation/submission.html",
        review=review,
        form=form,
        review_form=review_form,
        next_id=queries.next_waiting(db.session, after=submission_id),
        **told,
    )
    return page, status


def _ago(moment: datetime) -> str:
    return str(format_timedelta(moment - now(), add_direction=True))


def _recovery_codes_missing() -> bool:
    member = current_staff()
    return bool(member.tf_totp_secret) and not member.mf_recovery_codes


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
