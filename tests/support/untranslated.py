"""Finds what stands on a page or in a text outside of every message and is no data either.

Pages and texts are read in the language of ``pseudo``, where each message stands in marks.
"""

import json
import re
from collections.abc import Iterator

from registry.domain.states import US_STATES
from tests.support.elements import UNSEEN, Element
from tests.support.pages import Page
from tests.support.pseudo import CODE, Marks

_NAMED = ("aria-label", "placeholder", "title", "alt", "label")
_BUTTONS = frozenset({"submit", "button", "reset"})
_TOLD_TO_OTHERS = ("description", "og:title", "og:description", "og:image:alt", "twitter:title")
_DATA_BY_NATURE = frozenset({"blockquote", "bdi", "code", "kbd", "q", "textarea", "time"})
"""Elements of somebody's own words, of codes, of moments."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_DATA = (
    r"\S+@[\w.-]+",
    r"\b[\w-]+\.(?:org|gov|com)\b",
    r"doi:\S+",
    r"https?://\S+",
    r"(?<!\w)/[\w/.-]+",
    # Days and moments as Babel writes them in the language of the tests.
    r"\d{4}-\w+-\d{1,2}(?: [\d:]+ UTC)?",
    # Hashes and handles; codes, such as of states, formats and bodies.
    r"\b(?=\w*\d)[0-9a-f]{12,64}\b",
    r"\b[A-Z][A-Z0-9]{1,6}\b",
    *sorted(map(re.escape, US_STATES.values()), key=len, reverse=True),
)


def data(*typed: str) -> re.Pattern[str]:
    """What is no text of ours: addresses, days, codes, and *typed*, what people of the test wrote (as patterns)."""
    return re.compile("|".join((*typed, *_DATA)))


def untranslated(page: Page, known: re.Pattern[str]) -> Iterator[str]:
    """Each text of *page* that is neither a message nor *known* data."""
    marks = Marks()
    for text in (*_of_head(page), *_within(page.one("body"), marks)):
        yield from left_outside(text, known)
    assert not marks.depth, "a message without an end"


def left_outside(text: str, known: re.Pattern[str]) -> Iterator[str]:
    """What of *text* is neither a message nor *known* data, if there is a word in it."""
    left = " ".join(known.sub(" ", Marks().outside(text)).split())
    if _WORD.search(left):
        yield left


def _of_head(page: Page) -> Iterator[str]:
    yield page.title
    for meta in page.all("meta"):
        if meta.get("name") in _TOLD_TO_OTHERS or meta.get("property") in _TOLD_TO_OTHERS:
            yield meta["content"]


def _within(element: Element, marks: Marks) -> Iterator[str]:
    """What *element* says outside of messages, and its attributes that people hear or see, whole."""
    if element.tag in UNSEEN or element.tag in _DATA_BY_NATURE or element.get("dir") == "auto" or is_other(element):
        return
    for name, value in element.attributes.items():
        if name in _NAMED or (name == "value" and element.tag == "input" and element.get("type") in _BUTTONS):
            yield value
        elif name.startswith("data-"):
            # A script's own words have no blanks.
            yield from (text for text in _leaves(value) if " " in text)
    for child in element.children:
        if isinstance(child, str):
            yield marks.outside(child)
        else:
            yield from _within(child, marks)


def is_other(element: Element) -> bool:
    """Whether *element* is in a language of its own, such as the name of the other language."""
    return element.get("lang") not in ("", CODE) or element.get("translate") == "no"


def _leaves(value: str) -> Iterator[str]:
    """The texts in a value for a script: the value itself, or the leaves of what it holds as JSON."""
    if not value.startswith(("{", "[")):
        yield value
        return
    waiting = [json.loads(value)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            waiting += one.values() if isinstance(one, dict) else one
