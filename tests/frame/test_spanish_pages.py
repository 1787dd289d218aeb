"""Nothing of our own English is left on a Spanish page."""

from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy.orm import Session

from config import ROOT
from tests.support.elements import UNSEEN, Element
from tests.support.looking import people
from tests.support.looks import LOOKS
from tests.support.pages import Page
from tests.support.scenes import set_scene

CATALOGUE = ROOT / "registry" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
NAMED = ("aria-label", "placeholder", "title", "alt")


def _english() -> set[str]:
    """The messages that read otherwise in Spanish."""
    with CATALOGUE.open("rb") as file:
        return {
            " ".join(message.id.split())
            for message in read_po(file)
            if isinstance(message.id, str) and message.id and "%(" not in message.id and message.string != message.id
        }


def _texts(element: Element) -> Iterator[str]:
    # What somebody wrote stands as they wrote it.
    if element.get("lang") == "en" or element.get("dir") == "auto" or element.tag == "blockquote":
        return
    for name in NAMED:
        yield element.get(name)
    for child in element.children:
        if isinstance(child, str):
            yield " ".join(child.split())
        elif child.tag not in UNSEEN:
            yield from _texts(child)


def _said(page: Page) -> set[str]:
    return {text for text in _texts(page.one("body")) if text}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_no_message_stands_in_english_on_a_spanish_page(app: Flask, session: Session) -> None:
    scene = set_scene(app, session)
    clients = people(app)
    english = _english()
    found = {}
    for look in LOOKS:
        if look.press:
            continue
        page = clients[look.who].load(scene.address(look), status=look.status, headers={"Accept-Language": "es"})
        if page.one("html").get("lang") == "es":
            found[look.name] = _said(page) & english

    assert {name: left for name, left in found.items() if left} == {}
