"""What the CMS file says of a laboratory, beside what stands in the form. Nothing of it is stored, nothing refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from registry.clia import comparing
from registry.clia import queries as cms_file
from registry.domain import vocabulary
from registry.domain.certificates import ACTIVE, CLIA_EXEMPT_STATES, CLOSED, TERMINATED
from registry.domain.identifiers import cap_number_looks_right
from registry.domain.labels import FIELD_LABELS
from registry.domain.profile import LabProfile
from registry.domain.states import US_STATES
from registry.domain.text import is_clia, is_zip
from registry.models import CliaRecord
from registry.registration.forms import LaboratoryForm
from registry.registration.representations import Facts
from registry.wording import state_name, term_label


@dataclass(frozen=True, slots=True)
class Told:
    """A record in words: the name, labels with values, and what its laboratory has to know before it goes on."""

    name: str
    facts: Facts
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands at a field: that its value is the file's, or what the file has instead."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """The file beside the form: ``marks`` by field, sentences to read first, and whether to ask for a note."""

    marks: dict[str, Mark]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def wants_note(self) -> bool:
        """Whether a moderator will want to know why."""
        return bool(self.warnings) or any(mark.differs for mark in self.marks.values())


def known_of(session: Session, clia_number: str) -> dict[str, str]:
    """The fields of a profile that the file knows of *clia_number*; none where it has no record."""
    record = cms_file.record(session, clia_number) if is_clia(clia_number) else None
    if record is None:
        return {}
    fits: dict[str, Callable[[str], bool]] = {
        "state": lambda value: value in US_STATES,
        "zip": is_zip,
        "certificate_type": lambda value: value in vocabulary.CLIA_CERTIFICATE_TYPE,
    }
    known = comparing.prefilled(record)
    return {field: value for field, value in known.items() if value and (field not in fits or fits[field](value))}


def told_of(record: CliaRecord, *, today: date) -> Told:
    """*record* for the page that offers to begin with it."""
    known = comparing.prefilled(record)
    place = " ".join(part for part in (known["state"], known["zip"]) if part)
    lines = (known["address_line1"], known["address_line2"], known["city"], place)
    return Told(
        name=known["name"] or record.clia_number,
        facts=[
            (_("CLIA number"), record.clia_number),
            (_("Address"), ", ".join(line for line in lines if line)),
            (_("Phone"), known["phone"]),
            (_("Certificate"), _certificate(record.certificate_type)),
            (_("Status in the file"), _status(record, today)),
        ],
        warnings=tuple(_warnings(record, record.certificate_type, record.state, today)),
    )


def beside(session: Session, form: LaboratoryForm, *, today: date) -> Beside:
    """What the file says of the CLIA number in *form*, as it stands there now."""
    number = form.clia_number.data or ""
    record = cms_file.record(session, number) if is_clia(number) else None
    profile = form.write(LabProfile())
    chosen = profile.certificate_type
    state = profile.state or (record.state if record is not None else "")
    notes = []
    if state in CLIA_EXEMPT_STATES and chosen not in vocabulary.CERTIFICATES_FOR_HER2:
        notes.append(
            _(
                "%(state)s licenses laboratories itself. The type of certificate does not tell what you may test: "
                "choose what stands on yours.",
                state=state_name(state),
            )
        )
    if record is None:
        return Beside({}, tuple(_of_certificate(chosen, state)), tuple(notes))
    return Beside(
        marks=_marks(profile, record, quarter=_quarter(session), fields=LaboratoryForm.kept),
        warnings=tuple(_warnings(record, chosen or record.certificate_type, state, today)),
        notes=tuple(notes),
    )


def mark_of_phone(session: Session, *, clia_number: str, phone: str) -> Mark | None:
    """What the file says of *phone*, as it stands in the form; None where it has nothing to say."""
    record = cms_file.record(session, clia_number)
    if record is None or not phone:
        return None
    return _marks(LabProfile(phone=phone), record, quarter=_quarter(session), fields=("phone",)).get("phone")


def licence_doubts(session: Session, profile: LabProfile, *, today: date) -> list[str]:
    """What of the license a moderator will ask about, for the last look; none of it keeps anything from being sent."""
    record = cms_file.record(session, profile.clia_number)
    found = []
    if profile.cap_number and not cap_number_looks_right(profile.cap_number):
        found.append(
            _(
                "CAP numbers that we know have seven digits, some with a suffix like -01. Is %(number)s right?",
                number=profile.cap_number,
            )
        )
    if record is None:
        return found
    if (ended := _ended(record, today)) is not None:
        found.append(ended)
    differing = [str(_(FIELD_LABELS[one.field])) for one in comparing.differences(profile, record)]
    if differing:
        found.append(
            _(
                "The CMS file of %(quarter)s has something else here: %(fields)s. A moderator compares the two.",
                quarter=_quarter(session),
                fields=", ".join(differing),
            )
        )
    return found


def _marks(profile: LabProfile, record: CliaRecord, *, quarter: str, fields: tuple[str, ...]) -> dict[str, Mark]:
    marks = {}
    for field, value in comparing.prefilled(record).items():
        if value and getattr(profile, field) == value and field in fields:
            marks[field] = Mark(_("From the CMS file of %(quarter)s.", quarter=quarter), differs=False)
    for one in comparing.differences(profile, record):
        if one.field in fields:
            filed = _certificate(one.filed) if one.field == "certificate_type" else one.filed
            text = _("The CMS file of %(quarter)s says: %(value)s", quarter=quarter, value=filed)
            marks[one.field] = Mark(text, differs=True)
    return marks


def _warnings(record: CliaRecord, certificate: str, state: str, today: date) -> list[str]:
    ended = _ended(record, today)
    filed = record.certificate_type
    found = [ended] if ended is not None else []
    if filed and filed not in vocabulary.CERTIFICATES_FOR_HER2 and state not in CLIA_EXEMPT_STATES:
        found.append(
            _(
                "The CMS file says “%(certificate)s”. HER2 tests need more: a certificate of accreditation, "
                "compliance or registration. If the file is wrong, choose the certificate that you hold, and write the "
                "moderator a note about it.",
                certificate=_certificate(filed),
            )
        )
        return found
    return found + _of_certificate(certificate, state)


def _of_certificate(chosen: str, state: str) -> list[str]:
    if not chosen or chosen in vocabulary.CERTIFICATES_FOR_HER2 or state in CLIA_EXEMPT_STATES:
        return []
    return [
        _(
            "You chose “%(certificate)s”. HER2 tests need more: a certificate of accreditation, compliance or "
            "registration. If the laboratory may do them all the same, write the moderator a note about it.",
            certificate=_certificate(chosen),
        )
    ]


def _ended(record: CliaRecord, today: date) -> str | None:
    day = record.expires_or_terminated
    if record.program_status in {CLOSED, TERMINATED}:
        if day is None:
            return _(
                "By the CMS file this CLIA number is no longer in force. If that is not so, write the moderator a note."
            )
        return _(
            "By the CMS file this CLIA number ended on %(day)s. If that is not so, write the moderator a note.",
            day=format_date(day, "long"),
        )
    if day is not None and day < today:
        return _(
            "By the CMS file the certificate expired on %(day)s. If it was renewed, write the moderator a note.",
            day=format_date(day, "long"),
        )
    return None


def _status(record: CliaRecord, today: date) -> str:
    if record.program_status == CLOSED:
        return _("Closed")
    if record.program_status == TERMINATED:
        return _("Ended")
    if record.program_status != ACTIVE:
        return _("Not stated")
    return _("Expired") if (day := record.expires_or_terminated) is not None and day < today else _("Active")


def _certificate(slug: str) -> str:
    return term_label(vocabulary.CLIA_CERTIFICATE_TYPE, slug) if slug else ""


def _quarter(session: Session) -> str:
    found = cms_file.quarter(session)
    return found.label if found is not None else ""
