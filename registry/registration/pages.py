"""The pages of the steps, made from a draft and a form."""

from flask import render_template

from registry.domain.profile import MAX_OFFERINGS
from registry.extensions import db
from registry.models import Submission
from registry.registration import queries, steps
from registry.registration.forms import CheckForm, LaboratoryForm, PressForm
from registry.registration.offering_form import OfferingForm
from registry.registration.representations import doubts, explanations, sections
from registry.registration.routes import address_of
from registry.registration.step_form import StepForm


def step_page(step: str, form: StepForm, draft: Submission | None) -> str:
    """The page of *step* with *form* in it."""
    template = "test" if isinstance(form, OfferingForm) else step
    listed = None
    if isinstance(form, LaboratoryForm) and form.listed_number:
        listed = queries.listing_with_number(db.session, form.listed_number)
    position = steps.position_of(step) or 0
    if isinstance(form, OfferingForm) and draft is not None:
        form.mark_place(empty=position >= len(draft.profile.offerings))
    return render_template(
        f"registration/{template}.html",
        **_frame("tests" if template == "test" else step, draft),
        form=form,
        listed=listed,
        number=position + 1,
        words=explanations() if template == "test" else {},
    )


def list_page(draft: Submission, *, incomplete: bool = False) -> str:
    """The list of the tests; *incomplete* says that one of them keeps the laboratory from going on."""
    left = {missing.step for missing in steps.missing(db.session, draft)}
    tests = [
        (f"test-{at + 1}", steps.test_name(draft, at), f"test-{at + 1}" not in left)
        for at in range(len(draft.profile.offerings))
    ]
    return render_template(
        "registration/tests.html",
        **_frame("tests", draft),
        tests=tests,
        incomplete=incomplete,
        may_add=len(tests) < MAX_OFFERINGS,
        form=PressForm(formdata=None),
    )


def check_page(draft: Submission, form: CheckForm, *, changed: bool = False) -> str:
    """The last look; *changed* says that something was written since it was shown before."""
    form.revision.data = str(draft.revision)
    return render_template(
        "registration/check.html",
        **_frame("check", draft),
        form=form,
        changed=changed,
        missing=steps.missing(db.session, draft),
        sections=sections(draft),
        doubts=doubts(draft.profile),
    )


def _frame(step: str, draft: Submission | None) -> dict[str, object]:
    revised = queries.revised_by(db.session, draft) if draft is not None else None
    return {
        "step": step,
        "titles": steps.TITLES,
        "place": list(steps.TITLES).index(step) + 1,
        "draft": draft,
        "address_of": address_of,
        "message": revised.message if revised is not None else "",
    }
