"""What a moderator should look at before deciding: pure functions over the facts of one submission.

A check never decides. It says how things are (``Outcome``), why that matters, and on which raw facts it
rests. Names and reasons are English source text, translated where shown.
"""

import phonenumbers

from registry.domain.certificates import CLIA_EXEMPT_STATES
from registry.domain.text import is_clia
from registry.domain.vocabulary import CERTIFICATES_FOR_HER2, N_, REGULATORY_STATUS
from registry.moderation.clia_checks import CMS_FILE_CHECKS
from registry.moderation.findings import Check, Facts, Outcome
from registry.moderation.letter_checks import host_letters, name_letters
from registry.moderation.place_checks import area_code, placed
from registry.moderation.sender_checks import duplicates, earlier_submissions, filled_in, mail_domain, standing

NORTH_AMERICA = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})
"""Regions of telephone numbers where a laboratory under CLIA can stand."""


def all_checks(facts: Facts) -> tuple[Check, ...]:
    """Every check of such a submission, in the order of a moderator's page."""
    return tuple(check(facts) for check in _OF_KIND.get(facts.kind, ()))


def warnings(checks: tuple[Check, ...]) -> int:
    """How many of *checks* want a look."""
    return sum(check.outcome is not Outcome.OK for check in checks)


def clia_shape(facts: Facts) -> Check:
    """Whether the CLIA number can exist: two digits, D, seven digits; no state has the digits 00."""
    profile = facts.profile
    name = N_("CLIA number")
    if not profile.clia_number:
        raw = ((N_("Reason given for having none"), profile.clia_absence_reason),)
        if profile.clia_absence_reason:
            return Check(name, Outcome.LOOK, N_("The laboratory gives a reason for having no CLIA number."), raw)
        return Check(name, Outcome.PROBLEM, N_("There is neither a CLIA number nor a reason for having none."), raw)
    raw = ((N_("Number"), profile.clia_number),)
    if not is_clia(profile.clia_number):
        return Check(name, Outcome.PROBLEM, N_("A CLIA number is two digits, the letter D and seven digits."), raw)
    if profile.clia_number.startswith("00") and not facts.demonstration:
        return Check(name, Outcome.PROBLEM, N_("The first two digits stand for a state, and none has 00."), raw)
    return Check(name, Outcome.OK, N_("The number has the shape of a CLIA number."), raw)


def certificate(facts: Facts) -> Check:
    """Whether the stated certificate allows tests of high complexity, as HER2 tests are."""
    profile = facts.profile
    name = N_("Certificate")
    raw = ((N_("Certificate stated"), profile.certificate_type), (N_("State"), profile.state))
    if profile.certificate_type == "registration":
        reason = N_("A certificate of registration allows HER2 testing, until the first inspection.")
        return Check(name, Outcome.OK, reason, raw)
    if profile.certificate_type in CERTIFICATES_FOR_HER2:
        return Check(name, Outcome.OK, N_("This certificate allows tests of high complexity."), raw)
    if profile.state in CLIA_EXEMPT_STATES:
        reason = N_(
            "New York and Washington license laboratories themselves, in place of CLIA, so the certificate "
            "type does not tell what this laboratory may do. Ask for the state permit if you doubt it."
        )
        return Check(name, Outcome.LOOK, reason, raw)
    if not profile.certificate_type:
        outcome = Outcome.PROBLEM if profile.clia_number else Outcome.LOOK
        return Check(name, outcome, N_("No certificate is stated."), raw)
    reason = N_("This certificate allows simple tests only; HER2 tests are of high complexity.")
    return Check(name, Outcome.PROBLEM, reason, raw)


def claims(facts: Facts) -> Check:
    """Whether a test claims a status that no form offers, as it needs evidence or is no clinical test."""
    name = N_("Regulatory claims")
    bold = tuple(
        (offering.name, offering.regulatory_status)
        for offering in facts.profile.offerings
        if offering.regulatory_status
        and not (
            offering.regulatory_status in REGULATORY_STATUS and REGULATORY_STATUS[offering.regulatory_status].offered
        )
    )
    if bold:
        reason = N_("No such status may be shown without evidence. Ask for it before you approve.")
        return Check(name, Outcome.PROBLEM, reason, bold)
    return Check(name, Outcome.OK, N_("No test claims a status that needs evidence."))


def address(facts: Facts) -> Check:
    """Whether the ZIP exists, lies in the state, and belongs to the city."""
    profile = facts.profile
    name = N_("Address and ZIP code")
    raw = (
        (N_("Address"), f"{profile.city}, {profile.state} {profile.zip}"),
        (N_("Our gazetteer says"), facts.zip_label or ""),
    )
    if facts.zip_label is None:
        return Check(name, Outcome.PROBLEM, N_("This ZIP code is not known, so the entry cannot be placed."), raw)
    if not facts.zip_located:
        reason = N_("This ZIP code has no place in the country, so the entry cannot be placed.")
        return Check(name, Outcome.PROBLEM, reason, raw)
    if facts.zip_agrees:
        return Check(name, Outcome.OK, N_("City, state and ZIP code belong together."), raw)
    return Check(name, Outcome.LOOK, N_("City or state differ from those of the ZIP code."), raw)


def same_number(facts: Facts) -> Check:
    """Whether another entry has the same CLIA number."""
    name = N_("Other entries with this CLIA number")
    if not facts.profile.clia_number:
        return Check(name, Outcome.OK, N_("There is no CLIA number to compare."))
    if any(entry.slug for entry in facts.same_number):
        reason = N_("A listed laboratory has this number. One number is one entry, so this cannot be approved.")
        return Check(name, Outcome.PROBLEM, reason, entries=facts.same_number)
    if facts.same_number:
        reason = N_("Another submission with this number waits. Only one of them can be approved.")
        return Check(name, Outcome.LOOK, reason, entries=facts.same_number)
    return Check(name, Outcome.OK, N_("No other entry has this number."))


def phone(facts: Facts) -> Check:
    """Whether the telephone number exists in the numbering plan, and where."""
    name = N_("Telephone number")
    typed = facts.profile.phone
    try:
        parsed = phonenumbers.parse(typed, "US")
    except phonenumbers.NumberParseException:
        return Check(name, Outcome.PROBLEM, N_("This is not a telephone number."), ((N_("Number"), typed),))
    region = phonenumbers.region_code_for_number(parsed) or ""
    raw = (
        (N_("Number"), typed),
        (N_("Read as"), phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)),
        (N_("Region"), region),
    )
    if not phonenumbers.is_possible_number(parsed):
        return Check(name, Outcome.PROBLEM, N_("No telephone number has this length."), raw)
    if not phonenumbers.is_valid_number(parsed):
        return Check(name, Outcome.LOOK, N_("No area or exchange with these digits is known."), raw)
    if phonenumbers.is_valid_number_for_region(parsed, region) and region in NORTH_AMERICA:
        return Check(name, Outcome.OK, N_("The number belongs to the United States or a territory."), raw)
    if parsed.country_code == 1 and not region:
        return Check(name, Outcome.OK, N_("The number is toll-free or not bound to a place."), raw)
    return Check(name, Outcome.LOOK, N_("The number belongs to another country."), raw)


_OF_ENTRY = (
    clia_shape,
    certificate,
    *CMS_FILE_CHECKS,
    claims,
    same_number,
    duplicates,
    address,
    placed,
    phone,
    area_code,
    mail_domain,
    host_letters,
    name_letters,
)
_OF_SENDER = (earlier_submissions, filled_in)
_OF_KIND = {
    "new": (*_OF_ENTRY, *_OF_SENDER),
    "edit": (standing, *_OF_ENTRY, *_OF_SENDER),
    # What speaks for a claim is found where claims are made.
    "claim": (host_letters, *_OF_SENDER),
}
