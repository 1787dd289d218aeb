"""What an invented laboratory may say beyond what is asked of it: accreditations, permits, requirements, codes.

Its chance is its own, so that what is said here never changes a laboratory's name, place or tests. The fields
never contradict what a test's notes say in words. CPT codes are those that catalogues were seen
to print for such tests; reference laboratories that test for the whole country hold most of the permits.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import replace

from registry.domain.profile import LabProfile, Offering
from registry.domain.vocabulary import ACCREDITATION, METHODS_OF_GROUP, STATE_PERMIT
from seed_data.demo_tests import weighted

_BODIES: Mapping[str, Mapping[tuple[str, ...], int]] = {
    "accreditation": {
        ("cap",): 66, ("cap", "iso_15189"): 8, ("cap", "tjc"): 8, ("cap", "aabb"): 2, ("tjc",): 4, ("cola",): 4,
        ("achc",): 1, ("a2la", "iso_15189"): 1, ("ashi",): 1, ("anab", "iso_15189"): 1, ("other",): 1, (): 3,
    },
    "compliance": {(): 8, ("iso_15189",): 1},
    "registration": {(): 1},
    # No CLIA number: the Defense program has its laboratories inspected as well.
    "": {("cap",): 3, (): 1},
}  # fmt: skip
"""Accreditations by type of certificate; a certificate of accreditation is given for one of them."""

_NATIONAL = frozenset({"commercial_genomics", "independent_reference"})
_PERMITS = {True: 0.85, False: 0.3}
"""How often a laboratory that takes specimens from anywhere holds a state's permit, by whether that is its trade."""

_CODES: Mapping[str, Mapping[tuple[str, ...], int]] = {
    "ihc": {("88360",): 4, ("88361",): 3, ("88360", "88361"): 1},
    "fish": {("88377",): 4, ("88374",): 3, ("88374", "88377"): 1},
    "cish": {("88368",): 1},
    "sish": {("88368",): 1},
    "ddish": {("88377",): 1},
    "ngs_tissue": {("81458",): 2, ("81459",): 3},
    "ngs_ctdna": {("81462",): 1, ("81463",): 1, ("81464",): 2},
}
_CODES_WITHOUT_COPY_NUMBER = ("81457",)
_USUAL_SERVICE = {"global": 13, "": 7}
_SERVICE: Mapping[tuple[str, str], Mapping[str, int]] = {
    ("independent_reference", "slide"): {"global": 12, "technical_only": 4, "": 4},
    ("physician_group_pathology", "slide"): {"global": 11, "professional_only": 3, "": 6},
    ("academic_medical_center", "molecular"): {"global": 12, "send_out": 2, "": 6},
}
"""Service levels by kind of laboratory and of test: who stains and who reads differ for slides alone."""

_SLIDES = re.compile(r"\bor ([0-9]+) (?:charged|unstained)")
_TUMOR_CELLS = re.compile(r"At least ([0-9]+)% tumor cells")
_SLIDE_METHODS = frozenset({"ihc", *METHODS_OF_GROUP["ish"]})


def with_more(rng: random.Random, profile: LabProfile) -> LabProfile:
    """*profile* with what it says beyond the needed; about one laboratory in ten says nothing."""
    if rng.random() < 0.1:
        return profile
    return replace(
        profile,
        accreditations=_accreditations(rng, profile),
        state_permits=_permits(rng, profile),
        offerings=tuple(_with_more(rng, profile.lab_kind, offering) for offering in profile.offerings),
    )


def _accreditations(rng: random.Random, profile: LabProfile) -> tuple[str, ...]:
    chosen = weighted(rng, _BODIES.get(profile.certificate_type, {(): 1}))
    return tuple(slug for slug in ACCREDITATION.slugs if slug in chosen)


def _permits(rng: random.Random, profile: LabProfile) -> tuple[str, ...]:
    if not profile.certificate_type or all(test.accepts_outside_specimens != "yes" for test in profile.offerings):
        return ()
    share = _PERMITS[profile.lab_kind in _NATIONAL]
    return tuple(term.slug for term in STATE_PERMIT if rng.random() < (0.95 if term.group == profile.state else share))


def _with_more(rng: random.Random, kind: str, offering: Offering) -> Offering:
    notes = offering.specimen_notes
    slides, cells = _SLIDES.search(notes), _TUMOR_CELLS.search(notes)
    craft = "slide" if offering.method in _SLIDE_METHODS else "molecular"
    return replace(
        offering,
        slides_min=int(slides[1]) if slides and rng.random() < 0.7 else None,
        tumor_content_min_pct=int(cells[1]) if cells and rng.random() < 0.8 else None,
        path_report_required=_report(rng, offering),
        transport_temp=_temperature(rng, notes),
        service_level=weighted(rng, _SERVICE.get((kind, craft), _USUAL_SERVICE)),
        cpt_codes=_codes(rng, offering),
    )


def _report(rng: random.Random, offering: Offering) -> str:
    if "Enclose the pathology report." in offering.specimen_notes:
        return "yes" if rng.random() < 0.9 else ""
    return weighted(rng, {"": 3, "no": 1} if offering.method == "ngs_ctdna" else {"": 5, "yes": 3, "no": 2})


def _temperature(rng: random.Random, notes: str) -> str:
    if "cool pack" in notes:
        return weighted(rng, {"ambient": 6, "cool_pack": 2, "": 2})
    return weighted(rng, {"ambient": 5, "": 5})


def _codes(rng: random.Random, offering: Offering) -> tuple[str, ...]:
    codes = _CODES.get(offering.method)
    if codes is None or rng.random() < 0.4:
        return ()
    if offering.method == "ngs_tissue" and offering.reports_copy_number != "yes":
        return _CODES_WITHOUT_COPY_NUMBER
    return weighted(rng, codes)
