"""The forms of the last look: consent to what was shown, and choices where the entry changed meanwhile."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired

from registry.domain.labels import FIELD_LABELS, OFFERING_LABELS
from registry.domain.merging import Clash
from registry.wording import shown_value

LIVE, MINE = "live", "mine"


class CheckForm(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """The last look at a registration: consent, and which state of the draft, and of what is behind it, was shown."""

    right_today = BooleanField(
        _l("What is written above is right today."),
        [DataRequired(_l("Confirm that what is written above is right today."))],
    )
    consent = BooleanField(
        _l("I may speak for this laboratory and agree that the registry publishes this."),
        [DataRequired(_l("We can only publish with your consent."))],
    )
    of_draft = HiddenField()
    revision = HiddenField()
    seen = HiddenField()


class EditCheckForm(CheckForm):
    """The last look at a change of an entry; ``rest_right`` confirms the tests that it leaves as they are."""

    right_today = BooleanField(
        _l("What I changed is right today."),
        [DataRequired(_l("Confirm that what you changed is right today."))],
    )
    consent = BooleanField(
        _l("I may speak for this laboratory and agree that the registry publishes these changes."),
        [DataRequired(_l("We can only publish with your consent."))],
    )
    rest_right = BooleanField(_l("Everything else in the entry is still right, too."))


class ChoiceForm(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """What stands on the list now or what the draft says, field by field; see :func:`choice_form`."""

    clashes: Sequence[Clash] = ()

    of_draft = HiddenField()
    revision = HiddenField()
    seen = HiddenField()

    @property
    def theirs(self) -> set[str]:
        """The keys of the clashes in which the entry was chosen."""
        return {clash.key for number, clash in enumerate(self.clashes) if self[f"clash_{number}"].data == LIVE}


def choice_form(clashes: Sequence[Clash], **options: Any) -> ChoiceForm:
    """A form with a choice for each of *clashes*."""
    fields: dict[str, Any] = {"clashes": tuple(clashes)}
    for number, clash in enumerate(clashes):
        fields[f"clash_{number}"] = RadioField(
            _label(clash),
            [DataRequired(_("Choose one of the two: %(field)s.", field=_label(clash)))],
            choices=[
                SelectChoice(LIVE, _("On the list now: %(value)s", value=_value(clash, clash.live))),
                SelectChoice(MINE, _("Your change: %(value)s", value=_value(clash, clash.mine))),
            ],
        )
    made: type[ChoiceForm] = type("ChosenForm", (ChoiceForm,), fields)
    return made(**options)


def _label(clash: Clash) -> str:
    if not clash.field:
        return clash.test or str(_("A test without a name"))
    if not clash.test:
        return str(_(FIELD_LABELS.get(clash.field, clash.field)))
    return f"{clash.test}: {_(OFFERING_LABELS.get(clash.field, clash.field))}"


def _value(clash: Clash, value: Any) -> str:
    if clash.field:
        return shown_value(clash.field, value)
    return str(_("removed")) if value is None else str(_("changed, not removed"))
