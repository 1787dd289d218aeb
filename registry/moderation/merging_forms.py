"""The choices by which two entries become one, and the one by which they become two again."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, StopValidation

from registry.domain.profile import LabProfile
from registry.domain.uniting import Side, Take, choices, presets, unite
from registry.moderation.merging_queries import Comparison
from registry.moderation.unmerging import Keep

_TAKE = "take-"


class MergeForm(FlaskForm):  # type: ignore[misc]
    """Which entry stays, and what the one entry takes from which; made by :func:`merge_form`.

    ``first`` and ``second`` say how the entries stood on the page, ``united`` which result it showed.
    """

    beside: Comparison

    first = HiddenField(validators=[Length(max=64)])
    second = HiddenField(validators=[Length(max=64)])
    united = HiddenField(validators=[Length(max=80)])
    stays = RadioField(_l("Which entry stays?"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stays.flags.required = True
        self.stays.choices = [SelectChoice(side.value, side.value) for side in Side]

    def validate_stays(self, field: RadioField) -> None:
        if field.data not in set(Side):
            raise StopValidation(_("Choose which entry stays."))

    @property
    def side(self) -> Side:
        """The entry that stays."""
        return Side(self.stays.data)

    def take(self, key: str) -> RadioField | None:
        """The field of the part or test of that key; None where there is nothing to choose."""
        return self._fields.get(_TAKE + key)

    @property
    def taken(self) -> dict[str, Take]:
        """What is chosen, by the names of the parts and the keys of the tests."""
        offered = choices(self.beside.first, self.beside.second)
        return {key: Take(self._fields[_TAKE + key].data) for key in offered}

    @property
    def result(self) -> LabProfile:
        """The one entry. Only of a form that is in order."""
        return unite(self.beside.first, self.beside.second, stays=self.side, taken=self.taken)

    @property
    def result_shown(self) -> bool:
        """Whether the page that was sent showed the entry that its choices make."""
        return self.united.data == self._fingerprint()

    def moved(self) -> list[Side]:
        """The entries that do not stand as the page showed them."""
        shown = {Side.FIRST: self.first.data, Side.SECOND: self.second.data}
        return [side for side, sided in self.beside.sides.items() if shown[side] != sided.profile.digest]

    def shows(self, *, stays: Side | None = None) -> None:
        """Say what the page about to be rendered shows; with *stays*, what fits that choice is chosen anew."""
        if stays is not None:
            self.stays.data = stays.value
        self._fill_in(every=stays is not None)
        self.first.data, self.second.data = self.beside.first.digest, self.beside.second.digest
        self.united.data = self._fingerprint()

    def fill_in(self) -> None:
        """Choose what was not on the page that was sent, because the entries were others then."""
        self._fill_in(every=False)

    def _fill_in(self, *, every: bool) -> None:
        stays = self.side if self.stays.data in set(Side) else self.beside.suggestion
        beforehand = presets(self.beside.first, self.beside.second, stays=stays, days=self.beside.days)
        for key, take in beforehand.items():
            field = self._fields[_TAKE + key]
            if every or field.name not in request.form:
                field.data = take.value

    def _fingerprint(self) -> str:
        chosen = (field for name, field in self._fields.items() if name.startswith(_TAKE))
        whole = self.stays.data in set(Side) and all(
            field.data in {option.data for option in field} for field in chosen
        )
        return f"{self.stays.data}:{self.result.digest}" if whole else ""


def merge_form(beside: Comparison, *, empty: bool = False) -> MergeForm:
    """The form for two entries; *empty* leaves what was sent aside."""
    offered = choices(beside.first, beside.second)
    fields = {_TAKE + key: _choice(key, options) for key, options in offered.items()}
    made = type("MergeForm", (MergeForm,), {"beside": beside, **fields})
    form: MergeForm = made(formdata=None) if empty else made()
    if not empty:
        form.fill_in()
    return form


def _choice(key: str, options: tuple[Take, ...]) -> RadioField:
    return RadioField(
        key,
        id=_TAKE + key,
        choices=[SelectChoice(take.value, take.value) for take in options],
        validators=[_Chosen()],
        validate_choice=False,
    )


class _Chosen:
    """One of the field's choices."""

    field_flags = {"required": True}

    def __call__(self, form: FlaskForm, field: RadioField) -> None:
        if field.data not in {option.data for option in field}:
            raise StopValidation(_("Choose one of these."))


class UnmergeForm(FlaskForm):  # type: ignore[misc]
    """What the entry that stayed shows afterwards. ``shown`` is the fingerprint of what it says on the page."""

    shown = HiddenField(validators=[Length(max=64)])
    keep = RadioField(_l("What does the entry that stayed show then?"), validate_choice=False)

    def __init__(self, *args: Any, changed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changed = changed
        self.keep.flags.required = True
        self.keep.choices = [
            SelectChoice(Keep.PRESENT.value, _("What it shows now")),
            SelectChoice(Keep.BEFORE.value, _("What it showed before the merger")),
        ]

    def validate_keep(self, field: RadioField) -> None:
        # Where nothing was changed since there is nothing to choose.
        if self.changed and field.data not in set(Keep):
            raise StopValidation(_("Choose what the entry shows then."))

    @property
    def chosen(self) -> Keep:
        return Keep(self.keep.data) if self.changed else Keep.BEFORE
