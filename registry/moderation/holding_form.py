"""For how long a submission rests, and why."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import StopValidation

from registry.moderation.forms import ShownForm
from registry.moderation.holding import LONGEST, NOTE_MAX, SHORTEST, USUAL
from registry.registration.fields import Lines


class HoldForm(ShownForm):
    """The days as typed, so that what was typed can be shown again, and a note for colleagues."""

    days = StringField(lazy_gettext("For how many days"), default=str(USUAL), id="hold-days")
    note = Lines(lazy_gettext("Note for colleagues"), longest=NOTE_MAX, id="hold-note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days.flags.required = True

    def validate_days(self, field: StringField) -> None:
        typed = (field.data or "").strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) < 4 and SHORTEST <= int(typed) <= LONGEST):
            raise StopValidation(_("Write a number of days from %(least)s to %(most)s.", least=SHORTEST, most=LONGEST))
