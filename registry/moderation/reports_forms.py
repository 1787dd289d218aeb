"""How a report is closed, and the buttons beside it."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import DataRequired

from registry.moderation.reports import NOTE_MAX, REPORT_OUTCOME
from registry.registration.fields import Lines, OneOf


class ActForm(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """A button that acts at once."""


class CloseForm(FlaskForm):  # type: ignore[misc]  # as above
    """How a report ends, a note for colleagues, and whether its writer is told."""

    outcome = OneOf(_l("How does it end?"), [DataRequired(_l("Choose how it ends."))], vocabulary=REPORT_OUTCOME)
    note = Lines(_l("Note for colleagues"), longest=NOTE_MAX)
    answer = BooleanField(_l("Mail the answer to whoever told us"), default=True)
