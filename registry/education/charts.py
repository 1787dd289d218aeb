"""The charts and tables of the numbers: rows of ``seed_data``, each set of one metric, on one scale.

A chart is drawn as rows of text with a bar below each (see ``education/parts.html``); a table says the same rows.
"""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from flask import Flask

from registry.domain.spreadsheets import BYTE_ORDER_MARK, cell
from registry.domain.vocabulary import N_
from registry.education.figures import Figure, rows
from registry.education.references import references

FILES = {
    "her2-positivity": "her2_positivity.csv",
    "her2-by-ras": "her2_by_ras.csv",
    "scoring-survey": "scoring_survey.csv",
}
"""The files that people can take along, by the name in their address."""

_SETS = {
    "positivity": "her2-positivity",
    "more": "her2-positivity",
    "mutation": "her2-positivity",
    "amplification": "her2-positivity",
    "overexpression": "her2-positivity",
    "by_ras": "her2-by-ras",
    "survey": "scoring-survey",
}
"""The sets of rows, each named in the column ``chart``, and the file that they stand in."""

LABELS = {
    "salivary_duct_positivity": N_("Salivary duct"),
    "gastric_positivity": N_("Stomach"),
    "breast_positivity": N_("Breast, women in the United States"),
    "bladder_positivity": N_("Bladder"),
    "crc_positivity": N_("Colon and rectum"),
    "gastric_positivity_asia_outside_china": N_("Stomach, Asia without China"),
    "breast_positivity_recent": N_("Breast, women in the United States, all new cases"),
    "gallbladder_positivity": N_("Gallbladder"),
    "gastric_positivity_asia": N_("Stomach, Asia"),
    "bile_duct_outside_liver_positivity": N_("Bile duct outside the liver"),
    "crc_kras_wild_type_positivity": N_("Colon and rectum, KRAS wild-type"),
    "cervix_positivity": N_("Cervix"),
    "uterus_positivity": N_("Uterus, all types"),
    "ovary_serous_positivity": N_("Ovary and tube, high-grade serous"),
    "lung_mutation_malaysia": N_("Lung, non-small cell, Malaysia"),
    "lung_mutation_china": N_("Lung, non-small cell, China"),
    "uterus_serous_amplification": N_("Uterus, serous"),
    "ovary_serous_amplification": N_("Ovary, high-grade serous"),
    "lung_amplification_malaysia": N_("Lung, non-small cell, Malaysia"),
    "bile_duct_outside_liver_overexpression": N_("Bile duct outside the liver"),
    "bile_duct_in_liver_overexpression": N_("Bile duct in the liver"),
    "lung_overexpression": N_("Lung, non-small cell"),
    "crc_ras_wild_type": N_("RAS wild-type"),
    "crc_ras_mutant": N_("RAS mutant"),
    "survey_gea": N_("Rules for stomach cancer"),
    "survey_heracles": N_("HERACLES, made for colorectal cancer"),
    "survey_breast": N_("Rules for breast cancer"),
}
"""What a row is called beside its bar."""

_ONE_LABORATORY = N_("One laboratory looked at %(n)s tumors of all kinds; these are a part of them.")
_POOLED = N_("%(n)s people, pooled from %(studies)s studies.")
_OWN_RULE = N_("%(n)s laboratories that test in-house and told their rule.")
_STAINING = N_("Moderate or strong staining; pooled from %(studies)s studies of all biliary cancers.")

COUNTED = {
    "salivary_duct_positivity": N_("Pooled from %(studies)s studies of %(n)s people with any salivary gland cancer."),
    "gastric_positivity": _POOLED,
    "breast_positivity": N_("%(n)s women with known HER2 status in cancer registries (SEER)."),
    "bladder_positivity": _ONE_LABORATORY,
    "crc_positivity": _POOLED,
    "gastric_positivity_asia_outside_china": N_("The study of seven countries, without the tumors from China."),
    "breast_positivity_recent": N_("Cancer registries (SEER), HER2 status known or not."),
    "gallbladder_positivity": _ONE_LABORATORY,
    "gastric_positivity_asia": N_("%(n)s tumors from laboratories in seven countries."),
    "bile_duct_outside_liver_positivity": _ONE_LABORATORY,
    "crc_kras_wild_type_positivity": N_("%(n)s people screened for a trial."),
    "cervix_positivity": _ONE_LABORATORY,
    "uterus_positivity": _ONE_LABORATORY,
    "ovary_serous_positivity": N_("%(n)s tumors from one hospital."),
    "lung_mutation_malaysia": N_("%(n)s people in one laboratory; without amplification."),
    "lung_mutation_china": N_("%(n)s people in one hospital."),
    "uterus_serous_amplification": N_("%(n)s tumors from one hospital."),
    "ovary_serous_amplification": N_("%(n)s tumors from one hospital, not treated before surgery."),
    "lung_amplification_malaysia": N_("%(n)s people in one laboratory; without a mutation."),
    "bile_duct_outside_liver_overexpression": _STAINING,
    "bile_duct_in_liver_overexpression": _STAINING,
    "lung_overexpression": N_("Lowest and highest rate in the literature, scores of 2+ and 3+."),
    "crc_ras_wild_type": N_("From those of the pooled studies that told RAS status."),
    "crc_ras_mutant": N_("From those of the pooled studies that told RAS status."),
    "survey_gea": _OWN_RULE,
    "survey_heracles": _OWN_RULE,
    "survey_breast": _OWN_RULE,
}
"""Who was looked at, and how many, by row."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row. *width*, *low* and *high* are hundredths of the scale; *low* and *high* are None without interval."""

    figure: Figure
    label: str
    counted: str
    width: float | None
    low: float | None
    high: float | None

    @property
    def has_interval(self) -> bool:
        """Whether the source gives an interval; without a value its ends are those of a range."""
        return self.width is not None and self.low is not None


@dataclass(frozen=True, slots=True)
class Chart:
    """Rows of one metric. *ticks* are the values that the scale names, in percent; it begins at zero."""

    name: str
    download: str
    bars: tuple[Bar, ...]
    ticks: tuple[int, ...]

    @property
    def has_intervals(self) -> bool:
        """Whether any row has one."""
        return any(bar.has_interval for bar in self.bars)


def init_charts(app: Flask) -> None:
    """Give the templates of *app* the function ``chart``."""
    app.jinja_env.globals["chart"] = chart


def chart(name: str) -> Chart:
    """The chart *name*; ``KeyError`` when there is none, ``ValueError`` when its rows are of several metrics."""
    download = _SETS[name]
    shown = [row for row in rows(FILES[download]) if row.more["chart"] == name]
    if len({(row.more["metric"], row.unit) for row in shown}) != 1:
        raise ValueError(f"the chart {name} mixes metrics")
    ticks = scale(max(Decimal(number) for row in shown for number in (row.value, row.high) if number))
    return Chart(name, download, tuple(_bar(row, ticks[-1]) for row in shown), ticks)


def scale(highest: Decimal) -> tuple[int, ...]:
    """Round values from zero to the first that is not below *highest*: seven of them at most."""
    steps = (digit * 10**power for power in count() for digit in (1, 2, 5))
    step = next(each for each in steps if each * 6 >= highest)
    end = next(each for each in count(step, step) if each >= highest)
    return tuple(range(0, end + 1, step))


def _bar(row: Figure, end: int) -> Bar:
    low, high = (_share(row.low, end), _share(row.high, end))
    return Bar(row, LABELS[row.slug], COUNTED[row.slug], _share(row.value, end), low, high)


def _share(number: str, end: int) -> float | None:
    return float(round(100 * Decimal(number) / end, 2)) if number else None


_COLUMNS = ("slug", "value", "low", "high", "unit", "n", "population", "year")


def as_csv(name: str) -> str:
    """The rows of one of FILES as a file for spreadsheets, each with its source in full; ``KeyError`` for another."""
    shown = rows(FILES[name])
    own = [column for column in shown[0].more if column != "chart"]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([*_COLUMNS, *own, "source", "source_address"])
    for row in shown:
        source = references()[row.reference]
        stated = [getattr(row, column) for column in _COLUMNS] + [row.more[column] for column in own]
        writer.writerow([cell(value) for value in (*stated, source.in_words, source.address)])
    return BYTE_ORDER_MARK + buffer.getvalue()
