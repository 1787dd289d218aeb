"""The vocabulary's slugs are a promise."""

import re

import pytest

from registry.domain import vocabulary
from registry.domain.vocabulary import Vocabulary

ALL = [value for value in vars(vocabulary).values() if isinstance(value, Vocabulary)]

RELEASED = {
    "test_method": "ihc fish cish sish ddish ngs_tissue ngs_ctdna rt_pcr other",
    "scoring_criterion": "heracles harmonized_crc gea_cap_ascp_asco_2016 mypathway mountaineer destiny_crc "
    "tdxd_ihc3_solid_tumor asco_cap_breast ngs_copy_number_lab lab_defined not_stated",
    "reflex_policy": "ihc_2plus_to_ish_auto ihc_2plus_to_ish_on_request ihc_2plus_send_out ish_to_ihc both_always "
    "ngs_positive_to_ihc none not_applicable",
    "tat_unit": "calendar_days business_days hours days_unspecified",
    "tat_clock_start": "specimen_receipt pickup order accession all_materials_received",
    "accepts_outside_specimens": "yes yes_in_state in_system_only no",
    "clia_certificate_type": "accreditation compliance registration ppm waiver",
    "clia_absence_reason": "dod_clip outside_us research_only pending",
}


@pytest.mark.parametrize("terms", ALL, ids=lambda terms: terms.name)
def test_slugs_are_lower_snake_case_and_labels_are_there(terms: Vocabulary) -> None:
    for term in terms:
        assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", term.slug)
        assert term.label


@pytest.mark.parametrize("name", RELEASED)
def test_released_slugs_stay(name: str) -> None:
    terms = {terms.name: terms for terms in ALL}[name]
    assert set(RELEASED[name].split()) <= set(terms.slugs)


def test_forms_never_offer_a_companion_diagnostic_for_colorectal_cancer() -> None:
    offered = {term.slug for term in vocabulary.REGULATORY_STATUS.offered}
    assert offered.isdisjoint({"fda_approved_cdx_crc", "research_use_only"})


def test_each_assay_belongs_to_a_method() -> None:
    for term in vocabulary.ASSAY:
        assert not term.group or term.group in vocabulary.TEST_METHOD


def test_every_group_of_methods_is_made_of_methods() -> None:
    for methods in vocabulary.METHODS_OF_GROUP.values():
        assert set(methods) <= set(vocabulary.TEST_METHOD.slugs)
