"""Laboratories side by side: which test stands beside which, and in what they differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from registry.directory.listing_text import assay_of
from registry.directory.representations import turnaround_text
from registry.domain.profile import LabProfile, Offering
from registry.domain.vocabulary import N_, TEST_METHOD
from registry.language import current_language
from registry.models import Lab
from registry.wording import shown_value

MOST = 4
"""Laboratories that fit side by side."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one laboratory says: its text, empty when it says nothing; ``kind`` tells the page how to link it.

    ``offered`` is False for a laboratory that does not have the test of this row's section.
    """

    text: str
    kind: str = ""
    offered: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One field of every laboratory; ``compared`` is False for what is a laboratory's own, such as its phone."""

    label: str
    cells: tuple[Cell, ...]
    compared: bool
    differs: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]

    @property
    def differing(self) -> "Section":
        """Only what differs, and for whose test: an empty section when nothing does."""
        rows = tuple(row for row in self.rows if row.differs)
        return replace(self, rows=rows)


Beside = tuple[Offering | None, ...]
"""One test of each laboratory, None for one that has none such."""


def side_by_side(profiles: Sequence[LabProfile]) -> list[tuple[str, list[Beside]]]:
    """For each method that any of *profiles* offers, in the vocabulary's order, its tests side by side.

    Where a laboratory has several of one method, each stands beside the one that it is most alike.
    """
    offered = {offering.method for profile in profiles for offering in profile.offerings}
    order = [slug for slug in TEST_METHOD.slugs if slug in offered]
    order += sorted(offered.difference(order))
    return [(method, _lines_of(method, profiles)) for method in order]


def _lines_of(method: str, profiles: Sequence[LabProfile]) -> list[Beside]:
    of_each = [[offering for offering in profile.offerings if offering.method == method] for profile in profiles]
    # The one with the most tests sets the lines; the first of several such.
    longest = max(of_each, key=len)
    lines = []
    places = [_places(longest, offerings) for offerings in of_each]
    for line in range(len(longest)):
        lines.append(tuple(taken.get(line) for taken in places))
    return lines


def _places(lines: list[Offering], offerings: list[Offering]) -> dict[int, Offering]:
    """Which of *offerings* stands in which line: the most alike pairs first, then by order."""
    pairs = sorted(
        ((line, position) for line in range(len(lines)) for position in range(len(offerings))),
        key=lambda pair: (-_alike(lines[pair[0]], offerings[pair[1]]), abs(pair[0] - pair[1]), pair),
    )
    taken: dict[int, Offering] = {}
    placed = set()
    for line, position in pairs:
        if line not in taken and position not in placed:
            taken[line] = offerings[position]
            placed.add(position)
    return taken


def _alike(one: Offering, other: Offering) -> int:
    same = (
        one.scoring_criterion == other.scoring_criterion,
        (one.assay, one.assay_name) == (other.assay, other.assay_name),
        set(one.specimens) == set(other.specimens),
        one.service_level == other.service_level,
        one.reflex_policy == other.reflex_policy,
    )
    # Earlier questions weigh more than all later ones together.
    return sum(equal << (len(same) - place) for place, equal in enumerate(same))


def comparison(labs: Sequence[Lab]) -> list[Section]:
    """What the laboratories say of themselves, beside each other, in the order of a listing."""
    profiles = [lab.profile for lab in labs]
    sections = []
    for method, lines in side_by_side(profiles):
        for number, beside in enumerate(lines, 1):
            title = shown_value("method", method)
            if len(lines) > 1:
                title = str(
                    _("%(method)s, test %(number)s of %(count)s", method=title, number=number, count=len(lines))
                )
            sections.append(Section(title, tuple(_test_rows(beside))))
    sections.append(Section(str(_("How to reach them")), tuple(_rows(_CONTACT, profiles))))
    sections.append(Section(str(_("How sure are we?")), (*_rows(_REPORTED, profiles), *_rows(_KNOWN, labs))))
    return sections


@dataclass(frozen=True, slots=True)
class _Field:
    """A field: what is compared, and how it is shown."""

    label: str
    value: Callable[[Any], Any]
    text: Callable[[Any], str] | None = None
    vocabulary: str = ""
    compared: bool = True
    kind: str = ""

    def cell(self, subject: Any) -> Cell:
        value = self.value(subject)
        if value in (None, "", ()):
            return Cell("")
        text = self.text(subject) if self.text is not None else shown_value(self.vocabulary, value)
        return Cell(text, self.kind)


_TEST = (
    _Field(N_("Name of the test"), lambda test: test.name, compared=False),
    _Field(N_("Assay or clone"), lambda test: test.assay_name or test.assay, text=assay_of),
    _Field(N_("Reports copy number"), lambda test: test.reports_copy_number, vocabulary="reports_copy_number"),
    _Field(N_("Scoring criterion"), lambda test: test.scoring_criterion, vocabulary="scoring_criterion"),
    _Field(N_("Reflex testing"), lambda test: test.reflex_policy, vocabulary="reflex_policy"),
    _Field(N_("Service"), lambda test: test.service_level, vocabulary="service_level"),
    _Field(N_("Specimens"), lambda test: test.specimens, vocabulary="specimens"),
    _Field(N_("Unstained slides, at least"), lambda test: test.slides_min, text=lambda test: str(test.slides_min)),
    _Field(
        N_("Tumor content, at least"),
        lambda test: test.tumor_content_min_pct,
        text=lambda test: f"{test.tumor_content_min_pct}%",
    ),
    _Field(N_("Pathology report needed"), lambda test: test.path_report_required, vocabulary="path_report_required"),
    _Field(N_("Ship"), lambda test: test.transport_temp, vocabulary="transport_temp"),
    _Field(N_("Notes on specimens"), lambda test: test.specimen_notes, compared=False),
    _Field(
        N_("Turnaround"),
        lambda test: tuple(test.turnaround.values()) if test.tat_max is not None else None,
        text=lambda test: turnaround_text(test.turnaround, language=current_language()),
    ),
    _Field(
        N_("Calendar days, at most about"),
        lambda test: test.calendar_days,
        text=lambda test: str(test.calendar_days),
    ),
    _Field(
        N_("Accepts outside specimens"),
        lambda test: test.accepts_outside_specimens,
        vocabulary="accepts_outside_specimens",
    ),
    _Field(N_("Regulatory status"), lambda test: test.regulatory_status, vocabulary="regulatory_status"),
    _Field(N_("Order code"), lambda test: test.order_code, compared=False),
    _Field(N_("CPT codes"), lambda test: test.cpt_codes, text=lambda test: ", ".join(test.cpt_codes), compared=False),
    _Field(N_("Catalog"), lambda test: test.catalogue_url, compared=False, kind="web"),
)
_CONTACT = (
    _Field(N_("Kind of laboratory"), lambda profile: profile.lab_kind, vocabulary="lab_kind"),
    _Field(N_("Phone"), lambda profile: profile.phone, compared=False, kind="phone"),
    _Field(N_("E-mail"), lambda profile: profile.public_email, compared=False, kind="mail"),
    _Field(N_("Web site"), lambda profile: profile.website, compared=False, kind="web"),
    _Field(
        N_("Address"),
        lambda profile: profile.address_line1,
        text=lambda profile: f"{profile.address_line1}, {profile.city}, {profile.state} {profile.zip}",
        compared=False,
    ),
)
_REPORTED = (
    _Field(N_("CLIA number, reported"), lambda profile: profile.clia_number, compared=False),
    _Field(N_("Certificate, reported"), lambda profile: profile.certificate_type, vocabulary="certificate_type"),
    _Field(N_("Accreditation, reported"), lambda profile: profile.accreditations, vocabulary="accreditations"),
    _Field(N_("State permits, reported"), lambda profile: profile.state_permits, vocabulary="state_permits"),
)
_KNOWN = (
    _Field(N_("Verification"), lambda lab: lab.verification, vocabulary="verification"),
    _Field(
        N_("Last confirmed by the laboratory"),
        lambda lab: lab.last_confirmed,
        text=lambda lab: format_date(lab.last_confirmed, "long"),
        compared=False,
        kind="confirmed",
    ),
)


def _test_rows(beside: Beside) -> list[Row]:
    offered = [test for test in beside if test is not None]
    missing = len(offered) < len(beside)
    rows = []
    for field, row in zip(_TEST, _rows(_TEST, offered, keep_empty=True), strict=True):
        found = iter(row.cells)
        cells = tuple(Cell("", offered=False) if test is None else next(found) for test in beside)
        # That one of them has no such test is a difference, and the test's name is where it is told.
        differs = row.differs or (missing and field is _TEST[0])
        if any(cell.text for cell in cells):
            rows.append(replace(row, cells=cells, differs=differs))
    return rows


def _rows(fields: Sequence[_Field], subjects: Sequence[Any], *, keep_empty: bool = False) -> list[Row]:
    rows = []
    for field in fields:
        cells = tuple(field.cell(subject) for subject in subjects)
        values = [_comparable(field.value(subject)) for subject in subjects]
        differs = field.compared and any(value != values[0] for value in values)
        if keep_empty or any(cell.text for cell in cells):
            rows.append(Row(str(_(field.label)), cells, field.compared, differs))
    return rows


def _comparable(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list | tuple) else value
