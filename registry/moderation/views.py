"""Staff pages: one submission with its evidence, and who keeps it as theirs."""

from functools import cached_property
from http import HTTPStatus

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta
from sqlalchemy.exc import DBAPIError

from config import Settings
from registry.accounts import current_actor, current_staff, has_role, roles
from registry.domain.labels import told_remarks
from registry.extensions import begin_writing, db
from registry.models import Submission
from registry.moderation import leases, queries, queue_words, representations, review_page, services, waiting
from registry.moderation.forms import DecisionForm, ReviewForm, decision_form
from registry.moderation.holding_form import HoldForm
from registry.moderation.profile_rows import change_rows, groups_of, new_tests
from registry.moderation.waiting import Standing
from registry.transitions import Conflict
from registry.web import no_store, now

MODERATORS = ("admin", "moderator")
READERS = (*MODERATORS, "reader")
"""Who may look at what moderators see; a reader changes nothing."""

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
    """Numbers of the staff navigation, asked for once, and only where they are shown."""

    @cached_property
    def _counts(self) -> waiting.Counts | None:
        return waiting.counts(db.session, now()) if has_role(*READERS) else None

    @property
    def waiting(self) -> int:
        return self._counts.waiting if self._counts is not None else 0

    @property
    def reports(self) -> int:
        return self._counts.reports if self._counts is not None else 0

    def of(self, standing: Standing) -> int | None:
        """As ``Counts.of``."""
        return self._counts.of(standing) if self._counts is not None else None


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.filters.update(
        ago=lambda moment: str(format_timedelta(moment - now(), add_direction=True)),
        change_rows=change_rows,
        profile_groups=groups_of,
        new_tests=new_tests,
        check_facts=representations.check_facts,
        shown_reason=representations.shown_reason,
        state_label=representations.state_label,
        kind_label=representations.kind_label,
        act_label=representations.act_label,
        lab_act=representations.lab_act,
        told_remarks=told_remarks,
        **queue_words.FILTERS,
        **review_page.FILTERS,
        state_badge=lambda value: _BADGES.get(value, "badge-quiet"),
    )


@bp.app_context_processor
def _staff_counts() -> dict[str, object]:
    if not request or not request.path.startswith("/staff"):
        return {}
    return {
        "staff_counts": StaffCounts(),
        "endpoints": current_app.view_functions,
        "may_look": has_role(*READERS),
        "may_act": has_role(*MODERATORS),
        "is_admin": has_role("admin"),
    }


@bp.get("")
def index() -> ResponseReturnValue:
    """Where staff begin."""
    return redirect(url_for("moderation.queue"))


@bp.get(f"/submissions/<int(max={LARGEST_ID}):submission_id>")
@roles(*READERS)
def submission(submission_id: int) -> ResponseReturnValue:
    """One submission: what would be published, the evidence, its history, and the decision.

    Opening it says so to colleagues: who may decide gets a lease, when it is free.
    """
    if request.method == "GET" and has_role(*MODERATORS):
        lease_opened(submission_id)
    return submission_page(decision_form(existing(submission_id), empty=True), submission_id)


@bp.post(f"/submissions/<int(max={LARGEST_ID}):submission_id>/review")
@roles(*MODERATORS)
def start_review(submission_id: int) -> ResponseReturnValue:
    """Keep a submission as one's own, so that others see whose it is."""
    form = ReviewForm()
    if not form.validate_on_submit():
        abort(HTTPStatus.BAD_REQUEST)
    found = existing(submission_id)
    try:
        services.start_review(
            db.session,
            submission_id=submission_id,
            reviewer=current_staff(),
            expect_revision=form.expect_revision,
            now=now(),
        )
    except Conflict:
        empty = decision_form(found, empty=True)
        return moved_on(empty, submission_id, expect_revision=form.expect_revision, action="start_review")
    db.session.commit()
    return redirect(url_for("moderation.submission", submission_id=submission_id), HTTPStatus.SEE_OTHER)


def lease_opened(submission_id: int) -> None:
    """Take or renew the lease of a submission that is being opened, where nobody else has it.

    A lease is advice: a database that does not take it now must not keep the page from being read.
    """
    user_id, moment = current_staff().id, now()
    if not leases.wants_writing(db.session, submission_id=submission_id, user_id=user_id, now=moment):
        return
    # This request has read already; a transaction that writes has to say so before.
    db.session.rollback()
    try:
        begin_writing(db.session)
        leases.take(db.session, submission_id=submission_id, user_id=user_id, now=moment)
        db.session.commit()
    except DBAPIError:
        db.session.rollback()


def existing(submission_id: int) -> Submission:
    """The submission; without one the answer is 404."""
    found = db.session.get(Submission, submission_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def moved_on(form: DecisionForm, submission_id: int, *, expect_revision: int, action: str) -> ResponseReturnValue:
    """Answer whose page is older than the submission: a second click finds the first one's work, others are told."""
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
    return submission_page(form, submission_id, HTTPStatus.CONFLICT, moved_on=True, event=event)


def submission_page(
    form: DecisionForm,
    submission_id: int,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    hold_form: HoldForm | None = None,
    **told: object,
) -> ResponseReturnValue:
    """The submission as it is now, with *form*; what the decision will be about is what this page shows."""
    review = queries.review(db.session, submission_id, demonstration=settings().demonstration)
    if review is None:
        abort(HTTPStatus.NOT_FOUND)
    if status is HTTPStatus.UNPROCESSABLE_ENTITY and form.expect_revision != review.submission.revision:
        return moved_on(form, submission_id, expect_revision=form.expect_revision, action=form.decision.data or "")
    form.shows(review.submission, review.profile, review.listing)
    review_form = ReviewForm(formdata=None)
    review_form.shows(review.submission, review.profile)
    hold_form = hold_form or HoldForm(formdata=None)
    hold_form.shows(review.submission, review.profile)
    page = render_template(
        "moderation/submission.html",
        review=review,
        form=form,
        review_form=review_form,
        hold_form=hold_form,
        next_id=waiting.next_for(db.session, current_staff().id, submission_id, now()),
        lease=leases.of(db.session, submission_id, now()),
        me=current_staff().id,
        **told,
    )
    return page, status


def settings() -> Settings:
    """The settings of the application that answers."""
    found: Settings = current_app.extensions["settings"]
    return found
