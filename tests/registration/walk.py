"""A registration filled in like a person does it, step by step."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.models import Submission
from tests.support.client import PageClient

YOU = {
    "contact_name": "Robin Invented",
    "contact_email": "robin@laboratory.example",
    "contact_role": "Laboratory manager",
}
LABORATORY = {
    "name": "Invented Pathology",
    "lab_kind": "hospital",
    "clia_number": "00D7654321",
    "certificate_type": "accreditation",
    "address_line1": "1 Invented Street",
    "city": "Atlanta",
    "state": "GA",
    "zip": "30303",
}
TEST = {
    "name": "HER2 by IHC, colorectal",
    "method": "ihc",
    "assay": "ventana_4b5",
    "scoring_criterion": "heracles",
    "reflex_policy": "ihc_2plus_to_ish_auto",
    "specimens": ["ffpe_block", "unstained_slides"],
    "specimen_notes": "One block,\nor five slides",
    "tat_min": "3",
    "tat_max": "5",
    "tat_unit": "business_days",
    "tat_clock_start": "specimen_receipt",
    "regulatory_status": "ldt",
    "accepts_outside_specimens": "yes",
    "order_code": "HER2CRC",
    "catalogue_url": "https://laboratory.example/her2",
}
CONTACT = {
    "phone": "404-555-0123",
    "contact_role": "Client services",
    "public_email": "her2@laboratory.example",
    "website": "https://laboratory.example/",
}
STEPS: dict[str, dict[str, Any]] = {
    "you": YOU,
    "laboratory": LABORATORY,
    "test-1": TEST,
    "contact": CONTACT,
}

NEXT = "Save and continue"
LATER = "Save and finish later"


def fill_in(client: PageClient, step: str, *, button: str = NEXT, **changes: Any) -> TestResponse:
    """Open *step*, type what is usual there but for *changes*, and press *button*."""
    usual = STEPS.get(step, TEST)
    return client.submit(client.load(f"/join/{step}"), button=button, **{**usual, **changes})


def fill_in_all(client: PageClient, **changes: Any) -> None:
    """Fill in every step, not sent yet; *changes* name a step's fields: ``you={"contact_email": …}``."""
    for step in STEPS:
        answer = fill_in(client, step, **changes.get(step.replace("-", "_"), {}))
        assert answer.status_code == 200, answer.text


def send(client: PageClient) -> TestResponse:
    """Agree and send what the last look shows."""
    return client.submit(client.load("/join/check"), button="Send", consent=True, right_today=True)


def hand_in(client: PageClient, outbox: Any, **changes: Any) -> str:
    """Register, send, and press the mailed link; returns the link's path."""
    fill_in_all(client, **changes)
    send(client)
    link = str(outbox.deliver()[-1].link)
    client.submit(client.load(link))
    return link


def only(session: Session) -> Submission:
    session.rollback()
    return session.scalars(select(Submission)).one()


def count(session: Session, model: type[Any] = Submission) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(model)).one()


def other_browser(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client
