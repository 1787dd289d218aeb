"""What the scoring schemes make of a stained slide, worked out from the rows of ``seed_data/scoring_rules.csv``.

The rows of one scheme (*criterion*) are read in the order of the file; the first that fits a slide decides. What no
row says is not guessed at. A row of IHC fits by *specimen* (``any``, ``resection``, ``biopsy``), *score* (empty for
any), *pattern* and extent: *sign*, value and unit (``percent`` of the cells, ``cells`` in a cluster, or ``score``
where no extent is asked). Its *element* is the outcome; those of ISH and NGS (``amplified``, ``copy_number``,
``without_ish``) are for the table alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import ge, gt, le, lt

from flask import Flask
from flask_babel import format_percent
from markupsafe import Markup

from registry.domain.vocabulary import N_, REFLEX_POLICY, SCORING_CRITERION, STATE_PERMIT, Term, Vocabulary
from registry.education.figures import Figure, rows

FILE = "scoring_rules.csv"

RESECTION, BIOPSY = "resection", "biopsy"
MODERATE, STRONG = 2, 3
"""How strongly membranes are stained: what the schemes score 2+ and 3+ where enough cells show it."""

POSITIVE, POSITIVE_WITH_ISH, EQUIVOCAL = "positive", "positive_with_ish", "equivocal"
NEGATIVE, NOT_POSITIVE, NOT_STATED = "negative", "not_positive", "not_stated"

OUTCOME = Vocabulary(
    "scoring_outcome",
    Term(POSITIVE, N_("Positive")),
    Term(POSITIVE_WITH_ISH, N_("Positive by IHC; ISH needed for the trial")),
    Term(EQUIVOCAL, N_("Equivocal: ISH")),
    Term(NEGATIVE, N_("Negative")),
    Term(NOT_POSITIVE, N_("Not positive; no more is stated")),
    Term(NOT_STATED, N_("Not stated in what we read")),
)
"""What a scheme may say of a slide; the element of a row is one of these, or concerns ISH or NGS."""

WORKED = ("heracles", "harmonized_crc", "gea_cap_ascp_asco_2016", "mypathway", "asco_cap_breast")
"""The schemes that say how far a staining must reach; the others take the score as a laboratory reports it."""

_SCORED_AS = {"mypathway": "gea_cap_ascp_asco_2016"}
"""MyPathway mirrors the gastric rules (Evans et al.): what it says nothing of its own about, they decide."""

_SIGNS: dict[str, Callable[[float, float], bool]] = {"at_least": ge, "more_than": gt, "at_most": le, "less_than": lt}


@dataclass(frozen=True, slots=True)
class Slide:
    """Membrane staining as a pathologist sees it, before any rule.

    *strength* is ``MODERATE`` or ``STRONG``, *percent* the share of the tumor cells that show it. *complete* is
    staining around the whole cell, not of its sides or base alone. *cells*, which matters in a biopsy, is how many
    of them lie together in the largest cluster.
    """

    strength: int
    percent: float
    specimen: str = RESECTION
    complete: bool = True
    cells: int = 0


def init_scoring(app: Flask) -> None:
    """Give the templates of *app* the schemes, the slides to compare them on and the vocabularies that they explain."""
    app.jinja_env.globals.update(
        scoring_criteria=SCORING_CRITERION,
        scoring_without_rules=without_rules(),
        scoring_worked=tuple(SCORING_CRITERION[slug] for slug in WORKED),
        scoring_examples=EXAMPLES,
        reflex_policies=REFLEX_POLICY,
        state_permits=STATE_PERMIT,
    )


def without_rules() -> tuple[Term, ...]:
    """What a laboratory may name as its criterion although the rule is its own, or none is stated."""
    with_rules = {row.more["criterion"] for row in rows(FILE)}
    return tuple(term for term in SCORING_CRITERION.offered if term.slug not in with_rules)


def rules(criterion: str) -> tuple[Figure, ...]:
    """The rows of a scheme, in the order in which they are read."""
    return tuple(row for row in rows(FILE) if row.more["criterion"] == criterion)


def outcome(criterion: str, slide: Slide) -> str:
    """What *criterion*, one of ``WORKED``, makes of *slide*: a slug of ``OUTCOME``.

    Of IHC alone: what ISH adds is in the words of the outcome.
    """
    for scheme in (criterion, _SCORED_AS.get(criterion)):
        for row in rules(scheme) if scheme else ():
            if row.more["element"] in OUTCOME and _fits(row, slide):
                return str(row.more["element"])
    return NOT_STATED


def _fits(row: Figure, slide: Slide) -> bool:
    return (
        row.more["specimen"] in ("any", slide.specimen)
        and row.more["score"] in ("", str(slide.strength))
        and _pattern_fits(row.more["pattern"], slide)
        and _extent_fits(row, slide)
    )


def _pattern_fits(pattern: str, slide: Slide) -> bool:
    # Staining around the whole membrane counts under every scheme; the rest only where the source says so.
    return {"membranous": True, "unstated": slide.complete, "complete": slide.complete}.get(pattern, not slide.complete)


def _extent_fits(row: Figure, slide: Slide) -> bool:
    if row.unit == "score":
        return True
    extent = slide.cells if row.unit == "cells" else slide.percent
    return _SIGNS[row.more["sign"]](extent, float(row.value))


@dataclass(frozen=True, slots=True)
class Example:
    """A slide to compare the schemes on. *text* is marked for translation and names its share of cells ``share``."""

    text: str
    slide: Slide

    @property
    def share(self) -> Markup:
        """The share of cells in the page's language, marked as an example: it comes from no source."""
        return Markup("<span data-example>{}</span>").format(format_percent(self.slide.percent / 100))

    @property
    def outcomes(self) -> tuple[Term, ...]:
        """What each of ``WORKED`` makes of it."""
        return tuple(OUTCOME[outcome(criterion, self.slide)] for criterion in WORKED)


EXAMPLES = (
    Example(N_("Resection: strong, complete staining in %(share)s of the cells"), Slide(STRONG, 60)),
    Example(N_("Resection: strong, complete staining in %(share)s of the cells"), Slide(STRONG, 20)),
    Example(N_("Resection: strong, complete staining in %(share)s of the cells"), Slide(STRONG, 5)),
    Example(N_("Resection: strong basolateral staining in %(share)s of the cells"), Slide(STRONG, 60, complete=False)),
    Example(
        N_("Biopsy: strong, complete staining in %(share)s of the cells, in a cluster of a dozen"),
        Slide(STRONG, 5, BIOPSY, cells=12),
    ),
    Example(N_("Resection: moderate, complete staining in %(share)s of the cells"), Slide(MODERATE, 30)),
    Example(N_("Resection: moderate, complete staining in %(share)s of the cells"), Slide(MODERATE, 70)),
)
