"""The decision, and the start of a review."""

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, StopValidation

from registry.domain.profile import LabProfile
from registry.models import Submission
from registry.moderation.services import MESSAGE_MAX, REJECTION_REASON
from registry.registration.fields import Choice, Lines, offered


class Decision(StrEnum):
    """What a moderator may decide."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


def _decisions() -> list[SelectChoice]:
    return [
        SelectChoice(Decision.APPROVE.value, _("Approve and publish")),
        SelectChoice(Decision.REQUEST_CHANGES.value, _("Ask for changes")),
        SelectChoice(Decision.REJECT.value, _("Reject")),
    ]


class ShownForm(FlaskForm):  # type: ignore[misc]
    """What was on the screen: the submission's revision and the fingerprint of its profile."""

    revision = HiddenField(validators=[Length(max=20)])
    digest = HiddenField(validators=[Length(max=64)])

    def shows(self, submission: Submission, profile: LabProfile) -> None:
        """Say that the page about to be rendered shows *profile*, whatever an earlier page said."""
        self.revision.data = str(submission.revision)
        self.digest.data = profile.digest

    @property
    def expect_revision(self) -> int:
        """The revision that was shown; 0, which no submission has, when the page did not say."""
        typed = self.revision.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


class ReviewForm(ShownForm):
    """The button that takes a submission into review."""


class DecisionForm(ShownForm):
    """Approve, ask for changes, or reject."""

    decision = RadioField(
        lazy_gettext("Your decision"),
        choices=_decisions,
        validate_choice=False,
    )
    message = Lines(lazy_gettext("Message to the laboratory"), longest=MESSAGE_MAX)
    reason = Choice(
        lazy_gettext("Reason for rejecting"),
        None,
        choices=offered(REJECTION_REASON, empty=True),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision.flags.required = True

    def validate_decision(self, field: RadioField) -> None:
        if field.data not in set(Decision):
            raise StopValidation(_("Choose what you decide."))

    def validate_message(self, field: Lines) -> None:
        if self.decision.data == Decision.REQUEST_CHANGES and not field.data:
            raise StopValidation(_("Write what the laboratory should change."))

    def validate_reason(self, field: Choice) -> None:
        if self.decision.data == Decision.REJECT and not field.data:
            raise StopValidation(_("Choose a reason for rejecting."))
