"""The Spanish catalogue says everything that the program says, and people get to see it."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS
from babel.messages.pofile import read_po
from sqlalchemy.orm import Session

import registry
from registry.domain.states import US_STATES
from registry.domain.vocabulary import ACCREDITATION, ASSAY, Vocabulary
from registry.moderation.representations import labels_of_acts
from tests.support.client import PageClient
from tests.support.factories import publish
from tests.support.messages import KEYWORDS, messages
from tests.support.pages import Element, Page

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "registry" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?.")

PAGES = {
    "/": "¿Qué laboratorio cerca de usted analiza HER2 en el cáncer colorrectal?",
    "/labs": "Todos los laboratorios de HER2",
    "/labs?near=30303": "Laboratorios de HER2 cerca de",
    "/labs?near=90210&within=10": "Laboratorios de HER2 cerca de",
    "/labs?within=7": "Revise su búsqueda",
    "/labs?near=nowhere+at+all": "No conocemos este lugar",
    "/labs?near=Springfield": "¿A qué lugar se refiere?",
    "/labs/no-such-laboratory": "Esa página no existe",
    "/join": "Únase a nuestra lista de laboratorios",
    "/join/you": "Quién es usted",
    "/links/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": "No conocemos este enlace",
    "/staff/login": "Inicio de sesión del personal",
}
ENGLISH = (
    "Find laboratories",
    "Find a laboratory",
    "Join the list",
    "Join our list of labs",
    "Test method",
    "Ask your care team",
    "Accepts outside specimens",
)
ENGLISH_WORDS = re.compile(r"\b(?:the|of|and|with|your|you|this|is|are|for|from|please)\b", re.IGNORECASE)

SAME = frozenset(
    {
        *US_STATES.values(),
        *(term.label for vocabulary in (ACCREDITATION, ASSAY) for term in vocabulary),
        *("CAP (College of American Pathologists)", "MyPathway", "Trastuzumab deruxtecan"),
        *("Error:", "No", "no", "Plasma"),
    }
)
"""What may read the same in both languages: names of bodies, products, trials and states, and a few words."""

NAMES = (*US_STATES.values(), *(term.label for term in ACCREDITATION))
"""What is called the same in both languages."""


@pytest.fixture(scope="module")
def spanish() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file)


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each English form of *message* with its Spanish."""
    english = (message.id,) if isinstance(message.id, str) else message.id
    spanish = (message.string,) if isinstance(message.string, str) else message.string or ()
    assert len(spanish) == len(english), f"not every form: {message.id}"
    yield from zip(english, spanish, strict=True)


def test_the_catalogue_holds_the_text_of_the_program_and_nothing_else(spanish: Catalog) -> None:
    source, kept = messages(), {message.id for message in _messages(spanish)}

    assert len(source) > 500
    assert not source - kept, "not in the catalogue; see “Translations” in CONTRIBUTING.md"
    assert not kept - source, "no longer in the program"
    assert not spanish.obsolete


def test_all_is_translated(spanish: Catalog) -> None:
    assert spanish.num_plurals == 2
    assert not [message.id for message in _messages(spanish) if message.fuzzy]
    assert not [english for message in _messages(spanish) for english, text in _pairs(message) if not text.strip()]


def test_what_is_filled_in_agrees(spanish: Catalog) -> None:
    for message in _messages(spanish):
        for english, text in _pairs(message):
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(english)), english


def test_percent_signs_agree(spanish: Catalog) -> None:
    """A template fills every message in, so a percent sign in it is written twice."""
    for message in _messages(spanish):
        for english, text in _pairs(message):
            assert text.count("%%") == english.count("%%"), english


def test_nothing_is_left_in_english(spanish: Catalog) -> None:
    same = {english for message in _messages(spanish) for english, text in _pairs(message) if text == english}
    # What has no small letter is a code or an abbreviation.
    words = {english for english in same if re.search("[a-z]", PLACEHOLDER.sub("", english))}

    assert words - SAME == set()


def test_a_translation_ends_as_its_message_does(spanish: Catalog) -> None:
    """What ends a sentence in one language ends it in the other; a greeting is followed by a colon in Spanish."""
    unlike = [
        (english, text)
        for message in _messages(spanish)
        for english, text in _pairs(message)
        if _end(english) != _end(text) and not english.startswith("Hello")
    ]

    assert unlike == []


def _end(text: str) -> str:
    return text[-1] if text[-1] in ".:;?!…," else ""


def test_questions_and_quotes_open_and_close(spanish: Catalog) -> None:
    for message in _messages(spanish):
        for english, text in _pairs(message):
            # The key that shows the help is a question mark.
            asked = text.replace("presione ? ", "").replace("pulse ? ", "")
            assert asked.count("¿") == asked.count("?"), english
            assert asked.count("¡") == asked.count("!"), english
            assert text.count("“") == text.count("”"), english
            assert "«" not in text, f"quotes are “ ”: {english}"


def test_all_words_of_the_vocabulary_are_messages() -> None:
    texts = {text for labels in labels_of_acts().values() for text in labels.values()} | {*US_STATES.values()}
    vocabularies = 0
    for module in pkgutil.walk_packages(registry.__path__, "registry."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Vocabulary):
                vocabularies += 1
                texts |= {text for term in value for text in (term.label, term.explanation) if text}

    assert vocabularies > 15
    assert texts - messages() == set()


def test_a_translation_brings_no_markup(spanish: Catalog) -> None:
    """Templates take a translation as markup, as they take the English text."""
    for message in _messages(spanish):
        for english, text in _pairs(message):
            assert {*text} & {*"<>&"} <= {*english} & {*"<>&"}, english
            assert text == text.strip(), english


def test_every_mark_in_the_code_is_one_that_the_catalogue_reads() -> None:
    known = {*DEFAULT_KEYWORDS, *KEYWORDS}
    command = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(f"-k {mark}" in command for mark in KEYWORDS)
    for path in (ROOT / "registry").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "flask_babel":
                marks = {name.asname or name.name for name in node.names if name.name.endswith("gettext")}
                assert marks <= known, path


# The words do not depend on the database.
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_public_pages_speak_spanish(client: PageClient, session: Session, spanish: Catalog) -> None:
    slug = publish(session).slug
    sentences = [
        english
        for message in _messages(spanish)
        for english, text in _pairs(message)
        if english.count(" ") >= 2 and english not in text and "%" not in english
    ]
    faults = []
    for address, heading in {**PAGES, f"/labs/{slug}": ""}.items():
        page = client.get(f"{address}{'&' if '?' in address else '?'}lang=es").page  # type: ignore[attr-defined]
        shown = _ours(page)
        if page.one("html")["lang"] != "es":
            faults.append(f"{address}: not marked as Spanish")
        if not page.h1.startswith(heading):
            faults.append(f"{address}: headed “{page.h1}”")
        faults += [f"{address}: “{english}”" for english in (*ENGLISH, *sentences) if english in shown]
        faults += [f"{address}: “{word}” in “{shown}”" for word in ENGLISH_WORDS.findall(shown)]
    assert not faults, "\n".join(faults)


def _ours(page: Page) -> str:
    """What the page says in its own words: nothing that a laboratory typed or that is in another language."""
    words = " ".join(_words(page.one("body")))
    for name in NAMES:
        words = words.replace(name, "")
    return words


def _words(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield from child.split()
        elif child.tag not in {"script", "style"} and child.get("dir") != "auto" and not child.get("lang"):
            yield from _words(child)
            yield from (child.get(name) for name in ("aria-label", "alt", "placeholder", "title"))
