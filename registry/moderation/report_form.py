"""The form with which anybody tells of a problem with a listing."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import DataRequired, StopValidation

from registry.domain.patient_words import patient_words
from registry.guard import GuardedForm
from registry.moderation.reports import MESSAGE_MAX, REPORT_KIND
from registry.registration.fields import Lines, Mailbox, OneOf


class ReportForm(GuardedForm, FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """What is wrong, in a choice and in words.

    What speaks against a person is kept with the report, and moderators read it. When the field that people do not
    see was filled in, the report is kept all the same, but the operator gets no mail about it.
    """

    kind = OneOf(_l("What is wrong?"), [DataRequired(_l("Choose what is wrong."))], vocabulary=REPORT_KIND)
    message = Lines(_l("Tell us more"), longest=MESSAGE_MAX)
    email = Mailbox(_l("Your e-mail, if you want an answer"))
    once_key = HiddenField()
    warned = HiddenField()

    @property
    def patient_words(self) -> tuple[str, ...]:
        """What the text seems to hold of a patient, as slugs, the first time that it is sent; later nothing: whoever
        was asked once and sends all the same knows better than we.
        """
        return () if self.warned.data else patient_words(self.message.data or "")

    def validate_message(self, field: Lines) -> None:
        if self.kind.data == "other" and not field.data:
            raise StopValidation(_("Write what is wrong."))
