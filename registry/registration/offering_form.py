"""The form of one HER2 test."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Optional

from registry.domain import assays, vocabulary
from registry.domain.profile import Offering
from registry.registration.cpt import CptCodes
from registry.registration.fields import (
    Choice,
    Line,
    Lines,
    OneOf,
    SomeOf,
    SometimesNeeded,
    WebAddress,
    WholeNumber,
    offered,
    offered_or_not_stated,
)
from registry.registration.step_form import StepForm

MOST_DAYS = 365
MOST_HOURS = 2_000
MOST_SLIDES = 50


def _assays() -> list[SelectChoice]:
    rows = [SelectChoice("", _("Not stated"))]
    for term in vocabulary.ASSAY.offered:
        group = _(vocabulary.TEST_METHOD.label(term.group)) if term.group else _("Any method")
        rows.append(SelectChoice(term.slug, _(term.label), optgroup=group))
    return rows


class OfferingForm(StepForm):
    """One HER2 test."""

    kept = (
        "name",
        "method",
        "assay",
        "assay_name",
        "reports_copy_number",
        "scoring_criterion",
        "reflex_policy",
        "specimens",
        "specimen_notes",
        "slides_min",
        "tumor_content_min_pct",
        "path_report_required",
        "transport_temp",
        "tat_min",
        "tat_max",
        "tat_unit",
        "tat_clock_start",
        "regulatory_status",
        "accepts_outside_specimens",
        "order_code",
        "catalogue_url",
        "service_level",
        "cpt_codes",
    )
    others: tuple[Offering, ...] = ()

    name = Line(_l("Name of the test"), [DataRequired(_l("Write the test's name."))], longest=200)
    method = OneOf(_l("Method"), [DataRequired(_l("Choose the method."))], vocabulary=vocabulary.TEST_METHOD)
    assay = Choice(_l("Assay or clone"), [], choices=_assays)
    assay_name = Line(_l("Name of the assay, if it is not in the list"), longest=200)
    reports_copy_number = OneOf(
        _l("Does the report state the HER2 copy number?"),
        [SometimesNeeded(), Optional()],
        vocabulary=vocabulary.COPY_NUMBER,
    )
    scoring_criterion = OneOf(
        _l("Scoring criterion"),
        [DataRequired(_l("Choose the scoring criterion, or “Not stated”."))],
        vocabulary=vocabulary.SCORING_CRITERION,
    )
    reflex_policy = OneOf(
        _l("Reflex testing"),
        [DataRequired(_l("Choose what happens after an unclear result."))],
        vocabulary=vocabulary.REFLEX_POLICY,
    )
    specimens = SomeOf(
        _l("Specimens you accept"),
        [DataRequired(_l("Choose at least one kind of specimen."))],
        vocabulary=vocabulary.SPECIMEN_TYPE,
    )
    specimen_notes = Lines(_l("What to send"), longest=500)
    slides_min = WholeNumber(_l("Unstained slides, at least"), [Optional()], least=1, most=MOST_SLIDES)
    tumor_content_min_pct = WholeNumber(_l("Tumor percentage, at least"), [Optional()], least=1, most=100)
    path_report_required = Choice(
        _l("Pathology report needed"),
        [],
        choices=offered_or_not_stated(vocabulary.YES_NO),
    )
    transport_temp = Choice(
        _l("Transport temperature"),
        [],
        choices=offered_or_not_stated(vocabulary.TRANSPORT_TEMPERATURE),
    )
    tat_min = WholeNumber(_l("Shortest turnaround"), [InputRequired(_l("Write the shortest turnaround."))])
    tat_max = WholeNumber(_l("Longest turnaround"), [InputRequired(_l("Write the longest turnaround."))])
    tat_unit = Choice(
        _l("Counted in"),
        [DataRequired(_l("Choose what the turnaround is counted in."))],
        choices=offered(vocabulary.TAT_UNIT, empty=True),
    )
    tat_clock_start = Choice(
        _l("Counted from"),
        [DataRequired(_l("Choose when the turnaround begins."))],
        choices=offered(vocabulary.TAT_CLOCK_START, empty=True),
    )
    regulatory_status = OneOf(_l("Regulatory status"), [Optional()], vocabulary=vocabulary.REGULATORY_STATUS)
    accepts_outside_specimens = OneOf(
        _l("Do you accept specimens from outside?"),
        [DataRequired(_l("Say whether you accept specimens from outside."))],
        vocabulary=vocabulary.ACCEPTS_OUTSIDE,
    )
    order_code = Line(_l("Order code"), longest=60)
    catalogue_url = WebAddress(_l("Web page of the test"))
    service_level = OneOf(_l("Service level"), [Optional()], vocabulary=vocabulary.SERVICE_LEVEL, may_be_left=True)
    cpt_codes = CptCodes(_l("CPT codes"))
    place_was = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filled: dict[str, str] = {}
        """The answers that nobody gave and that follow from another one, by field."""

    def check_together(self) -> None:
        self._fill_what_follows()
        self._forget_what_is_not_asked()
        self._check_assay()
        self._check_turnaround()
        if self.method.data in assays.METHODS_WITH["reports_copy_number"] and not self.reports_copy_number.data:
            self.refuse(self.reports_copy_number, _("Say whether the report states the copy number."))
        # A draft that is only shown was not sent, and so has no token: that is no fault of the test.
        if not self.errors.keys() - {"csrf_token"} and self.offering() in self.others:
            self.refuse(self.name, _("You entered this very test already. Change it, or go back to your tests."))

    def _fill_what_follows(self) -> None:
        """Answer what was left open and follows from another answer; without JavaScript nobody did so before."""
        method = assays.method_of(self.assay.data or "")
        if method and not self.method.data:
            self._fill(self.method, method)
        if self.method.data in assays.WITHOUT_REFLEX and not self.reflex_policy.data:
            self._fill(self.reflex_policy, "not_applicable")

    def _fill(self, field: OneOf, answer: str) -> None:
        field.data = answer
        field.errors = []
        self.filled[field.name] = answer

    def _forget_what_is_not_asked(self) -> None:
        """A value may stand where the page hides it; it neither counts nor has to be right."""
        for name in assays.METHODS_WITH:
            if not assays.is_asked(name, self.method.data or ""):
                self[name].data = None if isinstance(self[name], WholeNumber) else ""
                self[name].errors = []

    def _check_assay(self) -> None:
        if self.assay.data == "other" and not self.assay_name.data:
            self.refuse(self.assay_name, _("Write the name of the assay or clone."))
        method = assays.method_of(self.assay.data or "")
        if method and self.method.data in vocabulary.TEST_METHOD and method != self.method.data:
            name = _(vocabulary.TEST_METHOD.label(method))
            self.refuse(
                self.assay,
                _("This assay belongs to another method: %(method)s. Change one of them.", method=name),
            )

    def _check_turnaround(self) -> None:
        unit, most = (self.tat_unit.data, MOST_HOURS if self.tat_unit.data == "hours" else MOST_DAYS)
        for field in (self.tat_min, self.tat_max):
            if field.data is not None and field.data > most:
                text = _("Write at most %(most)s hours.") if unit == "hours" else _("Write at most %(most)s days.")
                self.refuse(field, text % {"most": most})
        least, longest = self.tat_min.data, self.tat_max.data
        if least is not None and longest is not None and least > longest:
            self.refuse(self.tat_max, _("The longest turnaround is shorter than the shortest."))

    def offering(self) -> Offering:
        """The test as typed."""
        values: dict[str, Any] = {name: self[name].data or "" for name in self.kept}
        values |= {name: self[name].data for name in ("slides_min", "tumor_content_min_pct", "tat_min", "tat_max")}
        values["specimens"] = tuple(self.specimens.data or ())
        values["cpt_codes"] = self.cpt_codes.codes
        values["regulatory_status"] = self.regulatory_status.data or "unknown"
        return Offering(**values)
