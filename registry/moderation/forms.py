"""The decision, with what is said, sent back and put right at fields, and the start of a review."""

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import object_session
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, StopValidation

from registry.domain.changes import changes
from registry.domain.labels import FIELD_LABELS, OFFERING_LABELS
from registry.domain.partly import corrected, partial, unit_of, value_at
from registry.domain.profile import MAX_OFFERINGS, LabProfile
from registry.domain.workflow import WAITING_FOR_DECISION
from registry.models import Lab, Submission
from registry.moderation import correcting
from registry.moderation.correcting import Problem
from registry.moderation.ready_texts import ReadyText, ready_texts
from registry.moderation.reasons import REASONS_OF_KIND, REJECTION_REASON
from registry.moderation.services import MESSAGE_MAX, REMARK_MAX
from registry.moderation.shown_form import ReviewForm, ShownForm
from registry.registration.fields import Choice, Line, Lines
from registry.wording import field_label

__all__ = ["Decision", "DecisionForm", "ReviewForm", "ShownForm", "decision_form"]

_REMARK = "remark:"
_BACK = "back:"
_FIX = "fix:"


class Decision(StrEnum):
    """What a moderator may decide."""

    APPROVE = "approve"
    APPROVE_PART = "approve_part"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


def _decisions(kind: str) -> list[SelectChoice]:
    if kind == "claim":
        return [
            SelectChoice(Decision.APPROVE.value, _("Let the sender speak for this laboratory")),
            SelectChoice(Decision.REJECT.value, _("Reject")),
        ]
    part = SelectChoice(Decision.APPROVE_PART.value, _("Publish a part, and send back what is marked"))
    return [
        SelectChoice(Decision.APPROVE.value, _("Approve and publish")),
        *([part] if kind == "edit" else []),
        SelectChoice(Decision.REQUEST_CHANGES.value, _("Ask for changes")),
        SelectChoice(Decision.REJECT.value, _("Reject")),
    ]


class DecisionForm(ShownForm):
    """Approve, ask for changes, or reject. Made by :func:`decision_form`, which adds what can be done at each field."""

    kind = "new"
    submission: Submission
    proposed = LabProfile()
    live: LabProfile | None = None
    lab_id: int | None = None
    changed: frozenset[str] = frozenset()
    first_of: dict[str, str] = {}
    """The path of the row at which a part of the changes can be sent back, and that part."""

    listing = HiddenField(validators=[Length(max=64)])
    decision = RadioField(lazy_gettext("Your decision"), validate_choice=False)
    reason = Choice(lazy_gettext("Reason for rejecting"), None, choices=None)
    message = Lines(lazy_gettext("Message to the laboratory"), longest=MESSAGE_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.corrections: dict[str, Any] = {}
        """What is put right, as it is stored; known once the form was validated."""
        self.decision.flags.required = True
        self.decision.choices = _decisions(self.kind)
        reasons = [SelectChoice(slug, _(REJECTION_REASON.label(slug))) for slug in REASONS_OF_KIND[self.kind]]
        self.reason.choices = [SelectChoice("", _("Choose one")), *reasons]

    def shows(self, submission: Submission, profile: LabProfile, listing: Lab | None = None) -> None:
        other_text = self.digest.data != profile.digest
        for name, field in self._fields.items():
            if name.startswith(_FIX) and (other_text or not field.raw_data):
                # What stood in an older page, or in none, is nobody's wish for this text.
                field.raw_data = None
                field.process(None)
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

    @property
    def sent_back(self) -> set[str]:
        """The parts of the changes that are marked to be sent back."""
        return {unit for unit in self.first_of.values() if self._fields[_BACK + unit].data}

    @property
    def accepted(self) -> set[str]:
        """The other parts."""
        return set(self.first_of.values()) - self.sent_back

    def remark(self, path: str) -> Lines | None:
        """The field in which to remark on the profile's field at *path*; None where there is none."""
        return self._fields.get(_REMARK + path)

    def back(self, path: str) -> BooleanField | None:
        """The mark that sends the change at *path* back; None where there is none, or it stands at another row."""
        return self._fields.get(_BACK + self.first_of[path]) if path in self.first_of else None

    def goes_with(self, path: str) -> str:
        """The name of the row at which the change at *path* is sent back, where that is another one."""
        first = next((row for row, unit in self.first_of.items() if unit == unit_of(path)), path)
        return "" if first == path or path not in self.changed else field_label(first)

    def is_put_right(self, path: str) -> bool:
        """Whether the text at *path* was typed anew."""
        box = self.fix(path)
        return box is not None and bool(box.raw_data) and box.data != value_at(self.proposed, path)

    def fix(self, path: str) -> Line | None:
        """The field in which to put the profile's text at *path* right; None where there is none."""
        return self._fields.get(_FIX + path)

    @property
    def ready_texts(self) -> dict[str, list[ReadyText]]:
        """What can be put into a text, below the name of what it is about."""
        groups: dict[str, list[ReadyText]] = {}
        for one in ready_texts(self.kind):
            labels = OFFERING_LABELS if one.of_test else FIELD_LABELS
            name = _("Message when you reject") if one.reason else _(labels[one.field])
            groups.setdefault(str(name), []).append(one)
        return groups

    def insert(self, slug: str, text: str) -> None:
        """Add *text*, the ready text *slug* in its reader's language, at its field, else to the message."""
        chosen = next((one for one in ready_texts(self.kind) if one.slug == slug), None)
        if chosen is None:
            return
        tests = len(self.proposed.offerings)
        path = f"offerings.0.{chosen.field}" if chosen.of_test else chosen.field
        # Of several tests nobody says here which one is meant.
        box = (self.remark(path) if not chosen.of_test or tests == 1 else None) or self.message
        box.data = f"{box.data}\n{text}" if box.data else text
        box.raw_data = [box.data]
        if chosen.reason and not self.reason.data:
            self.reason.data = chosen.reason

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        if not self.errors:
            self._check_profile()
        return not self.errors

    def _check_profile(self) -> None:
        """By the rules of the join form: what is put right, and the mixture of what is published."""
        typed = {
            name.removeprefix(_FIX): field.data or ""
            for name, field in self._fields.items()
            # A page that did not have the field says nothing about it.
            if name.startswith(_FIX) and field.raw_data
        }
        checked = correcting.check(self._session, self.proposed, typed, own_lab_id=self.lab_id)
        self.corrections = checked.corrections
        for problem in checked.problems:
            self._refuse(problem)
        if self.decision.data == Decision.APPROVE_PART:
            for path in self.corrections:
                if unit_of(path) in self.sent_back:
                    self._refuse(Problem(path, _("You send this back; so leave it as it is.")))
        approves = self.decision.data in (Decision.APPROVE, Decision.APPROVE_PART)
        if self.corrections and not approves and not self.errors:
            self.decision.errors = [_("What you put right is only published with an approval.")]
        if self.decision.data == Decision.APPROVE_PART and not self.errors and self.live is not None:
            asked = corrected(self.proposed, self.corrections)
            extra = {unit_of(path) for path in self.corrections}
            mixture = partial(self.live, asked, self.accepted | extra)
            if len(mixture.offerings) > MAX_OFFERINGS:
                self.form_errors.append(_("The entry would have more than %(most)s tests.", most=MAX_OFFERINGS))
            for problem in correcting.new_problems(self._session, self.live, mixture, own_lab_id=self.lab_id):
                name = field_label(problem.path) if problem.path else ""
                self.form_errors.append(
                    _("What would be published does not fit together. %(field)s: %(why)s", field=name, why=problem.why)
                )

    def _refuse(self, problem: Problem) -> None:
        box = self.fix(problem.path)
        if box is not None:
            box.errors = [problem.why]
        else:
            self.form_errors.append(f"{field_label(problem.path)}: {problem.why}" if problem.path else problem.why)

    @property
    def _session(self) -> Any:
        return object_session(self.submission)

    def validate_decision(self, field: RadioField) -> None:
        if field.data not in {option.data for option in field}:
            raise StopValidation(_("Choose what you decide."))
        if field.data not in (Decision.REQUEST_CHANGES, Decision.APPROVE_PART) and self.remarks:
            raise StopValidation(
                _("Remarks at fields are sent only when you ask for changes. Do so, or take the remarks out.")
            )
        if field.data == Decision.APPROVE and self.sent_back:
            raise StopValidation(
                _("Some changes are marked to be sent back. Choose to publish a part, or take the marks away.")
            )
        if field.data == Decision.APPROVE_PART and not self.sent_back:
            raise StopValidation(_("Mark what is sent back, or approve all of it."))
        if field.data == Decision.APPROVE_PART and not self.accepted:
            raise StopValidation(_("Nothing is left to publish. Ask for changes instead."))

    def validate_message(self, field: Lines) -> None:
        asks = (Decision.REQUEST_CHANGES, Decision.APPROVE_PART)
        if self.decision.data in asks and not field.data and not self.remarks:
            raise StopValidation(_("Write what the laboratory should change, here or at a field."))

    def validate_reason(self, field: Choice) -> None:
        if self.decision.data == Decision.REJECT and not field.data:
            raise StopValidation(_("Choose a reason for rejecting."))


def decision_form(submission: Submission, *, empty: bool = False) -> DecisionForm:
    """The form with which *submission* is decided; *empty* leaves what was sent aside.

    It has a field for a remark at every field that such a profile can have, and at no other: what else is sent is
    not read. So with the marks that send changes back, and the texts that may be put right.
    """
    profile, live = submission.profile, _live(submission)
    at_fields: dict[str, Any] = {}
    first_of: dict[str, str] = {}
    changed = [change.path for change in changes(live, profile)] if live is not None else []
    if submission.kind != "claim":
        at_fields |= {_REMARK + path: _remark(path) for path in _paths(submission)}
        if submission.status in WAITING_FOR_DECISION:
            at_fields |= {_FIX + path: _fix(path, value_at(profile, path)) for path in correcting.correctable(profile)}
    for path in changed:
        if unit_of(path) not in first_of.values():
            first_of[path] = unit_of(path)
    at_fields |= {_BACK + unit: _back(unit) for unit in first_of.values()}
    made = type(
        "DecisionForm",
        (DecisionForm,),
        {
            "kind": submission.kind,
            "submission": submission,
            "proposed": profile,
            "live": live,
            "lab_id": submission.lab_id,
            "changed": frozenset(changed),
            "first_of": first_of,
            **at_fields,
        },
    )
    form: DecisionForm = made(formdata=None) if empty else made()
    return form


def _live(submission: Submission) -> LabProfile | None:
    """What the entry says that an undecided edit changes."""
    session = object_session(submission)
    if submission.kind != "edit" or submission.status not in WAITING_FOR_DECISION or session is None:
        return None
    listed = session.get(Lab, submission.lab_id) if submission.lab_id is not None else None
    return listed.profile if listed is not None else None


def _fix(path: str, value: str) -> Line:
    kind = Lines if path.rpartition(".")[2] in correcting.SEVERAL_LINES else Line
    return kind(lazy_gettext("Put it right yourself"), longest=correcting.LONGEST, default=value, id=_id("fix", path))


def _back(unit: str) -> BooleanField:
    return BooleanField(lazy_gettext("Send this back"), id=_id("back", unit))


def _id(act: str, path: str) -> str:
    return f"{act}-{path.replace('.', '-')}"


def _remark(path: str) -> Lines:
    return Lines(lazy_gettext("Remark"), longest=REMARK_MAX, id=_id("remark", path))


def _paths(submission: Submission) -> list[str]:
    tests = range(min(len(submission.profile.offerings), MAX_OFFERINGS))
    return [*FIELD_LABELS, *(f"offerings.{position}.{name}" for position in tests for name in OFFERING_LABELS)]
