"""What follows from a test's assay and its method: answers that need not be typed, questions that do not arise.

Nothing here makes a combination impossible. An assay belongs to one method; beyond that, whoever fills in the form may
answer otherwise, and an answer that is unusual with a method is only shown later than the usual ones.
"""

from registry.domain.vocabulary import ASSAY, METHODS_OF_GROUP, SPECIMEN_TYPE, TEST_METHOD

ISH = METHODS_OF_GROUP["ish"]
NGS = METHODS_OF_GROUP["ngs"]

REGULATORY_STATUS_OF = {
    "lab_developed": "ldt",
    **dict.fromkeys(
        (
            "hercept_test",
            "bond_oracle_cb11",
            "insite_cb11",
            "pathvysion",
            "her2_fish_pharmdx",
            "her2_cish_pharmdx",
            "spot_light_cish",
            "inform_dual_ish",
        ),
        "fda_approved_modified",
    ),
}
"""The regulatory status to begin with, by assay; a laboratory that uses a kit otherwise says so.

Only kits whose approval for another cancer was read in a primary source (domain facts, 1.3): none is approved for
colorectal cancer (1.4).
"""

METHODS_WITH = {
    "reports_copy_number": frozenset(NGS),
    "slides_min": frozenset(TEST_METHOD.slugs) - {"ngs_ctdna"},
    "tumor_content_min_pct": frozenset(TEST_METHOD.slugs) - {"ngs_ctdna"},
}
"""Questions that arise with some methods alone: copy number with sequencing, slides and tumor cells with tissue."""

WITHOUT_REFLEX = frozenset({"ngs_ctdna", "rt_pcr"})
"""Methods whose reflex policy is “not applicable” unless the laboratory says otherwise."""

_WITH_ANY = ("none", "not_applicable", "lab_defined", "not_stated")
_IHC_REFLEX = ("ihc_2plus_to_ish_auto", "ihc_2plus_to_ish_on_request", "ihc_2plus_send_out", "both_always")
_TISSUE_RULES = ("heracles", "harmonized_crc", "gea_cap_ascp_asco_2016", "mypathway", "mountaineer", "destiny_crc")
_BLOOD = ("whole_blood_cfdna", "whole_blood_edta", "plasma")
_FIXED = tuple(
    term.slug for term in SPECIMEN_TYPE if term.group in ("tissue", "cytology") and term.slug != "fresh_frozen"
)

USUAL: dict[str, dict[str, tuple[str, ...]]] = {
    "scoring_criterion": {
        "ihc": (*_TISSUE_RULES, "tdxd_ihc3_solid_tumor", "asco_cap_breast"),
        **dict.fromkeys(ISH, (*_TISSUE_RULES, "asco_cap_breast")),
        "ngs_tissue": ("mypathway", "mountaineer", "ngs_copy_number_lab"),
        "ngs_ctdna": ("ngs_copy_number_lab",),
        "rt_pcr": (),
    },
    "reflex_policy": {
        "ihc": _IHC_REFLEX,
        **dict.fromkeys(ISH, ("ish_to_ihc", "both_always")),
        **dict.fromkeys(NGS, ("ngs_positive_to_ihc",)),
        "rt_pcr": (),
    },
    "specimens": {
        "ihc": _FIXED,
        **dict.fromkeys(ISH, _FIXED),
        "ngs_tissue": (*_FIXED, "whole_blood_edta", "saliva", "extracted_dna", "fresh_frozen"),
        "ngs_ctdna": _BLOOD,
    },
}
"""The answers to show first: field, then method, then slugs. A method that is not named has no usual ones."""


def method_of(assay: str) -> str:
    """The method that *assay* belongs to; empty where it may be any."""
    return ASSAY[assay].group if assay in ASSAY else ""


def is_asked(field: str, method: str) -> bool:
    """Whether *field* of a test means anything with *method*; as long as no method is known, it may."""
    return method not in TEST_METHOD or field not in METHODS_WITH or method in METHODS_WITH[field]


def usual(field: str, method: str) -> tuple[str, ...]:
    """The answers to *field* that go with *method*, to be shown first; none where all are alike."""
    if method not in USUAL.get(field, {}):
        return ()
    return USUAL[field][method] + _WITH_ANY
