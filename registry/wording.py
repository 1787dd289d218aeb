"""Fields of a profile in words: labels instead of slugs, as plain text that a template escapes.

A template's own ``_()`` gives markup: what a stranger or an old row brings must never pass through it.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from registry.domain import vocabulary
from registry.domain.labels import label_of
from registry.domain.states import TERRITORIES, US_STATES
from registry.domain.suspicion import SUSPICION
from registry.domain.vocabulary import Vocabulary

_VOCABULARIES: dict[str, Vocabulary] = {
    "lab_kind": vocabulary.LAB_KIND,
    "clia_absence_reason": vocabulary.CLIA_ABSENCE_REASON,
    "certificate_type": vocabulary.CLIA_CERTIFICATE_TYPE,
    "method": vocabulary.TEST_METHOD,
    "assay": vocabulary.ASSAY,
    "reports_copy_number": vocabulary.COPY_NUMBER,
    "scoring_criterion": vocabulary.SCORING_CRITERION,
    "reflex_policy": vocabulary.REFLEX_POLICY,
    "specimens": vocabulary.SPECIMEN_TYPE,
    "tat_unit": vocabulary.TAT_UNIT,
    "tat_clock_start": vocabulary.TAT_CLOCK_START,
    "regulatory_status": vocabulary.REGULATORY_STATUS,
    "accepts_outside_specimens": vocabulary.ACCEPTS_OUTSIDE,
    "service_level": vocabulary.SERVICE_LEVEL,
    "transport_temp": vocabulary.TRANSPORT_TEMPERATURE,
    "path_report_required": vocabulary.YES_NO,
    "accreditations": vocabulary.ACCREDITATION,
    "state_permits": vocabulary.STATE_PERMIT,
    "verification": vocabulary.VERIFICATION_STATUS,
    "suspicion": SUSPICION,
}


def init_wording(app: Flask) -> None:
    """Give templates the filter ``shown``: ``{{ offering.method | shown('method') }}``."""
    app.jinja_env.filters["shown"] = lambda value, field, *, language: _shown(
        field, tuple(value) if isinstance(value, list) else value, language
    )
    app.jinja_env.filters["field_label"] = field_label
    app.jinja_env.filters["told_changes"] = told_changes


def shown_value(field: str, value: Any) -> str:
    """A field's *value* as people read it: labels for slugs, a dash for nothing. An unknown slug stands as it is."""
    if value is None or value == "" or value in ([], ()):
        return "–"
    terms = _VOCABULARIES.get(field)
    if isinstance(value, list | tuple):
        return ", ".join(term_label(terms, str(item)) for item in value)
    return term_label(terms, str(value))


@lru_cache(maxsize=4096)
def _shown(field: str, value: Any, language: str) -> str:
    # In the language that is in force; it is an argument only so that each has its own answers.
    return shown_value(field, value)


def term_label(terms: Vocabulary | None, slug: str) -> str:
    """The label of *slug* in the language of the page."""
    return str(_(terms[slug].label)) if terms is not None and slug in terms else slug


def state_name(code: str) -> str:
    """The state with this USPS code in the language of the page; a code that is none stands as it is."""
    return str(_(US_STATES[code])) if code in US_STATES else code


def state_names() -> dict[str, str]:
    """USPS code to name in the language of the page, in the order of a list: states by name, then territories."""
    codes = tuple(US_STATES)
    named = {code: state_name(code) for code in codes}
    states, territories = codes[:-TERRITORIES], codes[-TERRITORIES:]
    return {code: named[code] for code in (*sorted(states, key=named.__getitem__), *territories)}


def field_label(path: str) -> str:
    """What the field at *path* is called, with the number of its test: “ZIP code”, “Test 2: Method”, “Test 2”."""
    label, number = label_of(path)
    if not number:
        return str(_(label))
    return str(_("Test %(number)s: %(field)s", number=number, field=_(label)) if label else _test(number))


def told_changes(changes: Iterable[Sequence[Any]]) -> list[tuple[str, str, str]]:
    """Changes, each ``(path, before, after)`` as ``domain.changes`` tells them, in words: (label, before, after)."""
    rows = [_told(path, before, after) for path, before, after in changes]
    # An unset field and an empty one read the same.
    return [row for row in rows if row[1] != row[2]]


def _told(path: str, before: Any, after: Any) -> tuple[str, str, str]:
    if path == "offerings":
        return _("Order of the tests"), _numbered(before), _numbered(after)
    label, number = label_of(path)
    if number and not label:
        # A whole test: what it is called stands for it.
        unnamed = _test(number)
        return (
            (_("%(test)s, new", test=unnamed), "–", after or unnamed)
            if before is None
            else (_("%(test)s, removed", test=unnamed), before or unnamed, "–")
        )
    field = path.rpartition(".")[2]
    return field_label(path), shown_value(field, before), shown_value(field, after)


def _numbered(names: Iterable[str]) -> str:
    return "; ".join(f"{number}. {name}" for number, name in enumerate(names, start=1))


def _test(number: int) -> str:
    return str(_("Test %(number)s", number=number))
