"""The form with which anybody tells of a problem with a listing."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import DataRequired, StopValidation

from registry.moderation.reports import MESSAGE_MAX, REPORT_KIND
from registry.registration.fields import Line, Lines, Mailbox, OneOf


class ReportForm(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """What is wrong, in a choice and in words; who fills in ``leave_empty`` is no person."""

    kind = OneOf(_l("What is wrong?"), [DataRequired(_l("Choose what is wrong."))], vocabulary=REPORT_KIND)
    message = Lines(_l("Tell us more"), longest=MESSAGE_MAX)
    email = Mailbox(_l("Your e-mail, if you want an answer"))
    leave_empty = Line(_l("Leave this field empty"), longest=200)
    once_key = HiddenField()

    def validate_message(self, field: Lines) -> None:
        if self.kind.data == "other" and not field.data:
            raise StopValidation(_("Write what is wrong."))
