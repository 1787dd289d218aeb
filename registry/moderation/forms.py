"""The decision, with remarks at fields, and the start of a review."""

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, StopValidation

from registry.domain.labels import FIELD_LABELS, OFFERING_LABELS
from registry.domain.profile import MAX_OFFERINGS, LabProfile
from registry.models import Lab, Submission
from registry.moderation.reasons import REASONS_OF_KIND, REJECTION_REASON
from registry.moderation.services import MESSAGE_MAX, REMARK_MAX
from registry.registration.fields import Choice, Lines

_REMARK = "remark:"


class Decision(StrEnum):
    """What a moderator may decide."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


def _decisions(kind: str) -> list[SelectChoice]:
    if kind == "claim":
        return [
            SelectChoice(Decision.APPROVE.value, _("Let the sender speak for this laboratory")),
            SelectChoice(Decision.REJECT.value, _("Reject")),
        ]
    return [
        SelectChoice(Decision.APPROVE.value, _("Approve and publish")),
        SelectChoice(Decision.REQUEST_CHANGES.value, _("Ask for changes")),
        SelectChoice(Decision.REJECT.value, _("Reject")),
    ]


class ShownForm(FlaskForm):  # type: ignore[misc]
    """What was on the screen: the submission's revision and the fingerprint of its profile."""

    revision = HiddenField(validators=[Length(max=20)])
    digest = HiddenField(validators=[Length(max=64)])

    def shows(self, submission: Submission, profile: LabProfile, listing: Lab | None = None) -> None:
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
    """Approve, ask for changes, or reject. Made by :func:`decision_form`, which adds a remark for each field."""

    kind = "new"

    listing = HiddenField(validators=[Length(max=64)])
    decision = RadioField(lazy_gettext("Your decision"), validate_choice=False)
    reason = Choice(lazy_gettext("Reason for rejecting"), None, choices=None)
    message = Lines(lazy_gettext("Message to the laboratory"), longest=MESSAGE_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision.flags.required = True
        self.decision.choices = _decisions(self.kind)
        reasons = [SelectChoice(slug, _(REJECTION_REASON.label(slug))) for slug in REASONS_OF_KIND[self.kind]]
        self.reason.choices = [SelectChoice("", _("Choose one")), *reasons]

    def shows(self, submission: Submission, profile: LabProfile, listing: Lab | None = None) -> None:
        super().shows(submission, profile, listing)
        self.listing.data = listing.profile.digest if listing is not None else ""

    @property
    def remarks(self) -> dict[str, str]:
        """What was written at fields: path to text, in the order of the fields."""
        return {
            name.removeprefix(_REMARK): field.data
            for name, field in self._fields.items()
            if name.startswith(_REMARK) and field.data
        }

    def remark(self, path: str) -> Lines | None:
        """The field in which to remark on the profile's field at *path*; None where there is none."""
        return self._fields.get(_REMARK + path)

    def validate_decision(self, field: RadioField) -> None:
        if field.data not in {option.data for option in field}:
            raise StopValidation(_("Choose what you decide."))
        if field.data != Decision.REQUEST_CHANGES and self.remarks:
            raise StopValidation(
                _("Remarks at fields are sent only when you ask for changes. Do so, or take the remarks out.")
            )

    def validate_message(self, field: Lines) -> None:
        if self.decision.data == Decision.REQUEST_CHANGES and not field.data and not self.remarks:
            raise StopValidation(_("Write what the laboratory should change, here or at a field."))

    def validate_reason(self, field: Choice) -> None:
        if self.decision.data == Decision.REJECT and not field.data:
            raise StopValidation(_("Choose a reason for rejecting."))


def decision_form(submission: Submission, *, empty: bool = False) -> DecisionForm:
    """The form with which *submission* is decided; *empty* leaves what was sent aside.

    It has a field for a remark at every field that such a profile can have, and at no other: what else is sent is
    not read.
    """
    remarks = {} if submission.kind == "claim" else {_REMARK + path: _remark(path) for path in _paths(submission)}
    made = type("DecisionForm", (DecisionForm,), {"kind": submission.kind, **remarks})
    form: DecisionForm = made(formdata=None) if empty else made()
    return form


def _remark(path: str) -> Lines:
    return Lines(lazy_gettext("Remark"), longest=REMARK_MAX, id="remark-" + path.replace(".", "-"))


def _paths(submission: Submission) -> list[str]:
    tests = range(min(len(submission.profile.offerings), MAX_OFFERINGS))
    return [*FIELD_LABELS, *(f"offerings.{position}.{name}" for position in tests for name in OFFERING_LABELS)]
