"""Putting single fields right by the rules of the join form, and asking whether a profile keeps them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.partly import corrected, value_at
from registry.domain.profile import MAX_OFFERINGS, LabProfile
from registry.models import Submission
from registry.registration import steps
from registry.registration.forms import ContactForm, LaboratoryForm
from registry.registration.offering_form import OfferingForm
from registry.registration.step_form import StepForm

# What is typed, and does not say who the laboratory is by law: that a moderator never guesses.
LABORATORY_TEXTS = (
    "name",
    "cap_number",
    "address_line1",
    "address_line2",
    "city",
    "zip",
    "phone",
    "public_email",
    "contact_role",
    "website",
)
TEST_TEXTS = ("name", "assay_name", "specimen_notes", "order_code", "catalogue_url")
SEVERAL_LINES = frozenset({"specimen_notes"})
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """What is not in order: at which field, and why, in the language of the page. ``path`` may be empty."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was typed, as it would be stored: path to value, without what changes nothing; and what is wrong with it."""

    corrections: dict[str, Any]
    problems: tuple[Problem, ...]


def correctable(profile: LabProfile) -> tuple[str, ...]:
    """The paths of the fields of *profile* that a moderator may put right."""
    tests = range(min(len(profile.offerings), MAX_OFFERINGS))
    return (*LABORATORY_TEXTS, *(f"offerings.{place}.{name}" for place in tests for name in TEST_TEXTS))


def check(session: Session, profile: LabProfile, typed: Mapping[str, str], *, own_lab_id: int | None) -> Checked:
    """What *typed* (path to text) would put right in *profile*; every path must be :func:`correctable`.

    Only what was in order before and is not any more is a problem.
    """
    changed = {path: text for path, text in typed.items() if text != value_at(profile, path)}
    if not changed:
        return Checked({}, ())
    result = corrected(profile, changed)
    clean = _as_stored(session, result, own_lab_id)
    corrections = {path: value_at(clean, path) for path in changed}
    corrections = {path: value for path, value in corrections.items() if value != value_at(profile, path)}
    return Checked(corrections, new_problems(session, profile, result, own_lab_id=own_lab_id))


def new_problems(
    session: Session, before: LabProfile, after: LabProfile, *, own_lab_id: int | None
) -> tuple[Problem, ...]:
    """What of *after* the join form would refuse, but for what it would refuse of *before* as well."""
    known = {(problem.path.rpartition(".")[2], problem.why) for problem in _problems(session, before, own_lab_id)}
    return tuple(
        problem
        for problem in _problems(session, after, own_lab_id)
        if (problem.path.rpartition(".")[2], problem.why) not in known
    )


def _problems(session: Session, profile: LabProfile, own_lab_id: int | None) -> Iterator[Problem]:
    for prefix, form in _forms(session, profile, own_lab_id):
        form.check()
        for name, errors in form.errors.items():
            yield Problem(f"{prefix}{name}" if name else "", str(errors[0]))


def _as_stored(session: Session, profile: LabProfile, own_lab_id: int | None) -> LabProfile:
    for prefix, form in _forms(session, profile, own_lab_id):
        form.check()
        if isinstance(form, LaboratoryForm | ContactForm):
            profile = form.write(profile)
        elif isinstance(form, OfferingForm):
            profile = profile.with_offering(int(prefix.split(".")[1]), form.offering())
    return profile


def _forms(session: Session, profile: LabProfile, own_lab_id: int | None) -> Iterator[tuple[str, StepForm]]:
    """The forms of the steps, filled with *profile*, and what the paths of their fields begin with."""
    # Never added to the session: it only carries the profile to the forms.
    draft = Submission(kind="edit", lab_id=own_lab_id, proposed=profile.to_dict(), unfinished={}, note="")
    for step in ("laboratory", "contact"):
        yield "", steps.filled(session, draft, step, csrf=False)
    for place in range(min(len(profile.offerings), MAX_OFFERINGS)):
        yield f"offerings.{place}.", steps.filled(session, draft, f"test-{place + 1}", csrf=False)
