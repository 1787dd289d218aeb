"""Asking for access to an entry, like a person does it."""

from typing import Any

from tests.support.client import PageClient, page_of
from tests.support.pages import Page

ROBIN = "robin@laboratory.example"
PUBLIC = "her2@laboratory.example"
CLAIM: dict[str, Any] = {
    "name": "Robin Invented",
    "email": "Robin@Laboratory.example",
    "role": "Laboratory manager",
}


def claim(client: PageClient, slug: str, **changes: str) -> Page:
    """Open the form, send it, and come to the page that follows."""
    answer = client.submit(client.load(f"/manage/labs/{slug}/claim"), **{**CLAIM, **changes})
    assert answer.status_code == 200
    return page_of(answer)


def proved(client: PageClient, outbox: Any, email: str = ROBIN) -> Page:
    """Press the button behind the link that proves the mailbox; the page after it."""
    return page_of(client.submit(client.load(outbox.one(email).link)))
