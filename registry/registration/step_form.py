"""What the forms of the steps share: they show a draft, say what was typed, and check fields together."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField

from registry.registration.fields import Lines, visible

LONGEST_RAW = 4_000
"""How much of one typed value a draft keeps; more than any field takes."""

MOST_RAW = 40
"""How many values of one field a draft keeps."""


class StepForm(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """A form of one step. ``kept`` names the fields that a draft keeps.

    Its page says of which draft it is, what it was shown of the step (see :mod:`conflicts`), and which tab it is in
    (see :mod:`unsaved`).
    """

    kept: ClassVar[tuple[str, ...]] = ()

    of_draft = HiddenField()
    shown = HiddenField()
    tab = HiddenField()

    @classmethod
    def showing(cls, typed: Mapping[str, list[str]], *, csrf: bool = True) -> Self:
        """The form with *typed* in it, whatever was posted."""
        values = [(name, value) for name, several in typed.items() if name in cls.kept for value in several]
        return cls(formdata=MultiDict(values), meta={} if csrf else {"csrf": False})

    def typed(self) -> dict[str, list[str]]:
        """What was typed, bounded, in a shape that can be stored and shown again."""
        kept = {}
        for name in self.kept:
            values = self[name].raw_data or []
            lines = isinstance(self[name], Lines)
            kept[name] = [visible(str(value)[:LONGEST_RAW], lines=lines) for value in values[:MOST_RAW]]
        return kept

    def check(self) -> bool:
        """Validate outside of a POST: nobody has sent a token yet."""
        self.validate()
        if "csrf_token" in self:
            self["csrf_token"].errors = []
        return not self.errors

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        self.check_together()
        return not self.errors

    def check_together(self) -> None:
        """Checks of fields against each other; see :meth:`refuse`."""

    def refuse(self, field: Field, message: str) -> None:
        """Put *message* at *field*, unless it has an error of its own."""
        if not field.errors:
            field.errors = [message]
