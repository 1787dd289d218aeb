"""A language of the tests in which every translated message stands in marks: what stands outside was not translated."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import flask_wtf.i18n
from babel.support import NullTranslations, Translations
from flask_babel import Domain
from wtforms.i18n import messages_path

from registry import language
from tests.support.messages import messages

CODE = "eo"
"""A language that the site does not speak. Being one of its own, it cannot be mixed up with what is remembered by
language.
"""
OPEN, CLOSE = "⟦", "⟧"


def _mark(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}"


class _Ours(NullTranslations):
    """Marks what the catalogue can hold: a text that no command finds in the source would stay English."""

    def ugettext(self, message: str) -> str:
        return _mark(message) if message in messages() else message

    def ungettext(self, singular: str, plural: str, number: int) -> str:
        told = singular if number == 1 else plural
        return _mark(told) if (singular, plural) in messages() else told


class _OfWTForms(NullTranslations):
    """Marks what the library itself says in Spanish."""

    _spanish = Translations.load(messages_path(), ["es_US"], domain="wtforms")

    def ugettext(self, message: str) -> str:
        return message if self._spanish.ugettext(message) == message else _mark(message)

    def ungettext(self, singular: str, plural: str, number: int) -> str:
        return self.ugettext(singular if number == 1 else plural)


@contextmanager
def spoken() -> Iterator[None]:
    """Make the site speak it under ``?lang=eo``. Applications must be made within, and keep no compiled templates."""
    ours, of_wtforms = _Ours(), _OfWTForms()
    get_translations, of_forms = Domain.get_translations, flask_wtf.i18n._get_translations

    def chosen(domain: Domain) -> Any:
        if language.current_language() != CODE:
            return get_translations(domain)
        # flask-security has a domain of its own, in no Spanish that es_US finds.
        return ours if type(domain) is Domain else NullTranslations()

    def for_forms() -> Any:
        return of_wtforms if language.current_language() == CODE else of_forms()

    with (
        patch.dict(language.LANGUAGES, {CODE: "Esperanto"}),
        patch.dict(language._LOCALES, {CODE: CODE}),
        patch.object(Domain, "get_translations", chosen),
        patch.object(flask_wtf.i18n, "_get_translations", for_forms),
    ):
        yield
    language.language_of.cache_clear()


def in_it(address: str) -> str:
    """*address* with this language in place of any other."""
    address = re.sub(r"lang=[a-z]+&|[?&]lang=[a-z]+", "", address)
    return f"{address}{'&' if '?' in address else '?'}lang={CODE}"


class Marks:
    """Reads texts in their order and knows what of them stands outside of any message, which may go on from one text
    to the next.
    """

    def __init__(self) -> None:
        self.depth = 0

    def outside(self, text: str) -> str:
        """What of *text* no message holds, a blank in place of each message."""
        kept = []
        for letter in text:
            if letter == OPEN:
                self.depth += 1
                kept.append(" ")
            elif letter == CLOSE:
                self.depth -= 1
            elif not self.depth:
                kept.append(letter)
        return "".join(kept)


def pieces(text: str) -> list[str]:
    """*text* cut at the edges of its outermost messages: what stands before, a message, what stands between …"""
    found, depth = [""], 0
    for letter in text:
        if (letter == OPEN and not depth) or (letter == CLOSE and depth == 1):
            found.append("")
        elif letter not in (OPEN, CLOSE):
            found[-1] += letter
        depth += {OPEN: 1, CLOSE: -1}.get(letter, 0)
    return found
