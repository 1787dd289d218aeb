"""Invented laboratories, registrations and staff: complete and valid unless a test says otherwise.

Every value can be overridden by name: ``a_profile(city="Macon")``, ``an_offering(method="fish")``.
"""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile, Offering
from registry.domain.workflow import State
from registry.links import hash_of
from registry.models import Lab, LabContact, Submission

_numbers = itertools.count(1)

ATLANTA = (33.749, -84.388)
"""Where ``publish`` puts a laboratory when the test does not care: WGS84 degrees."""

_OFFERING = Offering(
    name="HER2 by immunohistochemistry, colorectal",
    method="ihc",
    assay="ventana_4b5",
    scoring_criterion="heracles",
    reflex_policy="ihc_2plus_to_ish_auto",
    specimens=("ffpe_block", "unstained_slides"),
    specimen_notes="One block, or five slides of 4 micrometres",
    tat_min=3,
    tat_max=5,
    tat_unit="business_days",
    tat_clock_start="specimen_receipt",
    regulatory_status="ldt",
    accepts_outside_specimens="yes",
    order_code="HER2CRC",
    catalogue_url="https://example.org/tests/her2-crc",
)


def an_offering(**changes: Any) -> Offering:
    """A complete HER2 test by IHC that accepts specimens from anywhere, within five business days."""
    return replace(_OFFERING, **changes)


def a_profile(**changes: Any) -> LabProfile:
    """A complete laboratory in Atlanta with one offering and a CLIA number of its own that cannot be real."""
    number = next(_numbers)
    complete = LabProfile(
        name=f"Invented Laboratory {number}",
        lab_kind="hospital",
        clia_number=f"00D{number:07d}",
        certificate_type="accreditation",
        address_line1=f"{number} Invented Street",
        city="Atlanta",
        state="GA",
        zip="30303",
        phone="(404) 555-0123",
        public_email="her2@example.org",
        contact_role="Client services",
        website="https://example.org/",
        offerings=(an_offering(),),
    )
    return replace(complete, **changes)


def publish(
    session: Session,
    profile: LabProfile | None = None,
    *,
    at: tuple[float, float] = ATLANTA,
    precision: str = "zip",
    now: datetime | None = None,
    slug: str | None = None,
    verification: str = "email_verified",
    demonstration: bool = False,
    **changes: Any,
) -> Lab:
    """A laboratory that the public sees, at latitude and longitude *at*; *changes* are those of
    :func:`a_profile`. Commits.
    """
    profile = replace(profile, **changes) if profile is not None else a_profile(**changes)
    moment = now or datetime.now(UTC)
    lab = Lab(
        slug=slug or f"invented-laboratory-{next(_numbers)}",
        verification=verification,
        demonstration=demonstration,
        email_verified_at=moment,
        approved_at=moment,
        last_confirmed=moment.date(),
    )
    lab.publish(session, profile, lat=at[0], lon=at[1], precision=precision, now=moment)
    session.add(lab)
    session.commit()
    return lab


def a_submission(
    session: Session,
    profile: LabProfile | None = None,
    *,
    state: State | str = State.SUBMITTED,
    email: str | None = None,
    now: datetime | None = None,
    draft_key: str | None = None,
    kind: str = "new",
    commit: bool = True,
    **changes: Any,
) -> Submission:
    """A registration in *state* with the times that belong to it; *changes* are columns of ``Submission``.
    Commits.

    *draft_key* is the key that the author's browser holds.
    """
    number = next(_numbers)
    moment = now or datetime.now(UTC)
    state = State(state)
    proved = state not in {State.DRAFT, State.AWAITING_EMAIL}
    decided = state in {State.CHANGES_REQUESTED, State.APPROVED, State.REJECTED}
    submission = Submission(
        kind=kind,
        state=state.value,
        draft_key_hash=hash_of(draft_key or f"draft-key-{number}"),
        contact_name="Ada Invented",
        contact_email=email or f"laboratory-{number}@example.org",
        contact_role="Laboratory manager",
        proposed=(profile or a_profile()).to_dict(),
        created_at=moment - timedelta(hours=2),
        updated_at=moment,
        consented_at=None if state is State.DRAFT else moment - timedelta(hours=1),
        email_verified_at=moment if proved else None,
        submitted_at=moment if proved else None,
        decided_at=moment if decided else None,
    )
    for name, value in changes.items():
        setattr(submission, name, value)
    session.add(submission)
    if commit:
        session.commit()
    return submission


def a_contact(session: Session, lab: Lab, *, email: str | None = None, **changes: Any) -> LabContact:
    """A mailbox that speaks for *lab* since a month; *changes* are columns of ``LabContact``. Commits."""
    number = next(_numbers)
    moment = datetime.now(UTC) - timedelta(days=30)
    contact = LabContact(
        lab_id=lab.id,
        email=email or f"contact-{number}@example.org",
        name="Ada Invented",
        role="Laboratory manager",
        created_at=moment,
        verified_at=moment,
    )
    for name, value in changes.items():
        setattr(contact, name, value)
    session.add(contact)
    session.commit()
    return contact
