"""The forms of signing in and of naming a colleague."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import DataRequired, StopValidation

from registry.domain.vocabulary import N_, Term, Vocabulary
from registry.guard import GuardedForm
from registry.registration.fields import Line, Mailbox, OneOf
from registry.registration.handing_over import Colleague

SHARING = Vocabulary(
    "sharing",
    Term("beside", N_("Beside me"), N_("Both of us can change the entry.")),
    Term("instead", N_("Instead of me"), N_("I hand over. Once they agree, I can no longer change the entry.")),
)


class SignInForm(GuardedForm, FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """The mailbox that gets a link."""

    email = Mailbox(_l("Your work e-mail"), [DataRequired(_l("Write your e-mail address."))])


class Words(Line):
    """A line that leads nowhere: it goes into a mail to somebody who does not know us yet."""

    def check(self, text: str) -> None:
        if any(sign in text for sign in ("/", "@", "www.")):
            raise StopValidation(_("Leave out web and e-mail addresses."))


class ColleagueForm(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """Whom a contact names, and whether they share the work or hand it over."""

    name = Words(_l("Name of the colleague"), [DataRequired(_l("Write the name of the colleague."))], longest=200)
    email = Mailbox(_l("Their work e-mail"), [DataRequired(_l("Write the e-mail address of the colleague."))])
    role = Words(_l("Their role at the laboratory"), longest=200)
    sharing = OneOf(
        _l("How do they speak for the laboratory?"), [DataRequired(_l("Choose one of the two."))], vocabulary=SHARING
    )

    @property
    def colleague(self) -> Colleague:
        """Whom it names."""
        return Colleague(name=self.name.data or "", email=self.email.data or "", role=self.role.data or "")

    def refuse(self, message: str) -> None:
        """Put *message* at the address."""
        errors: Any = [message]
        self.email.errors = errors
