"""HER2 tests that an invented laboratory might offer: fields that agree with each other and with practice.

Where the shares come from: scoring criteria as a College of American Pathologists survey of 2021 found them
(gastroesophageal 49 %, HERACLES 30 %, breast 16 %); turnaround as catalogues print it (IHC one to five days,
ISH three to seven, panels seven to ten); specimen requirements within what catalogues commonly ask for.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from registry.domain.profile import Offering
from registry.domain.vocabulary import METHODS_OF_GROUP, SPECIMEN_TYPE
from seed_data.demo_names import Mark

Item = TypeVar("Item")

ISH = frozenset(METHODS_OF_GROUP["ish"])
NGS = frozenset(METHODS_OF_GROUP["ngs"])

_MENUS: Mapping[str, Mapping[tuple[str, ...], int]] = {
    "academic_medical_center": {
        ("ihc", "fish"): 5, ("ihc", "fish", "ngs_tissue"): 7, ("ihc", "ddish"): 2,
        ("ihc", "fish", "ngs_tissue", "ngs_ctdna"): 4, ("ihc", "ngs_tissue"): 2,
    },
    "hospital": {
        ("ihc",): 9, ("ihc", "fish"): 4, ("ihc", "ddish"): 3, ("ihc", "cish"): 1, ("ihc", "sish"): 1,
    },
    "cancer_center": {
        ("ihc", "fish"): 4, ("ihc", "fish", "ngs_tissue"): 5, ("ihc", "ngs_tissue", "ngs_ctdna"): 3,
        ("ihc", "sish"): 1,
    },
    "independent_reference": {
        ("ihc",): 2, ("ihc", "fish"): 7, ("ihc", "fish", "ngs_tissue"): 4, ("ihc", "fish", "rt_pcr"): 1,
        ("fish",): 1, ("ihc", "ddish"): 1, ("ihc", "cish"): 1,
    },
    "commercial_genomics": {
        ("ngs_tissue",): 3, ("ngs_ctdna",): 2, ("ngs_tissue", "ngs_ctdna"): 5,
        ("ngs_tissue", "ngs_ctdna", "ihc"): 3, ("ngs_tissue", "rt_pcr"): 1,
    },
    "physician_group_pathology": {("ihc",): 8, ("ihc", "ddish"): 4, ("ihc", "fish"): 2, ("ihc", "cish"): 2},
    "government": {("ihc",): 3, ("ihc", "fish"): 1},
    "other": {("ihc",): 1, ("ihc", "ddish"): 1},
}  # fmt: skip

_IHC_ASSAYS = {
    "ventana_4b5": 62, "hercept_test": 9, "hercept_mab_dg44": 8, "bond_oracle_cb11": 8, "insite_cb11": 4,
    "lab_developed": 6, "other": 3,
}  # fmt: skip
_ISH_ASSAYS: Mapping[str, Mapping[str, int]] = {
    "fish": {"pathvysion": 6, "her2_fish_pharmdx": 3, "lab_developed": 2},
    "cish": {"her2_cish_pharmdx": 1, "spot_light_cish": 1},
    "sish": {"other": 1, "lab_developed": 1},
    "ddish": {"inform_dual_ish": 1},
}
_CRITERIA = {
    "gea_cap_ascp_asco_2016": 49, "heracles": 30, "asco_cap_breast": 16, "harmonized_crc": 2, "not_stated": 2,
    "lab_defined": 1,
}  # fmt: skip
_NGS_CRITERIA = {"ngs_copy_number_lab": 7, "mountaineer": 1, "not_stated": 2}

_Span = tuple[int, int, str]
_TURNAROUND: Mapping[str, Mapping[_Span, int]] = {
    "ihc": {
        (24, 48, "hours"): 3, (48, 72, "hours"): 2, (24, 96, "hours"): 1, (1, 3, "business_days"): 4,
        (2, 4, "business_days"): 4, (3, 5, "business_days"): 4, (2, 4, "calendar_days"): 2,
        (3, 5, "calendar_days"): 2, (3, 5, "days_unspecified"): 4,
    },
    "ish": {
        (3, 5, "business_days"): 5, (4, 7, "business_days"): 3, (3, 7, "calendar_days"): 3,
        (5, 7, "calendar_days"): 2, (4, 7, "days_unspecified"): 3, (72, 120, "hours"): 1,
    },
    "panel": {
        (7, 10, "business_days"): 5, (7, 10, "calendar_days"): 5, (8, 10, "business_days"): 2,
        (7, 9, "calendar_days"): 2, (7, 10, "days_unspecified"): 3, (168, 240, "hours"): 1,
    },
}  # fmt: skip
_CLOCK_STARTS = {
    "specimen_receipt": 55, "accession": 14, "all_materials_received": 14, "pickup": 10, "order": 7,
}  # fmt: skip
_PAGES = {"ngs_tissue": "tumor-panel", "ngs_ctdna": "plasma-panel", "rt_pcr": "her2-pcr"}
_PANEL_GENES = (31, 58, 127, 164, 212, 289, 347, 418)


@dataclass(frozen=True, slots=True)
class Manner:
    """What all tests of one laboratory share."""

    mark: Mark
    site: str
    kind: str
    accepts: str
    criterion: str
    reflex_bias: float


def weighted(rng: random.Random, choices: Mapping[Item, int]) -> Item:
    """One key of *choices*, each as likely as its whole-number weight says."""
    return rng.choices(list(choices), weights=list(choices.values()))[0]


def manner(rng: random.Random, *, mark: Mark, site: str, kind: str, accepts: str, criterion: str) -> Manner:
    """How a laboratory does things; *site* is the address of its web site."""
    return Manner(mark, site, kind, accepts, criterion, rng.random())


def criteria_deck(rng: random.Random, count: int) -> list[str]:
    """*count* scoring criteria of IHC and ISH in the shares of the survey, shuffled."""
    total = sum(_CRITERIA.values())
    deck = [slug for slug, share in _CRITERIA.items() for _ in range(round(count * share / total))]
    deck = (deck + ["gea_cap_ascp_asco_2016"] * count)[:count]
    rng.shuffle(deck)
    return deck


def menu(rng: random.Random, how: Manner) -> tuple[Offering, ...]:
    """One to four tests, which know of each other: IHC reflexes to the ISH that the laboratory has."""
    methods = weighted(rng, _MENUS[how.kind])
    tests = [_offering(rng, how, method, methods) for method in methods]
    if len(tests) > 1 and how.accepts == "yes" and rng.random() < 0.12:
        tests[-1] = replace(tests[-1], accepts_outside_specimens="in_system_only")
    return tuple(tests)


def _offering(rng: random.Random, how: Manner, method: str, methods: Sequence[str]) -> Offering:
    assay, assay_name = _assay(rng, how, method)
    span = weighted(rng, _TURNAROUND["ihc" if method == "ihc" else "panel" if method in NGS else "ish"])
    page = _PAGES.get(method, f"her2-{method}")
    return Offering(
        name=_test_name(rng, method, methods),
        method=method,
        assay=assay,
        assay_name=assay_name,
        reports_copy_number=weighted(rng, {"yes": 15, "no": 2, "unknown": 3}) if method in NGS else "",
        scoring_criterion=_criterion(rng, how, method),
        reflex_policy=_reflex(rng, how, method, methods),
        specimens=_specimens(rng, method),
        specimen_notes=specimen_notes(rng, method),
        tat_min=span[0],
        tat_max=span[1],
        tat_unit=span[2],
        tat_clock_start=weighted(rng, _CLOCK_STARTS),
        regulatory_status=_regulatory_status(rng, method, assay),
        accepts_outside_specimens=how.accepts,
        order_code=f"DEMO-{rng.randrange(1000, 10000)}" if rng.random() < 0.45 else "",
        catalogue_url=f"{how.site}tests/{page}" if rng.random() < 0.35 else "",
    )


def _test_name(rng: random.Random, method: str, methods: Sequence[str]) -> str:
    if method == "ihc":
        names = [
            "HER2 by IHC, colorectal",
            "HER2 protein, colorectal cancer",
            "ERBB2 (HER2) IHC, colon and rectum",
        ]
        return rng.choice([*names, "HER2 IHC with ISH, colorectal"] if ISH & set(methods) else names)
    if method == "ngs_tissue":
        return f"Solid tumor sequencing panel, {rng.choice(_PANEL_GENES)} genes"
    if method == "ngs_ctdna":
        return f"Plasma ctDNA panel, {rng.choice(_PANEL_GENES[:4])} genes"
    if method == "rt_pcr":
        return "ERBB2 copy number by digital PCR"
    short = {"fish": "FISH", "cish": "CISH", "sish": "SISH", "ddish": "dual ISH"}[method]
    return rng.choice((f"HER2 {short}, colorectal", f"ERBB2 amplification by {short}, colon and rectum"))


def _assay(rng: random.Random, how: Manner, method: str) -> tuple[str, str]:
    if method == "ihc":
        assay = weighted(rng, _IHC_ASSAYS)
    elif method in ISH:
        assay = weighted(rng, _ISH_ASSAYS[method])
    else:
        # Named sequencing services are each run by one real company: an invented laboratory has its own.
        assay = weighted(rng, {"lab_developed": 4, "other": 1})
    return assay, f"{how.mark.words} assay (invented)" if assay == "other" else ""


def _criterion(rng: random.Random, how: Manner, method: str) -> str:
    if method in NGS:
        return weighted(rng, _NGS_CRITERIA)
    return "lab_defined" if method == "rt_pcr" else how.criterion


def _reflex(rng: random.Random, how: Manner, method: str, methods: Sequence[str]) -> str:
    has_ish = bool(ISH & set(methods))
    if method == "ihc" and has_ish:
        if how.reflex_bias < 0.1:
            return "both_always"
        return "ihc_2plus_to_ish_auto" if how.reflex_bias < 0.75 else "ihc_2plus_to_ish_on_request"
    if method == "ihc":
        return weighted(rng, {"ihc_2plus_send_out": 7, "none": 2})
    if method in ISH and "ihc" in methods:
        return (
            "both_always" if how.reflex_bias < 0.1 else weighted(rng, {"not_applicable": 3, "none": 1, "ish_to_ihc": 1})
        )
    if method == "ngs_tissue":
        return weighted(rng, {"ngs_positive_to_ihc": 3, "none": 2}) if "ihc" in methods else "none"
    return "not_applicable" if method == "ngs_ctdna" else "none"


def _specimens(rng: random.Random, method: str) -> tuple[str, ...]:
    if method == "ngs_ctdna":
        return ("whole_blood_cfdna", "plasma") if rng.random() < 0.25 else ("whole_blood_cfdna",)
    chosen = ["ffpe_block", "unstained_slides"]
    often = {"stained_slide_he": 0.7 if method in ISH else 0.3, "core_biopsy": 0.6, "resection": 0.6}
    often |= {"metastasis_biopsy": 0.45, "cytology_cell_block": 0.3}
    if method == "ngs_tissue":
        often |= {"extracted_dna": 0.3, "whole_blood_edta": 0.2, "saliva": 0.12}
    chosen += [slug for slug, share in often.items() if rng.random() < share]
    return tuple(slug for slug in SPECIMEN_TYPE.slugs if slug in chosen)


def specimen_notes(rng: random.Random, method: str) -> str:
    """What to send, in a few sentences."""
    if method == "ngs_ctdna":
        return (
            "Two 10 mL cfDNA tubes, filled completely and inverted gently. Keep at room temperature, never "
            f"chilled; they must reach us within {rng.choice((3, 4, 5))} days of the draw."
        )
    if method == "ngs_tissue":
        first = f"A block, or {rng.choice((8, 10, 12))} unstained sections at 5 micron with one H&E slide. "
        first += f"At least {rng.choice((10, 15, 20))}% tumor cells."
    elif method in ISH or method == "rt_pcr":
        first = f"A block, or {rng.choice((2, 3, 4))} charged slides at 4 micron with the matching H&E slide."
    else:
        thickness = rng.choice(("4", "4 to 5"))
        first = f"A block, or {rng.choice((3, 4, 5, 6, 7))} charged slides at {thickness} micron."
    more = [
        "Fixed 6 to 72 hours in 10% neutral-buffered formalin, started within the hour.",
        "Decalcified tissue cannot be tested.",
        "Enclose the pathology report.",
        "Ship at room temperature, in summer with a cool pack.",
        f"Sections must be younger than {rng.choice((21, 30))} days.",
        "Blocks are returned after the report.",
    ]
    kept = sorted(rng.sample(range(len(more)), rng.choice((2, 3, 3, 4))))
    return " ".join([first, *(more[position] for position in kept)])


def _regulatory_status(rng: random.Random, method: str, assay: str) -> str:
    if assay == "lab_developed":
        return "ldt"
    if assay == "other":
        return weighted(rng, {"ldt": 2, "fda_approved_other_claim": 1}) if method in NGS else "ldt"
    return weighted(rng, {"fda_approved_modified": 9, "unknown": 1})
