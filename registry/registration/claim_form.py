"""The form with which somebody asks to speak for a laboratory that is on the list."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import DataRequired, StopValidation

from registry.guard import GuardedForm
from registry.registration.claiming import Claimant
from registry.registration.fields import Line, Lines, Mailbox, Phone

NOTE_LONGEST = 1000


class PersonLine(Line):
    """A name or a role. It goes into a mail to others, so it may not lead anywhere."""

    def check(self, text: str) -> None:
        if "://" in text or "www." in text.lower() or "@" in text:
            raise StopValidation(_("Write words alone here, without web or mail addresses."))


class ClaimForm(GuardedForm, FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """Who asks. Moderators see all of it; the laboratory is told name, role and e-mail."""

    name = PersonLine(_l("Your name"), [DataRequired(_l("Write your name."))], longest=100)
    email = Mailbox(
        _l("Your work e-mail"),
        [DataRequired(_l("Write your e-mail address, so that we can send you the link."))],
    )
    role = PersonLine(_l("Your role at the laboratory"), [DataRequired(_l("Write your role."))], longest=100)
    phone = Phone(_l("Your work phone"))
    note = Lines(_l("Anything a moderator should know"), longest=NOTE_LONGEST)

    @property
    def claimant(self) -> Claimant:
        """What was typed, in order."""
        return Claimant(
            name=self.name.data or "",
            email=self.email.data or "",
            role=self.role.data or "",
            phone=self.phone.data or "",
            note=self.note.data or "",
        )
