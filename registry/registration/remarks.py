"""What a moderator wrote at fields, where the laboratory meets it: at these fields, wherever their test moved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.labels import FIELD_LABELS, OFFERING_LABELS, label_of
from registry.domain.merging import pairs
from registry.models import Submission
from registry.registration import queries, steps
from registry.registration.step_form import StepForm


@dataclass(frozen=True, slots=True)
class Placed:
    """The remarks of a draft.

    ``at`` has those whose field the draft still asks: the field's path in the draft to the text. ``loose`` has the
    others, by the paths that the moderator saw: their test is gone, or no step asks for the field.
    """

    at: dict[str, str] = field(default_factory=dict)
    loose: tuple[tuple[str, str], ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many stand in each step; ``tests`` has those of all tests, ``test-2`` those of the second."""
        found: dict[str, int] = {}
        for path in self.at:
            step, _name = _step_of(path)
            for one in {step, "tests"} if steps.position_of(step) is not None else {step}:
                found[one] = found.get(one, 0) + 1
        return found

    def of_step(self, step: str) -> list[tuple[str, str]]:
        """The remarks of *step*: the field's path and the text."""
        return [(path, text) for path, text in self.at.items() if _step_of(path)[0] == step]


def placed(session: Session, draft: Submission) -> Placed:
    """Where the remarks on what *draft* revises stand in it now."""
    if not draft.remarks:
        return Placed()
    revised = queries.revised_by(session, draft)
    before = revised.profile.offerings if revised is not None else draft.profile.offerings
    places = pairs(before, draft.profile.offerings)
    at: dict[str, str] = {}
    loose = []
    for path, text in in_order(draft.remarks):
        now = _moved(path, places)
        if now is None or not _is_asked(now):
            loose.append((path, text))
        else:
            at[now] = text
    return Placed(at, tuple(loose))


def in_order(remarks: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The remarks as their fields follow each other, those at the laboratory's first; the database keeps no order."""
    return sorted(((path, str(text)) for path, text in remarks.items()), key=_order)


def put(form: StepForm, found: Placed, step: str) -> None:
    """Give each field of *step*'s form the remark that stands at it, as its ``remark``."""
    for path, text in found.of_step(step):
        form[_step_of(path)[1]].remark = text


def _order(remark: tuple[str, str]) -> tuple[int, int, str]:
    path, _text = remark
    order = [*FIELD_LABELS, *OFFERING_LABELS]
    name = path.rpartition(".")[2]
    return label_of(path)[1], order.index(name) if name in order else len(order), path


def _moved(path: str, places: dict[int, int]) -> str | None:
    """*path* where its test stands now; None when that is gone, or it names none."""
    if not path.startswith("offerings."):
        return path
    number, _dot, name = path.removeprefix("offerings.").partition(".")
    place = places.get(int(number)) if number.isascii() and number.isdigit() and len(number) <= 2 else None
    return None if place is None else f"offerings.{place}.{name}"


def _is_asked(path: str) -> bool:
    step, name = _step_of(path)
    return bool(step) and name in steps.form_of(step).kept


def _step_of(path: str) -> tuple[str, str]:
    """The step that asks for the field at *path*, and the field's name there; an empty step where none does."""
    if path.startswith("offerings."):
        number, _dot, name = path.removeprefix("offerings.").partition(".")
        return f"test-{int(number) + 1}", name
    # The sender's own name and role stand in no profile.
    asking = (step for step, form in steps.FORMS.items() if step != "you" and path in form.kept)
    return next(asking, ""), path
