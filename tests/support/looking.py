"""How those who look come to the looks of ``looks.py``, with the plain client."""

from flask import Flask

from tests.support.client import PageClient, page_of
from tests.support.looks import LOOKS, Look
from tests.support.pages import Page
from tests.support.scenes import PASSWORD, STAFF, held_by


def people(app: Flask) -> dict[str, PageClient]:
    """A client of *app* for everybody who looks, staff signed in."""
    return {who: _person(app, who) for who in {look.who for look in LOOKS}}


def _person(app: Flask, who: str) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    with client.session_transaction() as session:
        session.update(held_by(who))
    if who in STAFF:
        client.submit(client.load("/staff/login"), email=STAFF[who], password=PASSWORD)
    return client


def seen(client: PageClient, look: Look, address: str) -> Page:
    """The page of *look* at *address*, its button pressed where it has one."""
    if not look.press:
        return client.load(address, status=look.status)
    answer = client.submit(client.load(address), button=look.press)
    assert answer.status_code == look.status, f"{look.name}: {answer.status}"
    return page_of(answer)
