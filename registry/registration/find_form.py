"""What is asked before the form: which laboratory it is, so that nobody types what is known."""

from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField

from registry.domain.text import is_clia, is_zip, normalise_clia, plain, unwelcome_character
from registry.guard import GuardedForm
from registry.registration.fields import CliaNumber, Line, SometimesNeeded, ZipCode
from registry.registration.finding import Question

NAME_LONGEST = 200


class FindForm(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """A CLIA number, or the name and the ZIP code of the laboratory. Sent as a query: it names no person."""

    class Meta:
        csrf = False

    clia_number = CliaNumber(_l("CLIA number"), [SometimesNeeded()])
    name = Line(_l("Name of the laboratory"), [SometimesNeeded()], longest=NAME_LONGEST)
    zip = ZipCode(_l("ZIP code"), [SometimesNeeded()])

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        if not self.errors and not self.clia_number.data:
            if not self.name.data and not self.zip.data:
                self.clia_number.errors = [_("Write the CLIA number, or below it the name and the ZIP code.")]
            elif not self.name.data:
                self.name.errors = [_("Write the laboratory's name.")]
            elif not self.zip.data:
                self.zip.errors = [_("Write the ZIP code.")]
        return not self.errors

    @property
    def question(self) -> Question:
        """What to look for; a number is looked for alone."""
        if self.clia_number.data:
            return Question(clia_number=self.clia_number.data)
        return Question(name=self.name.data or "", zip=self.zip.data or "")


class StartForm(GuardedForm, FlaskForm):  # type: ignore[misc]  # as above
    """The press that begins a registration: with a record of the CMS file, or with what was typed to find it.

    Its buttons are named ``start``; their value is the CLIA number of the record, empty without one.
    """

    # It has buttons alone: who knows the page presses at once.
    LEAST_SECONDS: ClassVar[float] = 0.0

    draft_key = HiddenField()
    typed_number = HiddenField()
    typed_name = HiddenField()
    typed_zip = HiddenField()

    @property
    def typed(self) -> dict[str, str]:
        """The fields of a profile that were typed and can stand in one; what cannot is left out."""
        number = normalise_clia((self.typed_number.data or "")[:40])
        name, code = (self.typed_name.data or "")[:NAME_LONGEST], (self.typed_zip.data or "").strip()[:10]
        fields = {
            "clia_number": number if is_clia(number) else "",
            "name": plain(name) if unwelcome_character(name) is None else "",
            "zip": code if is_zip(code) else "",
        }
        return {field: value for field, value in fields.items() if value}
