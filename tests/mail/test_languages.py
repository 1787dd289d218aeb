"""Each mail is in the language of its reader, whole, and leads to pages in that language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from jinja2 import meta
from sqlalchemy.orm import Session

from config import ROOT
from registry.models import LabContact, Submission
from tests.conftest import Outbox
from tests.support.client import PageClient
from tests.support.databases import Databases
from tests.support.factories import a_contact, publish
from tests.support.glue import glued, suspicious
from tests.support.mails import FACTS, GIVEN, KINDS, contexts, rendered
from tests.support.pages import Page
from tests.support.pseudo import CODE
from tests.support.speaking import speaking
from tests.support.untranslated import data, left_outside, untranslated

TYPED = data(*map(re.escape, ("Invented words.", "Atlanta", "Macon", FACTS["laboratory"], FACTS["gone"])), "HER2 FISH")
IN_ENGLISH = {
    "problem_reported": "to the address of whoever runs the site",
    "staff_invited": "to staff, of whom no language is known yet",
    "staff_reset": "to staff",
    "asked_to_confirm": "to the laboratory's public mailbox, when nobody speaks for the entry",
}
"""Kinds of mails that are sent without a language, and to whom."""

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def speaker(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with databases.fresh("sqlite") as url, speaking(url, tmp_path_factory.mktemp("speaking")) as app:
        yield app


def test_the_examples_have_all_that_the_mails_tell(speaker: Flask) -> None:
    environment = speaker.jinja_env
    for kind in KINDS:
        for template in (ROOT / "templates" / "email" / kind).iterdir():
            source = environment.parse(template.read_text("utf-8"))
            assert meta.find_undeclared_variables(source) <= GIVEN, template


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_a_mail_says_is_translated(speaker: Flask, kind: str) -> None:
    left, lines = set(), set()
    with speaker.app_context():
        for context in contexts(kind):
            mail = rendered(kind, CODE, context)
            page, plain = Page(mail.html), [mail.subject, *mail.text.splitlines()]
            left |= {*untranslated(page, TYPED), *(text for line in plain for text in left_outside(line, TYPED))}
            lines |= {*glued(page.one("body"), ()), *filter(suspicious, plain)}

    assert left == set()
    assert lines == set()


@pytest.mark.parametrize("kind", KINDS)
def test_the_links_of_a_mail_lead_to_its_language(speaker: Flask, kind: str) -> None:
    with speaker.app_context():
        context = next(contexts(kind))
        english, spanish = rendered(kind, "en", context), rendered(kind, "es", context)

    found = [*re.findall(r"http://localhost/[^\s<>\",]+", spanish.text + spanish.html), spanish.stop]
    assert {tuple(parse_qs(urlsplit(address).query)["lang"]) for address in filter(None, found)} == {("es",)}
    # English may only mean that nobody asked for another language: there the browser decides.
    assert "lang=" not in english.text + english.html.replace('lang="en"', "") + english.stop
    assert Page(spanish.html).one("html")["lang"] == "es"
    assert spanish.subject != english.subject
    assert spanish.text != english.text


def test_every_mail_is_sent_in_a_language_that_is_known() -> None:
    """Who writes a mail says in which language, that of its reader; what is not said is English."""
    unsaid = []
    for path in (ROOT / "registry").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("mail.enqueue", "enqueue"):
                told = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                if "language" not in told:
                    unsaid.append((path.relative_to(ROOT), told["kind"]))
                else:
                    assert told["language"].endswith("language") or told["language"] == "spoken", (path, told)

    assert _modules(unsaid) == {"accounts/people.py", "moderation/reports.py", "moderation/reports_handling.py"}
    assert len(unsaid) == 3, f"say the language of these, or why not: {unsaid}; known: {IN_ENGLISH}"


def _modules(calls: list[tuple[Path, str]]) -> set[str]:
    return {path.relative_to("registry").as_posix() for path, _ in calls}


@SQLITE
def test_whoever_writes_on_decides_the_language_of_the_mails(
    client: PageClient, outbox: Outbox, session: Session
) -> None:
    client.submit(client.load("/join/you"), contact_name="Ada", contact_role="Head", contact_email="ada@lab.example")
    assert session.query(Submission.language).all() == [("en",)]
    session.rollback()

    spanish = client.load("/join/you?lang=es")
    client.submit(spanish, button="Guardar y terminar más tarde")

    letter = outbox.one("ada@lab.example")
    assert "Continúe" in letter.subject
    opened = client.load(letter.addresses[0])
    assert opened.one("html")["lang"] == "es"
    assert session.query(Submission.language).all() == [("es",)]


@SQLITE
def test_a_contact_changes_the_language_of_the_mails_by_signing_in(
    client: PageClient, outbox: Outbox, session: Session
) -> None:
    a_contact(session, publish(session), email="kim@lab.example")
    session.commit()
    client.submit(client.load("/manage"), email="kim@lab.example")
    english = outbox.one("kim@lab.example")
    assert english.message["Subject"].startswith("Your link")

    # The page has a link to itself in Spanish.
    page = client.load(english.link)
    client.submit(client.load(next(link["href"] for link in page.all("a", hreflang="es"))))
    assert session.query(LabContact.language).all() == [("es",)]

    other = client.application.test_client()
    assert isinstance(other, PageClient)
    other.submit(other.load("/manage"), email="kim@lab.example")
    assert "Su enlace" in outbox.one("kim@lab.example").subject


def test_every_subject_has_its_spanish() -> None:
    with (ROOT / "registry/translations/es/LC_MESSAGES/messages.po").open("rb") as file:
        spanish = {message.id: message.string for message in read_po(file)}
    for kind in KINDS:
        source = (ROOT / "templates" / "email" / kind / "subject.txt").read_text("utf-8")
        for message in re.findall(r"_\('([^']+)'", source):
            assert spanish.get(message), message
