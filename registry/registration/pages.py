"""The pages of the steps, made from a draft and a form."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from wtforms import Field
from wtforms.fields.choices import SelectFieldBase

from registry.domain.profile import MAX_OFFERINGS
from registry.domain.workflow import State
from registry.extensions import db
from registry.models import Submission
from registry.registration import offering_help, prefill, queries, remarks, steps, unsaved
from registry.registration.conflicts import CHOICE, Difference, Side, choices, shown
from registry.registration.forms import ContactForm, LaboratoryForm
from registry.registration.offering_form import OfferingForm
from registry.registration.routes import address_of
from registry.registration.step_form import StepForm
from registry.registration.tests_services import mark_of
from registry.web import now


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A field with two answers: the control that chooses, both answers in words, and which of them is chosen."""

    name: str
    label: str
    stored: str
    typed: str
    chosen: str
    left: bool


def step_page(step: str, form: StepForm, draft: Submission | None) -> str:
    """The page of *step* with *form* in it."""
    template = "test" if isinstance(form, OfferingForm) else step
    listed = None
    if isinstance(form, LaboratoryForm) and form.listed_number:
        listed = queries.listing_with_number(db.session, form.listed_number)
    position = steps.position_of(step) or 0
    of_the_step: dict[str, Any] = {}
    if isinstance(form, OfferingForm) and draft is not None:
        of_the_step = offering_help.context(draft, position)
    elif isinstance(form, LaboratoryForm):
        of_the_step = {"beside": prefill.beside(db.session, form, today=now().date())}
    elif isinstance(form, ContactForm) and draft is not None:
        number = draft.profile.clia_number
        of_the_step = {"filed": prefill.mark_of_phone(db.session, clia_number=number, phone=form.phone.data or "")}
    around = frame("tests" if template == "test" else step, draft)
    if draft is not None:
        _say_what_is_shown(form, draft, step)
        remarks.put(form, around["remarks"], step)
    return render_template(
        f"registration/{template}.html",
        **around,
        form=form,
        listed=listed,
        number=position + 1,
        unsaved_since=unsaved.since(draft.unfinished.get(step, {})) if draft is not None else None,
        may_take_back=draft is not None and may_take_back(draft, step),
        **of_the_step,
    )


def conflict_page(
    draft: Submission,
    step: str,
    form: StepForm,
    found: Sequence[Difference],
    *,
    by: str,
    left: Collection[str],
) -> str:
    """Both answers where they differ; *by* is the mailbox of who sent, *left* the fields still to be chosen for."""
    _say_what_is_shown(form, draft, step)
    chosen = choices(form.kept, request.form)
    return render_template(
        "registration/conflict.html",
        **frame("tests" if isinstance(form, OfferingForm) else step, draft),
        form=form,
        number=(steps.position_of(step) or 0) + 1,
        rows=[
            ConflictRow(
                name=CHOICE + difference.name,
                label=form[difference.name].label.text,
                stored=_words(form[difference.name], difference.stored),
                typed=_words(form[difference.name], difference.typed),
                chosen=_chosen(difference, chosen.get(difference.name), left=difference.name in left),
                left=difference.name in left,
            )
            for difference in found
        ],
        typed=[(name, value) for name, values in form.typed().items() for value in values],
        then="later" if request.form.get("then") == "later" else "continue",
        written_by=draft.updated_by if draft.updated_by != by else "",
        may_add=isinstance(form, OfferingForm) and len(draft.profile.offerings) < MAX_OFFERINGS,
    )


def _chosen(difference: Difference, chosen: Side | None, *, left: bool) -> str:
    if left:
        return ""
    # What was chosen is of no use when somebody has changed the other side again.
    return (difference.preset if difference.moved else chosen or difference.preset) or ""


def may_take_back(draft: Submission, step: str) -> bool:
    """Whether *step* was saved whole before somebody typed in it again."""
    before = draft.unfinished.get(step, {})
    if unsaved.tab_of(before) is None or unsaved.was_checked(before):
        return False
    saved = steps.saved(draft, step)
    return any(value for name in steps.form_of(step).kept for value in saved.get(name, []))


def _say_what_is_shown(form: StepForm, draft: Submission, step: str) -> None:
    form.of_draft.data = draft.handle
    form.shown.data = shown(form.kept, steps.typed(draft, step))
    form.tab.data = ""
    position = steps.position_of(step)
    if isinstance(form, OfferingForm) and position is not None:
        form.place_was.data = mark_of(draft, position)


def _words(field: Field, values: Sequence[str]) -> str:
    """An answer as a person reads it."""
    labels = {}
    if isinstance(field, SelectFieldBase):
        labels = {str(option.data): str(option.label.text) for option in field}
    separator = "; " if labels else "\n"
    return separator.join(labels.get(value, value) for value in values if value)


def frame(step: str, draft: Submission | None) -> dict[str, Any]:
    """What the frame around every step needs."""
    revised = queries.revised_by(db.session, draft) if draft is not None else None
    return {
        "step": step,
        "titles": steps.TITLES,
        "place": list(steps.TITLES).index(step) + 1,
        "draft": draft,
        "called": steps.laboratory_name(draft) if draft is not None else "",
        "address_of": address_of,
        "message": revised.message if revised is not None and revised.status is State.CHANGES_REQUESTED else "",
        "remarks": remarks.placed(db.session, draft) if draft is not None else remarks.Placed(),
    }
