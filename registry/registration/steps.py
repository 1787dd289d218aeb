"""The steps of a registration: their order, their forms filled from a draft, and what is still missing."""

from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from registry.domain.profile import MAX_OFFERINGS, LabProfile, Offering
from registry.models import Submission
from registry.registration import queries, unsaved
from registry.registration.cpt import joined
from registry.registration.forms import ContactForm, LaboratoryForm, YouForm
from registry.registration.offering_form import OfferingForm
from registry.registration.step_form import StepForm

TITLES = {
    "you": _l("Who you are"),
    "laboratory": _l("The laboratory"),
    "tests": _l("Your HER2 tests"),
    "contact": _l("How to reach you"),
    "check": _l("Check and send"),
}
"""The steps in their order."""

NEXT = {"you": "laboratory", "laboratory": "tests", "tests": "contact", "contact": "check"}
FORMS: dict[str, type[StepForm]] = {"you": YouForm, "laboratory": LaboratoryForm, "contact": ContactForm}


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that is not in order: its step (``test-2`` for the second test) and its name."""

    step: str
    name: str


def position_of(step: str) -> int | None:
    """The place of a test's step in the list (0 is the first); None when *step* is no test's."""
    name, _, number = step.partition("-")
    if name != "test" or not number.isascii() or not number.isdigit() or number.startswith("0"):
        return None
    return int(number) - 1 if len(number) <= 2 and int(number) <= MAX_OFFERINGS else None


def form_of(step: str) -> type[StepForm]:
    """The class of *step*'s form; ``KeyError`` when it has none."""
    return OfferingForm if position_of(step) is not None else FORMS[step]


def filled(session: Session, draft: Submission, step: str, *, csrf: bool = True, checked: bool = True) -> StepForm:
    """*step*'s form as the draft has it: what was typed and is not in order stands there with its errors.

    Without *checked* it stands there as if nobody had pressed a button yet.
    """
    form = form_of(step).showing(typed(draft, step), csrf=csrf)
    bind(session, form, draft, step)
    if checked and step in draft.unfinished and unsaved.was_checked(draft.unfinished[step]):
        form.check()
    return form


def bind(session: Session, form: StepForm, draft: Submission | None, step: str) -> None:
    """Give *form* what its checks need to know beyond itself."""
    if isinstance(form, LaboratoryForm):
        own = draft.lab_id if draft is not None else None
        form.is_listed = lambda number: queries.listing_with_number(session, number, own_lab_id=own) is not None
    if isinstance(form, YouForm) and draft is not None and draft.kind == "edit":
        # Whoever speaks for the laboratory proved a mailbox; the change is sent from that one, whatever is typed.
        form.contact_email.raw_data = [draft.contact_email]
        form.contact_email.data = draft.contact_email
    position = position_of(step)
    if isinstance(form, OfferingForm) and draft is not None and position is not None:
        offerings = draft.profile.offerings
        form.others = offerings[:position] + offerings[position + 1 :]


def missing(session: Session, draft: Submission) -> list[Missing]:
    """What keeps the draft from being sent, in order; every stored answer is checked again."""
    found = []
    for step, title in TITLES.items():
        if step == "tests":
            offerings = draft.profile.offerings
            if not offerings:
                found.append(Missing("tests", str(title)))
            for number, offering in enumerate(offerings, start=1):
                name = test_name(draft, number - 1) or offering.name
                found += _not_in_order(session, draft, f"test-{number}", name)
        elif step != "check":
            found += _not_in_order(session, draft, step, str(title))
    return found


def first_open(session: Session, draft: Submission) -> str:
    """The step to go on with: the first that is not in order, else the last look."""
    left = missing(session, draft)
    return left[0].step if left else "check"


def laboratory_name(draft: Submission) -> str:
    """What the laboratory is called so far; may be empty."""
    names = typed(draft, "laboratory").get("name", [])
    return names[0][:200] if names else ""


def test_name(draft: Submission, position: int) -> str:
    """What the test at *position* is called so far; may be empty."""
    names = draft.unfinished.get(f"test-{position + 1}", {}).get("name", [])
    return (names[0][:200] if names else "") or draft.profile.offerings[position].name


def _not_in_order(session: Session, draft: Submission, step: str, name: str) -> list[Missing]:
    if step not in draft.unfinished:
        return [] if filled(session, draft, step, csrf=False).check() else [Missing(step, name)]
    if name and unsaved.tab_of(draft.unfinished[step]) is not None:
        name = _("%(name)s: typed, not saved yet", name=name)
    return [Missing(step, name)]


def typed(draft: Submission, step: str) -> dict[str, list[str]]:
    """The answers of *step* as one types them, in order or not."""
    return unsaved.answers(draft.unfinished[step]) if step in draft.unfinished else saved(draft, step)


def saved(draft: Submission, step: str) -> dict[str, list[str]]:
    """The answers of *step* that are in order and saved, as one types them."""
    position = position_of(step)
    if position is not None:
        offerings = draft.profile.offerings
        return _as_typed(offerings[position]) if position < len(offerings) else {}
    if step == "you":
        names = YouForm.kept
        return {name: [value] for name in names if (value := getattr(draft, name))}
    return {**_as_typed(draft.profile), **({"note": [draft.note]} if draft.note else {})}


def outcome(draft: Submission, form: StepForm) -> dict[str, list[str]]:
    """What would be saved of *form*, which is in order, as one types it."""
    if isinstance(form, OfferingForm):
        return _as_typed(form.offering())
    if isinstance(form, LaboratoryForm):
        return {**_as_typed(form.write(draft.profile)), **({"note": [form.note.data]} if form.note.data else {})}
    if isinstance(form, ContactForm):
        return _as_typed(form.write(draft.profile))
    return {name: [str(form[name].data)] for name in form.kept if form[name].data}


def _as_typed(stored: LabProfile | Offering) -> dict[str, list[str]]:
    answers: dict[str, list[str]] = {}
    values: dict[str, Any] = asdict(stored)
    values.pop("offerings", None)
    for name, value in values.items():
        if name == "cpt_codes":
            answers[name] = [joined(value)]
        elif isinstance(value, tuple):
            answers[name] = list(value)
        elif value not in ("", None):
            answers[name] = [str(value)]
    return answers
