"""A listing in sentences: what codes mean, and what follows from what the laboratory reports."""

from collections.abc import Iterable

from babel.lists import format_list
from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _

from registry.directory.listing_queries import Filed
from registry.domain import vocabulary
from registry.domain.permits import PERMIT_OF_STATE, takes_from
from registry.domain.profile import LabProfile, Offering
from registry.domain.vocabulary import Vocabulary
from registry.wording import shown_value, state_name

_EXPLAINED: dict[str, Vocabulary] = {
    "method": vocabulary.TEST_METHOD,
    "scoring_criterion": vocabulary.SCORING_CRITERION,
    "reflex_policy": vocabulary.REFLEX_POLICY,
    "service_level": vocabulary.SERVICE_LEVEL,
    "regulatory_status": vocabulary.REGULATORY_STATUS,
    "accepts_outside_specimens": vocabulary.ACCEPTS_OUTSIDE,
    "specimens": vocabulary.SPECIMEN_TYPE,
    "certificate_type": vocabulary.CLIA_CERTIFICATE_TYPE,
}


def explanation(field: str, slug: str) -> str:
    """What the value *slug* of a field means; an empty string when there is nothing to add."""
    terms = _EXPLAINED[field]
    return str(_(terms[slug].explanation)) if slug in terms and terms[slug].explanation else ""


def listed(names: Iterable[str]) -> str:
    """“A, B and C” in the language of the page; an empty string for none."""
    return str(format_list(list(names), locale=get_locale()))


def assay_of(offering: Offering) -> str:
    """The assay or clone, in the laboratory's words where it has some; an empty string when it says nothing."""
    return offering.assay_name or (shown_value("assay", offering.assay) if offering.assay else "")


def in_calendar_days(offering: Offering) -> str:
    """The longest turnaround in calendar days, where the laboratory counts in something else."""
    days = offering.calendar_days
    if days is None or offering.tat_unit == "calendar_days":
        return ""
    if offering.tat_unit == "days_unspecified":
        return str(
            ngettext(
                "Up to about %(num)s calendar day, if business days are meant.",
                "Up to about %(num)s calendar days, if business days are meant.",
                days,
            )
        )
    return str(ngettext("Up to about %(num)s calendar day.", "Up to about %(num)s calendar days.", days))


def requirements(offering: Offering) -> list[tuple[str, str]]:
    """What a specimen must meet, as labels and values; an empty value where the laboratory says nothing."""
    slides, tumor = offering.slides_min, offering.tumor_content_min_pct
    report = offering.path_report_required
    return [
        (str(_("Unstained slides, at least")), "" if slides is None else str(slides)),
        (str(_("Tumor content, at least")), "" if tumor is None else f"{tumor}%"),
        (str(_("Pathology report needed")), shown_value("path_report_required", report) if report else ""),
        (
            str(_("Ship")),
            shown_value("transport_temp", offering.transport_temp) if offering.transport_temp else "",
        ),
    ]


def states_without_permit(profile: LabProfile, offering: Offering) -> str:
    """The states that ask for a permit which the laboratory does not report, where it takes specimens from anywhere."""
    if offering.accepts_outside_specimens != "yes":
        return ""
    taken = set(takes_from(profile, offering))
    return listed(state_name(state) for state in PERMIT_OF_STATE if state not in taken)


def states_with_permit(profile: LabProfile) -> str:
    """The permits that the laboratory reports."""
    return listed(shown_value("state_permits", slug) for slug in profile.state_permits)


def matched(filed: Filed | None, *, verification: str) -> str:
    """Whether the CLIA number was found in the CMS file, of which quarter, and when we looked."""
    if filed is None:
        return str(_("Yes")) if verification == "clia_matched" else str(_("Not yet"))
    told = {"quarter": filed.quarter, "day": format_date(filed.read_on, "long")}
    if filed.active:
        return str(_("Found as active in the CMS file of %(quarter)s, read on %(day)s.", **told))
    if filed.found:
        return str(_("In the CMS file of %(quarter)s, read on %(day)s, but not as active.", **told))
    return str(_("Not found in the CMS file of %(quarter)s, read on %(day)s.", **told))


def web_page(profile: LabProfile) -> str:
    """The laboratory's own page; an empty string for what is none: rows may be older than the checks of forms."""
    return profile.website if profile.website.lower().startswith(("https://", "http://")) else ""


def summary(profile: LabProfile) -> str:
    """The listing in one sentence, for those who list pages."""
    methods = dict.fromkeys(shown_value("method", offering.method) for offering in profile.offerings)
    return str(
        _(
            "HER2 testing in colorectal cancer at %(name)s, %(city)s, %(state)s: %(methods)s. "
            "What to send, how long it takes, how to reach them.",
            name=profile.name,
            city=profile.city,
            state=profile.state,
            methods=listed(methods),
        )
    )
