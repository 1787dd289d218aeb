"""What the page of a test knows beside its form: help in words, what follows from an answer, and its model."""

from typing import Any

from flask import request
from flask_babel import gettext as _

from registry.domain import assays, vocabulary
from registry.models import Submission
from registry.registration import steps

_EXPLAINED_AT_EACH = {
    "regulatory_status": vocabulary.REGULATORY_STATUS,
    "service_level": vocabulary.SERVICE_LEVEL,
}
"""Choices that cannot be told apart without their explanations."""

_EXPLAINED_ON_DEMAND = {
    "method": vocabulary.TEST_METHOD,
    "scoring_criterion": vocabulary.SCORING_CRITERION,
    "reflex_policy": vocabulary.REFLEX_POLICY,
    "specimens": vocabulary.SPECIMEN_TYPE,
    "tat_clock_start": vocabulary.TAT_CLOCK_START,
}
"""Choices whose labels are enough for most laboratories."""


def context(draft: Submission, position: int) -> dict[str, Any]:
    """For the template: words by field, rules for the browser, and what it is like: a name, or None for nothing."""
    return {
        "words": {
            name: {term.slug: _(term.explanation) for term in terms.offered if term.explanation}
            for name, terms in _EXPLAINED_AT_EACH.items()
        },
        "meanings": {
            name: [(_(term.label), _(term.explanation)) for term in terms.offered if term.explanation]
            for name, terms in _EXPLAINED_ON_DEMAND.items()
        },
        "rules": rules(),
        "like": _copied_from(draft, position),
    }


def rules() -> dict[str, Any]:
    """What follows from an assay and a method, as slugs in plain JSON types; no method chosen yet is ``""``."""
    methods = vocabulary.TEST_METHOD.slugs
    hidden = {name: [method for method in methods if not assays.is_asked(name, method)] for name in assays.METHODS_WITH}
    hidden["reports_copy_number"].append("")
    return {
        "methods": {term.slug: term.group for term in vocabulary.ASSAY if term.group},
        "statuses": assays.REGULATORY_STATUS_OF,
        "named": ["lab_developed", "other"],
        "withoutReflex": sorted(assays.WITHOUT_REFLEX),
        "hidden": hidden,
        "usual": {
            name: {method: assays.usual(name, method) for method in usual} for name, usual in assays.USUAL.items()
        },
    }


def _copied_from(draft: Submission, position: int) -> str | None:
    at = steps.position_of(f"test-{request.args.get('like', '')}")
    if at is None or at == position or at >= len(draft.profile.offerings):
        return None
    return steps.test_name(draft, at)
