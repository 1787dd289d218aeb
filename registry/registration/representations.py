"""A registration as it will be shown: sections of labels and values."""

from dataclasses import dataclass

from flask_babel import gettext as _

from registry.directory.representations import turnaround_text
from registry.domain import vocabulary
from registry.domain.certificates import CLIA_EXEMPT_STATES
from registry.domain.profile import LabProfile, Offering
from registry.domain.states import US_STATES
from registry.language import current_language
from registry.models import Submission
from registry.wording import term_label

Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the last look: its step, its heading, its facts, and whether the public sees it."""

    step: str
    title: str
    facts: Facts
    public: bool = True


def sections(submission: Submission) -> list[Section]:
    """Everything that the registration says."""
    profile = submission.profile
    return [
        Section(
            "you",
            _("Who you are"),
            [
                (_("Your name"), submission.contact_name),
                (_("Your work e-mail"), submission.contact_email),
                (_("Your role at the laboratory"), submission.contact_role),
                (_("What you tell the moderator, on the page of the laboratory"), submission.note),
            ],
            public=False,
        ),
        Section("laboratory", _("The laboratory"), laboratory_facts(profile)),
        *(
            Section(
                f"test-{number}",
                _("Test %(number)s: %(name)s", number=number, name=offering.name or _("not finished")),
                offering_facts(offering),
            )
            for number, offering in enumerate(profile.offerings, start=1)
        ),
        Section("contact", _("How to reach you"), contact_facts(profile)),
    ]


def laboratory_facts(profile: LabProfile) -> Facts:
    """Name, kind, licence and site."""
    place = ", ".join(part for part in (profile.city, US_STATES.get(profile.state, profile.state)) if part)
    lines = (profile.address_line1, profile.address_line2, f"{place} {profile.zip}".strip())
    return [
        (_("Name"), profile.name),
        (_("Kind of laboratory"), _label(vocabulary.LAB_KIND, profile.lab_kind)),
        (_("CLIA number"), profile.clia_number),
        (_("No CLIA number because"), _label(vocabulary.CLIA_ABSENCE_REASON, profile.clia_absence_reason)),
        (_("Certificate"), _label(vocabulary.CLIA_CERTIFICATE_TYPE, profile.certificate_type)),
        (_("State permits"), _labels(vocabulary.STATE_PERMIT, profile.state_permits)),
        (_("Accreditations"), _labels(vocabulary.ACCREDITATION, profile.accreditations)),
        (_("CAP number"), profile.cap_number),
        (_("NPI"), profile.npi),
        (_("Address"), ", ".join(line for line in lines if line)),
    ]


def offering_facts(offering: Offering) -> Facts:
    """One HER2 test."""
    return [
        (_("Name"), offering.name),
        (_("Method"), _label(vocabulary.TEST_METHOD, offering.method)),
        (_("Assay or clone"), _label(vocabulary.ASSAY, offering.assay)),
        (_("Name of the assay"), offering.assay_name),
        (_("Reports copy number"), _label(vocabulary.COPY_NUMBER, offering.reports_copy_number)),
        (_("Scoring criterion"), _label(vocabulary.SCORING_CRITERION, offering.scoring_criterion)),
        (_("Reflex testing"), _label(vocabulary.REFLEX_POLICY, offering.reflex_policy)),
        (_("Specimens"), _labels(vocabulary.SPECIMEN_TYPE, offering.specimens)),
        (_("What to send"), offering.specimen_notes),
        (_("Unstained slides, at least"), _number(offering.slides_min)),
        (_("Tumor percentage, at least"), _number(offering.tumor_content_min_pct)),
        (_("Pathology report needed"), _label(vocabulary.YES_NO, offering.path_report_required)),
        (_("Transport temperature"), _label(vocabulary.TRANSPORT_TEMPERATURE, offering.transport_temp)),
        (
            _("Turnaround"),
            turnaround_text(offering.turnaround, language=current_language()) if offering.tat_max is not None else "",
        ),
        (_("Regulatory status"), _label(vocabulary.REGULATORY_STATUS, offering.regulatory_status)),
        (
            _("Accepts outside specimens"),
            _label(vocabulary.ACCEPTS_OUTSIDE, offering.accepts_outside_specimens),
        ),
        (_("Order code"), offering.order_code),
        (_("Web page of the test"), offering.catalogue_url),
        (_("Service level"), _label(vocabulary.SERVICE_LEVEL, offering.service_level)),
        (_("CPT codes"), ", ".join(offering.cpt_codes)),
    ]


def contact_facts(profile: LabProfile) -> Facts:
    """How the public reaches the laboratory."""
    return [
        (_("Public phone number"), profile.phone),
        (_("Who answers"), profile.contact_role),
        (_("Public e-mail"), profile.public_email),
        (_("Web site"), profile.website),
    ]


def doubts(profile: LabProfile) -> list[str]:
    """What a moderator will ask about; none of it keeps the registration from being sent."""
    found = []
    may_do_them = profile.certificate_type in vocabulary.CERTIFICATES_FOR_HER2 or profile.state in CLIA_EXEMPT_STATES
    if profile.certificate_type and not may_do_them:
        certificate = _label(vocabulary.CLIA_CERTIFICATE_TYPE, profile.certificate_type)
        found.append(
            _(
                "You chose “%(certificate)s”. It does not cover this kind of test; a moderator will ask.",
                certificate=certificate,
            )
        )
    if profile.clia_absence_reason == "outside_us":
        found.append(_("You wrote that the laboratory is outside the United States. A moderator will ask."))
    if profile.clia_absence_reason == "research_only":
        found.append(_("The list is about tests for patient care. A moderator will ask about a research laboratory."))
    return found


def _label(terms: vocabulary.Vocabulary, slug: str) -> str:
    return term_label(terms, slug) if slug else ""


def _labels(terms: vocabulary.Vocabulary, slugs: tuple[str, ...]) -> str:
    return "; ".join(_label(terms, slug) for slug in slugs)


def _number(number: int | None) -> str:
    return "" if number is None else str(number)
