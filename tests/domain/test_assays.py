"""What follows from an assay and a method stays within the vocabulary, and never makes an answer impossible."""

import pytest

from registry.domain import assays, vocabulary

FIELDS = {
    "scoring_criterion": vocabulary.SCORING_CRITERION,
    "reflex_policy": vocabulary.REFLEX_POLICY,
    "specimens": vocabulary.SPECIMEN_TYPE,
}


def test_a_commercial_assay_has_one_method_and_an_own_one_has_any() -> None:
    assert assays.method_of("ventana_4b5") == "ihc"
    assert assays.method_of("pathvysion") == "fish"
    for assay in ("lab_developed", "other", "", "unheard_of"):
        assert assays.method_of(assay) == ""


def test_only_statuses_that_a_form_offers_follow_and_none_of_them_claims_an_approval_for_colorectal_cancer() -> None:
    offered = {term.slug for term in vocabulary.REGULATORY_STATUS.offered}
    assert set(assays.REGULATORY_STATUS_OF) <= set(vocabulary.ASSAY.slugs)
    assert set(assays.REGULATORY_STATUS_OF.values()) <= offered - {"fda_approved_cdx_crc"}
    # What is only remembered of an assay, not read in a primary source, is not filled in.
    assert "hercept_mab_dg44" not in assays.REGULATORY_STATUS_OF


@pytest.mark.parametrize("name", FIELDS)
def test_usual_answers_are_in_the_vocabulary(name: str) -> None:
    assert set(assays.USUAL[name]) <= set(vocabulary.TEST_METHOD.slugs)
    for method in assays.USUAL[name]:
        shown = {slug for slug in assays.usual(name, method) if slug in FIELDS[name]}
        assert shown
        assert set(assays.USUAL[name][method]) <= shown
    assert assays.usual(name, "other") == ()


def test_slides_are_asked_of_everything_but_blood_and_copy_number_of_sequencing() -> None:
    asked = {method: assays.is_asked("slides_min", method) for method in vocabulary.TEST_METHOD.slugs}
    assert [method for method, yes in asked.items() if not yes] == ["ngs_ctdna"]
    asked = {method: assays.is_asked("reports_copy_number", method) for method in vocabulary.TEST_METHOD.slugs}
    assert [method for method, yes in asked.items() if yes] == ["ngs_tissue", "ngs_ctdna"]
    assert assays.is_asked("reports_copy_number", "")
    assert assays.is_asked("name", "ihc")
