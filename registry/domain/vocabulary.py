"""The controlled vocabulary of HER2 testing in colorectal cancer.

A slug is a promise: it is stored, exported and linked to, so it never changes once released; a label may.
Labels and explanations are English source text, marked with ``N_`` for the message catalogue and translated where shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass


def N_(text: str) -> str:
    """Mark *text* for the message catalogue without translating it here."""
    return text


@dataclass(frozen=True, slots=True)
class Term:
    """One value: its slug, its label and a plain explanation; ``offered`` is False where forms must not show it."""

    slug: str
    label: str
    explanation: str = ""
    offered: bool = True
    group: str = ""


class Vocabulary:
    """An ordered set of terms, looked up by slug."""

    def __init__(self, name: str, *terms: Term) -> None:
        self.name = name
        self._terms = {term.slug: term for term in terms}

    def __iter__(self) -> Iterator[Term]:
        return iter(self._terms.values())

    def __contains__(self, slug: object) -> bool:
        return slug in self._terms

    def __getitem__(self, slug: str) -> Term:
        """The term of *slug*; ``KeyError`` when the vocabulary has none."""
        return self._terms[slug]

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(self._terms)

    @property
    def offered(self) -> tuple[Term, ...]:
        """The terms that a form shows."""
        return tuple(term for term in self._terms.values() if term.offered)

    def label(self, slug: str) -> str:
        """The label of *slug*; the slug itself when it is not ours, so that old data still reads."""
        return self._terms[slug].label if slug in self._terms else slug


# One line a term, whatever its length: the tables are read by column.
# fmt: off
TEST_METHOD = Vocabulary(
    "test_method",
    Term("ihc", N_("Immunohistochemistry (IHC)"), N_("Stains a thin tumor slice to show how much HER2 protein is on the cells; scored 0, 1+, 2+ or 3+."), group="protein"),
    Term("fish", N_("Fluorescence in situ hybridization (FISH)"), N_("Counts copies of the HER2 gene in tumor cells with glowing probes."), group="ish"),
    Term("cish", N_("Chromogenic in situ hybridization (CISH)"), N_("Counts gene copies as colored dots seen with an ordinary microscope."), group="ish"),
    Term("sish", N_("Silver in situ hybridization (SISH)"), N_("Gene copies appear as black silver dots under an ordinary microscope."), group="ish"),
    Term("ddish", N_("Dual in situ hybridization (DISH)"), N_("Shows the HER2 gene and chromosome 17 in two colors on one slide."), group="ish"),
    Term("ngs_tissue", N_("Next-generation sequencing, tumor tissue"), N_("Reads many genes at once from tumor tissue; can show extra HER2 copies if the panel reports copy number."), group="sequencing"),
    Term("ngs_ctdna", N_("Next-generation sequencing, blood (ctDNA)"), N_("Looks for tumor DNA in a blood sample. A negative result does not rule HER2 out."), group="sequencing"),
    Term("rt_pcr", N_("RT-PCR, qPCR or digital PCR"), N_("Measures HER2 RNA or gene copies."), group="pcr"),
    Term("other", N_("Other method"), N_("Describe it in the test name."), group="other"),
)

METHOD_GROUP = Vocabulary(
    "method_group",
    Term("ish", N_("Any in situ hybridization (ISH)"), N_("FISH, CISH, SISH or dual ISH.")),
    Term("ngs", N_("Any sequencing (NGS)"), N_("Next-generation sequencing of tumor tissue or of blood.")),
)
"""Filter values that stand for several methods."""

METHODS_OF_GROUP = {
    "ish": ("fish", "cish", "sish", "ddish"),
    "ngs": ("ngs_tissue", "ngs_ctdna"),
}

ASSAY = Vocabulary(
    "assay",
    Term("ventana_4b5", N_("PATHWAY anti-HER-2/neu, clone 4B5 (Roche/Ventana)"), group="ihc"),
    Term("hercept_test", N_("HercepTest, polyclonal (Agilent/Dako)"), group="ihc"),
    Term("hercept_mab_dg44", N_("HercepTest mAb pharmDx (Agilent)"), group="ihc"),
    Term("bond_oracle_cb11", N_("Bond Oracle HER2 IHC (Leica)"), group="ihc"),
    Term("insite_cb11", N_("InSite HER-2/neu (BioGenex)"), group="ihc"),
    Term("pathvysion", N_("PathVysion HER-2 DNA Probe Kit (Abbott)"), group="fish"),
    Term("her2_fish_pharmdx", N_("HER2 FISH pharmDx (Agilent)"), group="fish"),
    Term("her2_cish_pharmdx", N_("HER2 CISH pharmDx (Agilent)"), group="cish"),
    Term("spot_light_cish", N_("SPOT-Light HER2 CISH (Life Technologies)"), group="cish"),
    Term("inform_dual_ish", N_("INFORM / VENTANA HER2 Dual ISH (Roche)"), group="ddish"),
    Term("foundationone_cdx", N_("FoundationOne CDx"), group="ngs_tissue"),
    Term("foundationone_liquid_cdx", N_("FoundationOne Liquid CDx"), group="ngs_ctdna"),
    Term("guardant360_cdx", N_("Guardant360 CDx"), group="ngs_ctdna"),
    Term("tempus_xt_cdx", N_("Tempus xT CDx"), group="ngs_tissue"),
    Term("caris_mi", N_("Caris MI Profile / MI Cancer Seek"), group="ngs_tissue"),
    Term("lab_developed", N_("Laboratory-developed assay")),
    Term("other", N_("Another assay or clone")),
)
"""Commercial assays and clones; ``group`` is the method each belongs to."""

SCORING_CRITERION = Vocabulary(
    "scoring_criterion",
    Term("heracles", N_("HERACLES (colorectal)"), N_("Made for colorectal cancer; asks for strong staining in at least half of the cells, with a gene test for in-between results.")),
    Term("harmonized_crc", N_("Harmonized CRC criteria (Japan/US/Korea)"), N_("Agreed by three research groups; one rule for IHC and FISH, different for biopsy and surgery samples.")),
    Term("gea_cap_ascp_asco_2016", N_("Gastroesophageal (CAP/ASCP/ASCO 2016)"), N_("The stomach-cancer rules, often used for colon too.")),
    Term("mypathway", N_("MyPathway"), N_("Trial rule; follows the stomach-cancer scoring.")),
    Term("mountaineer", N_("MOUNTAINEER (trial entry)"), N_("Trial rule: positive by IHC, ISH or NGS in the local laboratory.")),
    Term("destiny_crc", N_("DESTINY-CRC01/02"), N_("Trial rule: IHC 3+, or IHC 2+ with a positive ISH.")),
    Term("tdxd_ihc3_solid_tumor", N_("IHC 3+ only (solid-tumor label)"), N_("Only the strongest score counts (3+); gastric scoring is used.")),
    Term("asco_cap_breast", N_("ASCO/CAP breast"), N_("Breast rules; not made for colon cancer.")),
    Term("ngs_copy_number_lab", N_("Laboratory NGS copy-number cut-off"), N_("The laboratory's own cut-off for extra gene copies.")),
    Term("lab_defined", N_("Laboratory-defined"), N_("The laboratory uses its own rule.")),
    Term("not_stated", N_("Not stated"), N_("The laboratory did not say.")),
)

REFLEX_POLICY = Vocabulary(
    "reflex_policy",
    Term("ihc_2plus_to_ish_auto", N_("IHC 2+ goes to ISH automatically"), N_("An unclear protein score is checked with a gene test without a new order.")),
    Term("ihc_2plus_to_ish_on_request", N_("ISH on request"), N_("The doctor must order the gene test.")),
    Term("ihc_2plus_send_out", N_("ISH sent to another laboratory"), N_("The laboratory forwards the sample.")),
    Term("ish_to_ihc", N_("ISH first, then IHC"), N_("The gene test comes first.")),
    Term("both_always", N_("IHC and ISH always"), N_("Both are done on every sample.")),
    Term("ngs_positive_to_ihc", N_("NGS amplification confirmed by IHC or ISH"), N_("Extra gene copies seen by sequencing are checked on tissue.")),
    Term("none", N_("No reflex testing"), N_("A further test needs a new order.")),
    Term("not_applicable", N_("Not applicable"), N_("The question does not arise with this test.")),
)

SPECIMEN_TYPE = Vocabulary(
    "specimen_type",
    Term("ffpe_block", N_("FFPE tissue block"), N_("Tumor tissue already stored in wax; the usual sample."), group="tissue"),
    Term("unstained_slides", N_("Unstained FFPE slides"), N_("Thin slices cut from the block."), group="tissue"),
    Term("stained_slide_he", N_("H&E slide"), N_("Stained slide that guides which area to test."), group="tissue"),
    Term("core_biopsy", N_("Core or endoscopic biopsy"), N_("Small sample taken with a needle or during an endoscopy."), group="tissue"),
    Term("resection", N_("Surgical resection"), N_("Tumor removed by surgery."), group="tissue"),
    Term("metastasis_biopsy", N_("Biopsy of a metastasis"), N_("Sample from where the cancer spread."), group="tissue"),
    Term("cytology_cell_block", N_("Cytology cell block"), N_("Cells from fluid or a fine needle, set in wax."), group="cytology"),
    Term("cytology_smear", N_("Cytology smear or touch prep"), N_("Cells spread on a slide."), group="cytology"),
    Term("whole_blood_cfdna", N_("Whole blood, cfDNA tube"), N_("Blood draw in a special tube that protects DNA."), group="blood"),
    Term("whole_blood_edta", N_("Whole blood, EDTA tube"), N_("Blood draw in an ordinary EDTA tube."), group="blood"),
    Term("plasma", N_("Plasma"), N_("Liquid part of blood, already separated."), group="blood"),
    Term("saliva", N_("Saliva (normal control)"), N_("Used only to compare with the tumor."), group="other"),
    Term("extracted_dna", N_("Extracted DNA"), N_("DNA prepared elsewhere."), group="other"),
    Term("fresh_frozen", N_("Fresh or frozen tissue"), N_("Tissue that was not set in wax."), group="tissue"),
)

TAT_UNIT = Vocabulary(
    "tat_unit",
    Term("calendar_days", N_("calendar days")),
    Term("business_days", N_("business days")),
    Term("hours", N_("hours")),
    Term("days_unspecified", N_("days (kind not stated)")),
)

TAT_CLOCK_START = Vocabulary(
    "tat_clock_start",
    Term("specimen_receipt", N_("receipt of the specimen"), N_("The time begins when the specimen reaches the laboratory.")),
    Term("pickup", N_("pick-up of the specimen"), N_("The time begins when a courier takes the specimen.")),
    Term("order", N_("the order"), N_("The time begins when the test is ordered.")),
    Term("accession", N_("accessioning"), N_("The time begins when the laboratory enters the specimen into its system.")),
    Term("all_materials_received", N_("receipt of all materials"), N_("The time begins when the specimen and all papers are there.")),
)

REGULATORY_STATUS = Vocabulary(
    "regulatory_status",
    Term("ldt", N_("Laboratory-developed test (LDT)"), N_("Designed and validated by this laboratory under CLIA; not reviewed by FDA.")),
    Term("fda_approved_modified", N_("FDA-approved kit used outside its approved cancer type"), N_("The kit is approved for another cancer (such as breast); the laboratory validated it for colorectal cancer.")),
    Term("fda_approved_other_claim", N_("FDA-approved profiling assay without a colorectal HER2 claim"), N_("The platform is approved, but not to pick HER2 treatment in colorectal cancer.")),
    # No such test is known; a moderator needs evidence before it may ever be shown (domain facts, 1.4).
    Term("fda_approved_cdx_crc", N_("FDA-approved companion diagnostic for HER2 in colorectal cancer"), offered=False),
    Term("ce_ivd_ivdr", N_("CE-marked (EU IVDR)"), N_("For laboratories outside the United States.")),
    Term("research_use_only", N_("Research use only"), N_("Not for patient care; not listed as a clinical test."), offered=False),
    Term("unknown", N_("Not stated")),
)

ACCEPTS_OUTSIDE = Vocabulary(
    "accepts_outside_specimens",
    Term("yes", N_("Yes, from anywhere"), N_("Any hospital or clinic may send a specimen.")),
    Term("yes_in_state", N_("Only from its own state"), N_("Hospitals and clinics in the laboratory's state may send a specimen.")),
    Term("in_system_only", N_("Only from its own health system"), N_("Specimens come from the laboratory's own hospitals and clinics.")),
    Term("no", N_("No"), N_("The laboratory tests only its own patients' specimens.")),
)

SERVICE_LEVEL = Vocabulary(
    "service_level",
    Term("global", N_("Whole test"), N_("The laboratory does the whole test and reports the result.")),
    Term("technical_only", N_("Technical part only"), N_("The laboratory stains; your own pathologist reads.")),
    Term("professional_only", N_("Reading only"), N_("The laboratory reads what another has stained.")),
    Term("send_out", N_("Sent out"), N_("The laboratory forwards the specimen to another one.")),
)

TRANSPORT_TEMPERATURE = Vocabulary(
    "transport_temp",
    Term("ambient", N_("Room temperature")),
    Term("cool_pack", N_("With a cool pack")),
    Term("refrigerated", N_("Refrigerated")),
    Term("frozen", N_("Frozen")),
)

ACCREDITATION = Vocabulary(
    "accreditation_body",
    Term("cap", N_("College of American Pathologists (CAP)")),
    Term("tjc", N_("The Joint Commission")),
    Term("cola", N_("COLA")),
    Term("a2la", N_("A2LA")),
    Term("aabb", N_("AABB")),
    Term("achc", N_("ACHC")),
    Term("ashi", N_("ASHI")),
    Term("anab", N_("ANAB")),
    Term("other", N_("Another body")),
    # A standard, not a body: but who looks for one looks for the other in the same place.
    Term("iso_15189", N_("ISO 15189")),
)

STATE_PERMIT = Vocabulary(
    "state_permit",
    Term("ny_clep", N_("New York (CLEP permit)"), N_("New York asks every laboratory that takes specimens from the state for a permit."), group="NY"),
    Term("ca_lfs", N_("California (LFS license)"), N_("California asks laboratories outside the state for a license to test its specimens."), group="CA"),
    Term("md_ohcq", N_("Maryland (OHCQ license)"), N_("Maryland asks laboratories outside the state for a license to test its specimens."), group="MD"),
    Term("pa_bol", N_("Pennsylvania (BOL permit)"), N_("Pennsylvania asks for a permit, or for a federal certificate if the laboratory is outside the state."), group="PA"),
    Term("ri_health", N_("Rhode Island (license)"), N_("Rhode Island asks for a license to test specimens collected there."), group="RI"),
)
"""Permits that a state asks of laboratories elsewhere for specimens taken in it; ``group`` is the state."""

COPY_NUMBER = Vocabulary(
    "reports_copy_number",
    Term("yes", N_("Yes")),
    Term("no", N_("No")),
    Term("unknown", N_("Not stated")),
)

YES_NO = Vocabulary("yes_no", Term("yes", N_("Yes")), Term("no", N_("No")))

CLIA_CERTIFICATE_TYPE = Vocabulary(
    "clia_certificate_type",
    Term("accreditation", N_("Certificate of Accreditation"), N_("Inspected by an approved body such as CAP.")),
    Term("compliance", N_("Certificate of Compliance"), N_("Inspected and meets federal rules for complex tests.")),
    Term("registration", N_("Certificate of Registration"), N_("Temporary, while waiting for the first inspection.")),
    Term("ppm", N_("Provider-Performed Microscopy"), N_("Simple tests and a few microscope tests by a clinician.")),
    Term("waiver", N_("Certificate of Waiver"), N_("Only simple (waived) tests allowed.")),
)

CERTIFICATES_FOR_HER2 = frozenset({"accreditation", "compliance", "registration"})
"""Certificate types under which HER2 testing may be performed."""

CLIA_ABSENCE_REASON = Vocabulary(
    "clia_absence_reason",
    Term("dod_clip", N_("Department of Defense laboratory (CLIP)"), N_("Registered under the Defense program instead of CLIA.")),
    Term("outside_us", N_("Outside the United States")),
    Term("research_only", N_("Research laboratory")),
    Term("pending", N_("CLIA application pending")),
)

LAB_KIND = Vocabulary(
    "lab_kind",
    Term("academic_medical_center", N_("Academic medical center")),
    Term("hospital", N_("Hospital laboratory")),
    Term("cancer_center", N_("Cancer center")),
    Term("independent_reference", N_("Independent reference laboratory")),
    Term("commercial_genomics", N_("Commercial genomics laboratory")),
    Term("physician_group_pathology", N_("Pathology physician group")),
    Term("government", N_("Government laboratory")),
    Term("other", N_("Other")),
)

VERIFICATION_STATUS = Vocabulary(
    "verification_status",
    Term("self_reported", N_("Self-reported"), N_("The laboratory wrote this; nobody has checked it.")),
    Term("email_verified", N_("E-mail verified"), N_("The sender proved that the laboratory's mailbox is theirs, and a moderator approved the entry.")),
    Term("clia_matched", N_("CLIA matched"), N_("The CLIA number was found active in the CMS file.")),
    Term("document_checked", N_("Document checked"), N_("A moderator saw the laboratory's documents.")),
    Term("disputed", N_("Disputed"), N_("Somebody told us of a problem that is being checked.")),
    Term("stale", N_("Not confirmed for over a year"), N_("The laboratory has not confirmed this entry in the last 12 months.")),
    Term("withdrawn", N_("Withdrawn")),
)
