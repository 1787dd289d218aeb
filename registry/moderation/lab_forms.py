"""What moderators send from the page of an entry: hiding it, showing a version, putting one text right."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, StopValidation

from registry.domain.hiding import BY_STAFF, HIDING_REASON
from registry.moderation.correcting import LONGEST
from registry.moderation.lab_acts import NOTE_MAX
from registry.registration.fields import Choice, Lines


class ShowForm(FlaskForm):  # type: ignore[misc]
    """Show a hidden entry again."""

    note = Lines(_l("Note to the contacts"), longest=NOTE_MAX, id="show-note")
    quiet = BooleanField(_l("Do not tell the contacts"), id="show-quiet")


class HideForm(ShowForm):
    """Keep an entry from the public."""

    reason = Choice(
        _l("Reason for hiding"),
        None,
        choices=lambda: [
            SelectChoice("", _("Choose one")),
            *(SelectChoice(slug, _(HIDING_REASON.label(slug))) for slug in BY_STAFF),
        ],
        id="hide-reason",
    )
    note = Lines(_l("Note to the contacts"), longest=NOTE_MAX, id="hide-note")
    quiet = BooleanField(_l("Do not tell the contacts"), id="hide-quiet")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.flags.required = True

    def validate_reason(self, field: Choice) -> None:
        if not field.data:
            raise StopValidation(_("Choose a reason for hiding."))


class RestoreForm(FlaskForm):  # type: ignore[misc]
    """Show a version again; what the entry showed on the page."""

    digest = HiddenField(validators=[Length(max=64)])
    note = Lines(_l("Note to the contacts"), longest=NOTE_MAX)


class CorrectForm(RestoreForm):
    """Put one text right."""

    text = Lines(_l("As it should be"), longest=LONGEST)
