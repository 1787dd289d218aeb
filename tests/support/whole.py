"""A laboratory with every field filled in."""

from registry.domain.profile import LabProfile, Offering
from tests.support.factories import a_profile, an_offering


def whole_profile(fish: Offering) -> LabProfile:
    """A laboratory that says all that it can of itself."""
    ihc = an_offering(
        name="HER2 by immunohistochemistry, colorectal, with pathologist’s reading",
        scoring_criterion="harmonized_crc",
        specimens=("ffpe_block", "unstained_slides", "core_biopsy", "resection", "metastasis_biopsy"),
        slides_min=5,
        tumor_content_min_pct=20,
        path_report_required="yes",
        transport_temp="cool_pack",
        service_level="global",
        cpt_codes=("88360", "88342"),
    )
    panel = an_offering(
        name="Blood panel",
        method="ngs_ctdna",
        assay="other",
        assay_name="An invented panel of 500 genes",
        reports_copy_number="yes",
        scoring_criterion="ngs_copy_number_lab",
        reflex_policy="ngs_positive_to_ihc",
        specimens=("whole_blood_cfdna",),
        specimen_notes="",
        tat_min=7,
        tat_max=10,
        tat_unit="days_unspecified",
    )
    return a_profile(
        name="Invented Laboratory of All Fields",
        accreditations=("cap", "iso_15189"),
        state_permits=("ny_clep", "pa_bol"),
        address_line2="Suite 4",
        offerings=(ihc, fish, panel),
    )
