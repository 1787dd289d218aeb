"""What the CMS file says beside what a submission says, and whether its other numbers can be right. Pure functions."""

from registry.clia.comparing import differences
from registry.domain.certificates import ACTIVE, CLIA_EXEMPT_STATES, UNKNOWN
from registry.domain.identifiers import cap_number_looks_right, npi_is_valid
from registry.domain.labels import FIELD_LABELS
from registry.domain.vocabulary import CERTIFICATES_FOR_HER2, N_
from registry.models import CliaRecord
from registry.moderation.findings import Check, Facts, Outcome

_NOT_THERE = N_("There is no record of the CMS file to compare with.")


def filed_number(facts: Facts) -> Check:
    """Whether the CLIA number stands in the imported file, as one that is active."""
    name = N_("CMS file")
    if facts.clia is None:
        reason = N_("No CMS file has been imported, so nothing could be looked up.")
        return Check(name, Outcome.OK, reason)
    raw: tuple[tuple[str, str], ...] = ((N_("Quarter of the file"), facts.clia.quarter),)
    if not facts.profile.clia_number:
        return Check(name, Outcome.OK, N_("There is no CLIA number to look up."), raw)
    record = facts.clia.record
    if record is None:
        reason = N_("The number is not in the file. It may be newer than the file, or wrong.")
        return Check(name, Outcome.LOOK, reason, raw)
    raw += (
        (N_("Name in the file"), record.name),
        (N_("Second name in the file"), record.additional_name),
        (N_("Address in the file"), record.address),
        (N_("Phone in the file"), record.phone),
        (N_("Status in the file"), f"{record.program_status} ({record.program_code or '–'})"),
        (N_("Expires or ended"), _day(record)),
    )
    if record.program_status == ACTIVE:
        return Check(name, Outcome.OK, N_("The number is in the file, as active."), raw)
    if record.program_status == UNKNOWN:
        return Check(name, Outcome.LOOK, N_("The file does not say whether the number is active."), raw)
    reason = N_("According to the file, this laboratory has closed or its certificate has ended.")
    return Check(name, Outcome.PROBLEM, reason, raw)


def filed_certificate(facts: Facts) -> Check:
    """Whether the certificate of the file allows tests of high complexity."""
    name = N_("Certificate in the CMS file")
    if (record := _record(facts)) is None:
        return Check(name, Outcome.OK, _NOT_THERE)
    raw = (
        (N_("Certificate in the file"), f"{record.certificate_type} ({record.certificate_code or '–'})".lstrip()),
        (N_("Valid from"), record.certificate_effective.isoformat() if record.certificate_effective else ""),
        (N_("Found compliant (A yes, B no)"), record.compliance),
        (N_("State in the file"), record.state),
        (N_("Certificate stated"), facts.profile.certificate_type),
    )
    if record.certificate_type in CERTIFICATES_FOR_HER2:
        return Check(name, Outcome.OK, N_("The certificate in the file allows tests of high complexity."), raw)
    if record.state in CLIA_EXEMPT_STATES:
        reason = N_(
            "New York and Washington license laboratories themselves, so the certificate in the file does not tell "
            "what this laboratory may do. Ask for the state permit if you doubt it."
        )
        return Check(name, Outcome.LOOK, reason, raw)
    if not record.certificate_type:
        return Check(name, Outcome.LOOK, N_("The file does not say which certificate it is."), raw)
    reason = N_("According to the file, the certificate allows simple tests only; HER2 tests are of high complexity.")
    return Check(name, Outcome.PROBLEM, reason, raw)


def filed_otherwise(facts: Facts) -> Check:
    """What name, address, telephone and certificate are in the file, where the laboratory states something else."""
    name = N_("Entry and CMS file")
    if (record := _record(facts)) is None:
        return Check(name, Outcome.OK, _NOT_THERE)
    found = differences(facts.profile, record)
    if not found:
        reason = N_("Name, address, telephone number and certificate are those of the file.")
        return Check(name, Outcome.OK, reason)
    raw = tuple(
        pair for one in found for pair in ((FIELD_LABELS[one.field], one.stated), (N_("In the CMS file"), one.filed))
    )
    return Check(name, Outcome.LOOK, N_("The laboratory states some things differently from the file."), raw)


def cap_match(facts: Facts) -> Check:
    """Whether CAP confirmed the accreditation that the laboratory states, as far as the file tells."""
    name = N_("Accreditation by CAP")
    if (record := _record(facts)) is None:
        return Check(name, Outcome.OK, _NOT_THERE)
    stated = "cap" in facts.profile.accreditations or bool(facts.profile.cap_number)
    raw = (
        (N_("CAP’s match in the file"), {True: "Y", False: "N", None: "–"}[record.cap_matched]),
        (N_("Other bodies that match"), record.accreditors),
    )
    if record.cap_matched:
        return Check(name, Outcome.OK, N_("The file says that CAP confirmed its accreditation."), raw)
    if not stated:
        return Check(name, Outcome.OK, N_("The laboratory does not state an accreditation by CAP."), raw)
    reason = N_("The laboratory states an accreditation by CAP that the file does not confirm.")
    return Check(name, Outcome.LOOK, reason, raw)


def npi(facts: Facts) -> Check:
    """Whether the NPI has its check digit."""
    name = N_("NPI")
    number = facts.profile.npi
    raw = ((N_("Number"), number),)
    if not number:
        return Check(name, Outcome.OK, N_("No NPI is stated, and none is needed."))
    if npi_is_valid(number):
        reason = N_(
            "The check digit is right. The number itself does not tell whose it is: NPPES, the federal registry, says "
            "whether it belongs to an organization (type 2), as a laboratory is, or to a person (type 1)."
        )
        return Check(name, Outcome.OK, reason, raw)
    return Check(name, Outcome.LOOK, N_("The check digit is wrong, so no such NPI exists."), raw)


def cap_number(facts: Facts) -> Check:
    """Whether the CAP number looks like one. No format is published, so nothing more can be said."""
    name = N_("CAP number")
    number = facts.profile.cap_number
    raw = ((N_("Number"), number),)
    if not number:
        return Check(name, Outcome.OK, N_("No CAP number is stated, and none is needed."))
    if cap_number_looks_right(number):
        return Check(name, Outcome.OK, N_("The number looks like a CAP number."), raw)
    return Check(name, Outcome.LOOK, N_("CAP numbers have seven digits, and perhaps a suffix such as -01."), raw)


def _record(facts: Facts) -> CliaRecord | None:
    return facts.clia.record if facts.clia is not None else None


def _day(record: CliaRecord) -> str:
    return record.expires_or_terminated.isoformat() if record.expires_or_terminated is not None else ""


CMS_FILE_CHECKS = (filed_number, filed_certificate, filed_otherwise, cap_match, npi, cap_number)
"""Every check of this module, in the order of a moderator's page."""
