"""The page that lists the tests of a registration."""

from dataclasses import dataclass

from flask import render_template

from registry.directory.representations import turnaround_text
from registry.domain import vocabulary
from registry.domain.profile import MAX_OFFERINGS
from registry.extensions import db
from registry.language import current_language
from registry.models import Submission
from registry.registration import steps
from registry.registration.forms import PressForm
from registry.registration.pages import frame
from registry.registration.tests_services import removed_name
from registry.wording import term_label


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list: the test's step and number, its name, what it is in brief, and whether it is in order."""

    step: str
    number: int
    name: str
    brief: str
    good: bool


def list_page(draft: Submission, *, incomplete: bool = False) -> str:
    """The list of the tests; *incomplete* says that one of them keeps the laboratory from going on."""
    left = {missing.step for missing in steps.missing(db.session, draft)}
    entries = [
        Entry(
            step=f"test-{number}",
            number=number,
            name=steps.test_name(draft, number - 1),
            brief=_brief(draft, number - 1),
            good=f"test-{number}" not in left,
        )
        for number in range(1, len(draft.profile.offerings) + 1)
    ]
    return render_template(
        "registration/tests.html",
        **frame("tests", draft),
        entries=entries,
        removed=removed_name(draft),
        incomplete=incomplete,
        may_add=len(entries) < MAX_OFFERINGS,
        form=PressForm(formdata=None),
    )


def _brief(draft: Submission, position: int) -> str:
    """Method and turnaround, as far as they are known."""
    offering = draft.profile.offerings[position]
    typed = steps.typed(draft, f"test-{position + 1}")
    method = (typed.get("method") or [""])[0]
    said = [term_label(vocabulary.TEST_METHOD, method)] if method in vocabulary.TEST_METHOD else []
    if offering.tat_max is not None:
        said.append(turnaround_text(offering.turnaround, language=current_language()))
    return " · ".join(said)
