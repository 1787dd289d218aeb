"""Contacts of laboratories, and how they sign in."""

from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Lab, LabContact
from registry.registration import contacts
from registry.web import now
from tests.support.client import PageClient
from tests.support.factories import publish

ROBIN = "robin@laboratory.example"
KIM = "kim@laboratory.example"
ALEX = "alex@laboratory.example"


def a_lab(session: Session, *emails: str, **changes: Any) -> Lab:
    """A laboratory on the list for which *emails* speak, Robin when none is named. Commits."""
    lab = publish(session, **changes)
    for email in emails or (ROBIN,):
        a_contact(session, lab, email)
    return lab


def a_contact(session: Session, lab: Lab, email: str) -> LabContact:
    """A contact that speaks for *lab*. Commits."""
    name = email.partition("@")[0].capitalize()
    contact = contacts.ensure(
        session, lab=lab, email=email, name=f"{name} Invented", role="Manager", language="en", now=now()
    )
    session.commit()
    return contact


def browser(app: Flask) -> PageClient:
    """A browser of its own."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


def link_for(client: PageClient, outbox: Any, email: str) -> str:
    """Ask for a link; its path."""
    client.submit(client.load("/manage"), button="Mail me a link", email=email)
    arrived = [letter for letter in outbox.deliver() if letter.recipients == (email,) and "sign in" in letter.subject]
    assert len(arrived) == 1, f"{len(arrived)} links to sign in"
    return str(arrived[0].link)


def sign_in(app: Flask, outbox: Any, email: str = ROBIN) -> PageClient:
    """A browser in which *email* signed in by its link."""
    client = browser(app)
    client.submit(client.load(link_for(client, outbox, email)), button="Sign in")
    return client


def contact_of(session: Session, email: str) -> LabContact:
    """The newest contact of *email*, as it is now."""
    session.rollback()
    return session.scalars(select(LabContact).where(LabContact.email == email).order_by(LabContact.id.desc())).first()  # type: ignore[return-value]


def token_of(client: PageClient, address: str) -> dict[str, str]:
    """The form token that *address* gives to this browser."""
    found = client.load(address).all("input", name="csrf_token")
    return {"csrf_token": found[0]["value"]}
