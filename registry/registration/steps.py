"""The steps of a registration: their order, their forms filled from a draft, and what is still missing."""

from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from registry.domain.profile import MAX_OFFERINGS, LabProfile, Offering
from registry.models import Submission
from registry.registration import queries
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


def filled(session: Session, draft: Submission, step: str, *, csrf: bool = True) -> StepForm:
    """*step*'s form as the draft has it: what was typed and is not in order stands there with its errors."""
    unfinished = draft.unfinished.get(step)
    typed = unfinished if unfinished is not None else _typed(draft, step)
    form = form_of(step).showing(typed, csrf=csrf)
    bind(session, form, draft, step)
    if unfinished is not None:
        form.check()
    return form


def bind(session: Session, form: StepForm, draft: Submission | None, step: str) -> None:
    """Give *form* what its checks need to know beyond itself."""
    if isinstance(form, LaboratoryForm):
        own = draft.lab_id if draft is not None else None
        form.is_listed = lambda number: queries.listing_with_number(session, number, own_lab_id=own) is not None
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
                if not _in_order(session, draft, f"test-{number}"):
                    found.append(Missing(f"test-{number}", test_name(draft, number - 1) or offering.name))
        elif step != "check" and not _in_order(session, draft, step):
            found.append(Missing(step, str(title)))
    return found


def first_open(session: Session, draft: Submission) -> str:
    """The step to go on with: the first that is not in order, else the last look."""
    left = missing(session, draft)
    return left[0].step if left else "check"


def test_name(draft: Submission, position: int) -> str:
    """What the test at *position* is called so far; may be empty."""
    typed = draft.unfinished.get(f"test-{position + 1}", {}).get("name", [])
    return (typed[0][:200] if typed else "") or draft.profile.offerings[position].name


def _in_order(session: Session, draft: Submission, step: str) -> bool:
    if step in draft.unfinished:
        return False
    return filled(session, draft, step, csrf=False).check()


def _typed(draft: Submission, step: str) -> dict[str, list[str]]:
    position = position_of(step)
    if position is not None:
        offerings = draft.profile.offerings
        return _as_typed(offerings[position]) if position < len(offerings) else {}
    if step == "you":
        names = YouForm.kept
        return {name: [value] for name in names if (value := getattr(draft, name))}
    return _as_typed(draft.profile)


def _as_typed(stored: LabProfile | Offering) -> dict[str, list[str]]:
    typed: dict[str, list[str]] = {}
    values: dict[str, Any] = asdict(stored)
    values.pop("offerings", None)
    for name, value in values.items():
        if name == "cpt_codes":
            typed[name] = [joined(value)]
        elif isinstance(value, tuple):
            typed[name] = list(value)
        elif value not in ("", None):
            typed[name] = [str(value)]
    return typed
