"""The forms of the steps, but for that of a HER2 test: what each asks and writes into the profile."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, StopValidation

from registry.domain import vocabulary
from registry.domain.identifiers import npi_is_valid
from registry.domain.profile import LabProfile
from registry.domain.states import US_STATES
from registry.guard import GuardedForm
from registry.places.gazetteer import gazetteer
from registry.registration.fields import (
    Choice,
    CliaNumber,
    Line,
    Lines,
    MailAddress,
    Mailbox,
    Phone,
    SomeOf,
    SometimesNeeded,
    WebAddress,
    ZipCode,
    offered,
)
from registry.registration.step_form import StepForm
from registry.wording import state_name, state_names


class YouForm(GuardedForm, StepForm):
    """Who fills in the form. Not shown to the public.

    What speaks against a person is noted with the draft that the form begins; later steps belong to that draft. When
    the field that people do not see was filled in, everything is kept and the moderators see it, but no link to
    resume is mailed: only who goes through all steps and sends gets a mail, the one that proves the mailbox.
    """

    kept = ("contact_name", "contact_email", "contact_role")

    contact_name = Line(_l("Your name"), [DataRequired(_l("Write your name."))], longest=200)
    contact_email = Mailbox(
        _l("Your work e-mail"),
        [DataRequired(_l("Write your e-mail address, so that we can send you the link."))],
    )
    contact_role = Line(_l("Your role at the laboratory"), [DataRequired(_l("Write your role."))], longest=200)
    draft_key = HiddenField()


class LaboratoryForm(StepForm):
    """The laboratory, its site and its licence."""

    kept = (
        "name",
        "lab_kind",
        "clia_number",
        "clia_absence_reason",
        "certificate_type",
        "state_permits",
        "accreditations",
        "cap_number",
        "npi",
        "address_line1",
        "address_line2",
        "city",
        "state",
        "zip",
        "note",
    )
    is_listed: Callable[[str], bool] | None = None

    name = Line(_l("Name of the laboratory"), [DataRequired(_l("Write the laboratory's name."))], longest=200)
    lab_kind = Choice(
        _l("Kind of laboratory"),
        [DataRequired(_l("Choose the kind of laboratory."))],
        choices=offered(vocabulary.LAB_KIND, empty=True),
    )
    clia_number = CliaNumber(_l("CLIA number"), [SometimesNeeded()])
    clia_absence_reason = Choice(
        _l("Reason for having no CLIA number"),
        [SometimesNeeded()],
        choices=lambda: [
            SelectChoice("", _("None: we have a CLIA number")),
            *offered(vocabulary.CLIA_ABSENCE_REASON)(),
        ],
    )
    certificate_type = Choice(
        _l("Type of CLIA certificate"),
        [SometimesNeeded()],
        choices=offered(vocabulary.CLIA_CERTIFICATE_TYPE, empty=True),
    )
    state_permits = SomeOf(_l("State permits"), [], vocabulary=vocabulary.STATE_PERMIT)
    accreditations = SomeOf(_l("Accreditations"), [], vocabulary=vocabulary.ACCREDITATION)
    cap_number = Line(_l("CAP number"), longest=20)
    npi = Line(_l("NPI of the laboratory"), longest=20)
    address_line1 = Line(_l("Address"), [DataRequired(_l("Write the street and number."))], longest=200)
    address_line2 = Line(_l("Address, second line"), longest=200)
    city = Line(_l("City"), [DataRequired(_l("Write the city."))], longest=100)
    state = Choice(
        _l("State or territory"),
        [DataRequired(_l("Choose the state or territory."))],
        choices=lambda: [
            SelectChoice("", _("Choose one")),
            *(SelectChoice(code, name) for code, name in state_names().items()),
        ],
    )
    zip = ZipCode(_l("ZIP code"), [DataRequired(_l("Write the ZIP code."))])
    note = Lines(_l("Anything a moderator should know"), longest=1000)

    def validate_npi(self, field: Line) -> None:
        number = "".join((field.data or "").replace("-", " ").split())
        if number and not npi_is_valid(number):
            raise StopValidation(
                _("An NPI has ten digits, and the last one tells of slips. These do not fit; compare them again.")
            )
        field.data = number

    def check_together(self) -> None:
        self._check_licence()
        self._check_zip()

    @property
    def listed_number(self) -> str:
        """The CLIA number when it is another listing's already, else an empty string."""
        number = self.clia_number.data or ""
        return number if number and self.is_listed is not None and self.is_listed(number) else ""

    def _check_licence(self) -> None:
        if not self.clia_number.data and not self.clia_absence_reason.data:
            self.refuse(self.clia_number, _("Write the CLIA number, or choose below why there is none."))
        elif not self.clia_number.data:
            self.certificate_type.data = ""
        elif self.clia_absence_reason.data:
            self.refuse(self.clia_absence_reason, _("Give either a CLIA number or a reason for none, not both."))
        elif not self.certificate_type.data:
            self.refuse(self.certificate_type, _("Choose the type of certificate that goes with the CLIA number."))
        if not self.clia_number.errors and self.listed_number:
            self.refuse(
                self.clia_number,
                _("A laboratory with this CLIA number is on the list. See above what to do."),
            )

    def _check_zip(self) -> None:
        if self.zip.errors or not self.zip.data:
            return
        entry = gazetteer().zip(self.zip.data[:5])
        if entry is None:
            self.refuse(self.zip, _("We do not know this ZIP code. Please check it."))
        elif self.state.data in US_STATES and entry.state != self.state.data:
            state = state_name(entry.state)
            self.refuse(self.zip, _("This ZIP code is in %(state)s. Check it, or the state.", state=state))

    def write(self, profile: LabProfile) -> LabProfile:
        """*profile* with this form's fields."""
        typed: dict[str, Any] = {name: self[name].data or "" for name in self.kept if name != "note"}
        typed |= {name: tuple(self[name].data or ()) for name in ("state_permits", "accreditations")}
        return replace(profile, **typed)


class ContactForm(StepForm):
    """How the public reaches the laboratory."""

    kept = ("phone", "public_email", "contact_role", "website")

    phone = Phone(_l("Public phone number"), [DataRequired(_l("Write the phone number for questions."))])
    public_email = MailAddress(_l("Public e-mail"))
    contact_role = Line(
        _l("Who answers"), [DataRequired(_l("Write who answers, such as “Client services”."))], longest=100
    )
    website = WebAddress(_l("Web site of the laboratory"))

    def write(self, profile: LabProfile) -> LabProfile:
        """*profile* with this form's fields."""
        typed: dict[str, Any] = {name: self[name].data or "" for name in self.kept}
        return replace(profile, **typed)


class PressForm(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """A form of buttons only; the hidden key becomes this browser's key of the draft."""

    draft_key = HiddenField()
