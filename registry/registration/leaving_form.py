"""The form by which a laboratory leaves the list."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired
from wtforms.widgets import RadioInput

from registry.domain.leaving import FARTHEST, LEAVING_REASON, OTHER
from registry.domain.vocabulary import N_, Term, Vocabulary
from registry.models import Lab
from registry.registration.fields import Line, Lines, OneOf, SometimesNeeded, visible

WHEN = Vocabulary("when", Term("now", N_("At once")), Term("day", N_("On a date")))


class Day(DateField):
    """A day as browsers send it, or as it is written in the United States."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, format=["%Y-%m-%d", "%m/%d/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        # The library's reader knows other digits too, and takes its time with long texts.
        if len(typed) > 10 or not typed.isascii():
            raise ValueError(_("Write a date like 12/31/2027."))
        try:
            super().process_formdata([typed])
        except ValueError:
            raise ValueError(_("Write a date like 12/31/2027.")) from None

    def _value(self) -> str:
        if self.raw_data:
            return visible(str(self.raw_data[0])[:40])
        return self.data.isoformat() if self.data is not None else ""


class LeaveForm(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """Why and when, and who takes the laboratory's place."""

    reason = OneOf(_l("Why?"), [DataRequired(_l("Choose the reason."))], vocabulary=LEAVING_REASON)
    note = Lines(_l("Anything to add for the moderators"), longest=1000)
    when = OneOf(_l("When?"), [DataRequired(_l("Choose when."))], vocabulary=WHEN)
    day = Day(_l("Date"), validators=[SometimesNeeded()])
    successor = Line(_l("Which laboratory on the list takes its place?"), longest=300)
    chosen = RadioField(_l("Which one do you mean?"), [SometimesNeeded()], choices=[], validate_choice=False)

    def validate_at(self, today: date) -> bool:
        """Whether all is in order at *today*."""
        good: bool = self.validate()
        if self.reason.data == OTHER and not self.note.data:
            self.note.errors = [_("Say in a few words why.")]
        if self.when.data != "day":
            self.day.data = None
            self.day.errors = []
        elif not self.day.errors:
            self._check_day(today)
        return good if not self.errors else False

    def _check_day(self, today: date) -> None:
        if self.day.data is None:
            self.day.errors = [_("Write the date on which the laboratory leaves.")]
        elif self.day.data < today:
            self.day.errors = [_("This day has passed. To leave today, choose “At once”.")]
        elif self.day.data > today + FARTHEST:
            self.day.errors = [_("Choose a date within a year.")]

    def settle(self, found: Sequence[Lab]) -> Lab | None:
        """Which of *found*, what was typed may mean, takes the place. With several a choice is shown as an error."""
        if not self.successor.data:
            return None
        if not found:
            self.successor.errors = [_("No laboratory on the list matches that. Try a part of its name.")]
            return None
        by_slug = {lab.slug: lab for lab in found}
        if self.chosen.data in by_slug:
            return by_slug[self.chosen.data]
        if len(found) == 1:
            return found[0]
        self.chosen.option_widget = RadioInput()
        self.chosen.choices = [
            SelectChoice(lab.slug, f"{lab.name}, {lab.profile.city}, {lab.profile.state}") for lab in found
        ]
        self.chosen.errors = [_("Choose which laboratory you mean.")]
        return None
