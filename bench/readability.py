"""How hard the pages for patients are to read, in both languages.

    python -m bench.readability [--write]

Prints the table of docs/readability.md; ``--write`` puts it there. What is measured is what a reader sees of the page
itself: headings, list items and cells of tables end a sentence; navigation, the list of references and the
marks that lead to it do not count.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import textstat
from flask.testing import FlaskClient

from config import ROOT, Settings
from registry.app import create_app
from registry.education.pages import PAGES, PATIENTS
from tests.support.elements import INLINE, UNSEEN, Element
from tests.support.pages import Page

FILE = ROOT / "docs" / "readability.md"
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"
ADDRESSES = ("/learn", *(page.address for page in PAGES if page.audience == PATIENTS))

_NOT_READ = UNSEEN | {"nav", "svg", "button"}
_ASIDE = {"cite", "references", "eyebrow", "reviewed", "visually-hidden"}
_ENDS = (".", "!", "?")


@dataclass(frozen=True)
class Grades:
    """What the formulas say of one page. The first two are grades of American schools (low is easy), the last two
    points of a hundred (high is easy; 60 to 70 is called standard).
    """

    address: str
    flesch_kincaid: float
    smog: float
    fernandez_huerta: float
    szigriszt_pazos: float

    @property
    def row(self) -> str:
        figures = (self.flesch_kincaid, self.smog, self.fernandez_huerta, self.szigriszt_pazos)
        return f"| `{self.address}` | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |"


def measure(client: FlaskClient, address: str) -> Grades:
    """The grades of the page at *address* in English and in Spanish."""
    english, spanish = (read(client, address, language) for language in ("en", "es"))
    textstat.set_lang("en_US")
    grade, smog = textstat.flesch_kincaid_grade(english), textstat.smog_index(english)
    textstat.set_lang("es")
    return Grades(address, grade, smog, textstat.fernandez_huerta(spanish), textstat.szigriszt_pazos(spanish))


def read(client: FlaskClient, address: str, language: str) -> str:
    """The sentences of the page at *address*, one a line."""
    answer = client.get(address, query_string={"lang": language})
    assert answer.status_code == 200, f"{address} answered {answer.status}"
    return "\n".join(sentences(Page(answer.get_data(as_text=True)).main, language))


def sentences(element: Element, language: str) -> Iterator[str]:
    """The blocks of text below *element*, each closed by a stop."""
    words: list[str] = []
    for part in (*_parts(element, language), None):
        if part is not None:
            words.append(part)
        elif text := " ".join("".join(words).split()):
            words.clear()
            # A decimal point ends no sentence.
            text = re.sub(r"(?<=\d)\.(?=\d)", ",", text).rstrip(":")
            yield text if text.endswith(_ENDS) else f"{text}."


def _parts(element: Element, language: str) -> Iterator[str | None]:
    """The text below *element*; None where a block begins or ends."""
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif _is_read(child, language):
            inline = child.tag in INLINE and "small" not in child.get("class").split()
            yield from _parts(child, language) if inline else (None, *_parts(child, language), None)


def _is_read(element: Element, language: str) -> bool:
    aside = element.tag in _NOT_READ or _ASIDE & set(element.get("class").split())
    return not aside and element.get("lang", language) == language


def table(client: FlaskClient) -> str:
    """The table of all pages for patients, in Markdown."""
    head = "| page | Flesch-Kincaid | SMOG | Fernández-Huerta | Szigriszt-Pazos |\n|---|---:|---:|---:|---:|"
    return "\n".join([head, *(measure(client, address).row for address in ADDRESSES)]) + "\n"


def documented() -> str:
    """The table as docs/readability.md has it."""
    return _parts_of(FILE.read_text(encoding="utf-8"))[1]


def _parts_of(text: str) -> tuple[str, str, str]:
    before, _begin, rest = text.partition(BEGIN)
    old, _end, after = rest.partition(END)
    return before, old, after


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(mode="test", instance=Path(folder), base_url="http://localhost"))
        measured = table(app.test_client())
    print(measured, end="")
    if write:
        before, _old, after = _parts_of(FILE.read_text(encoding="utf-8"))
        FILE.write_text(f"{before}{BEGIN}{measured}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
