"""Which events of the audit somebody wants to see; a form of an address, so it changes nothing."""

import re
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import StopValidation

from registry.moderation.audit_reading import Wanted
from registry.moderation.audit_words import SUBJECTS, act_choices, subject_words
from registry.registration.fields import Choice, Line

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Day(Line):
    """A day, as browsers send it: 2026-11-16."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, longest=10, **kwargs)

    @property
    def day(self) -> date | None:
        """The day; None when there is none."""
        try:
            return date.fromisoformat(self.data or "") if _DAY.fullmatch(self.data or "") else None
        except ValueError:
            return None

    def check(self, text: str) -> None:
        if self.day is None:
            raise StopValidation(_("Write a day like 2026-11-16."))


class AuditFilter(FlaskForm):  # type: ignore[misc]  # the library is not annotated
    """Who, what, to what, when."""

    class Meta:
        csrf = False

    actor = Line(_l("Who"), longest=254)
    action = Choice(_l("Act"), None, choices=None)
    subject = Choice(_l("Kind of subject"), None, choices=None)
    about = Line(_l("Which"), longest=200)
    since = Day(_l("From day"))
    until = Day(_l("To day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action.choices = [("", _("Any act")), *act_choices()]
        self.subject.choices = [("", _("Anything")), *((kind, subject_words(kind)) for kind in SUBJECTS)]

    def validate_until(self, field: Day) -> None:
        if field.day is not None and self.since.day is not None and field.day < self.since.day:
            raise StopValidation(_("The last day lies before the first."))

    @property
    def wanted(self) -> Wanted:
        """What is asked for; what is wrong is left out."""
        told = {name: getattr(self, name).data or "" for name in ("actor", "action", "subject", "about")}
        right = {name: text for name, text in told.items() if not getattr(self, name).errors}
        return Wanted(**right, since=self.since.day, until=self.until.day)

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the address that asks for the same."""
        return {field.name: field.data for field in self if field.data and not field.errors}
