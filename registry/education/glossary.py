"""The words of a report, and where they stand on the pages: the first time a page uses one, it leads to its meaning."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from itertools import groupby

from flask import Flask, url_for
from flask_babel import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from registry.education.pages import CLINICIANS, LABORATORIES, LearnPage
from registry.education.terms import WORDS
from registry.language import current_language

_PLAIN = frozenset({"glossary", "references"})
"""Pages whose words stay as they are: the first would lead to itself, the second is titles that others gave."""

_TEXTS = frozenset({"p", "li", "dd", "td"})
_LEFT_ALONE = frozenset(
    {"a", "h1", "h2", "h3", "h4", "h5", "h6", "button", "label", "svg", "code", "cite", "script", "style"}
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


def init_glossary(app: Flask) -> None:
    """Give the templates of *app* the filter ``glossed``."""
    app.jinja_env.filters["glossed"] = glossed


@pass_context
def glossed(context: Context, page: str) -> Markup:
    """*page*, HTML of ours, with the first use of each word of the glossary made a link to it.

    Pages for clinicians and laboratories are left as they are: their readers know the words, and a table full of links
    is hard to read.
    """
    shown: LearnPage | None = context.get("page")
    if shown is not None and (shown.name in _PLAIN or shown.audience in {CLINICIANS, LABORATORIES}):
        return Markup(page)
    return Markup(linked(str(page), current_language(), url_for("education.glossary")))


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of the glossary as its page shows it, in the language of the request."""

    slug: str
    name: str
    meaning: str


def entries() -> list[tuple[str, list[Entry]]]:
    """The glossary under its first letters, in the alphabetical order of the request's language."""
    shown = [Entry(word.slug, _(word.name), _(word.meaning)) for word in WORDS]
    shown.sort(key=lambda entry: order(entry.name))
    return [(letter, list(group)) for letter, group in groupby(shown, key=lambda entry: _initial(entry.name))]


def order(name: str) -> str:
    """What *name* is sorted by: accents and capitals do not count, and ñ follows n as in Spanish."""
    letters = unicodedata.normalize("NFC", name).casefold().replace("ñ", "n~")
    bare = (letter for letter in unicodedata.normalize("NFD", letters) if not unicodedata.combining(letter))
    return "".join(letter for letter in bare if letter.isalnum() or letter in " ~")


def _initial(name: str) -> str:
    ordered = order(name)
    return "Ñ" if ordered.startswith("n~") else ordered[0].upper()


@lru_cache(maxsize=128)
def linked(page: str, language: str, address: str) -> str:
    """*page* with the first use of each word in *language* linked to ``address#slug``; all else stays as it is.

    Words count in the text of paragraphs, list items, definitions and table cells of that language, where no link,
    heading, button, label, drawing or figure stands around them.
    """
    reader = _Reader(page, language)
    reader.feed(page)
    reader.close()
    parts, done = [], 0
    for start, end, slug in reader.uses:
        link = Markup('<a class="term" href="{}#{}">{}</a>').format(address, slug, Markup(page[start:end]))
        parts += [page[done:start], link]
        done = end
    return "".join([*parts, page[done:]])


@lru_cache(maxsize=4)
def _pattern(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds every form of every word, the longest first, and the slug of each form by how it is written."""
    slugs = {_key(form): word.slug for word in WORDS for form in word.forms(language)}
    longest = sorted({form for word in WORDS for form in word.forms(language)}, key=len, reverse=True)
    either = "|".join(_written(form) for form in longest)
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])"), slugs


def _written(form: str) -> str:
    """A pattern of *form*: names keep their capitals, other words may begin a sentence."""
    first, rest = form[0], r"\s+".join(re.escape(part) for part in form[1:].split(" "))
    return f"[{first}{first.upper()}]{rest}" if first.islower() else f"{re.escape(first)}{rest}"


def _key(form: str) -> str:
    return " ".join(form.split()).casefold()


class _Reader(HTMLParser):
    """Reads a page and notes in ``uses`` where each word is first used: from, to, slug."""

    def __init__(self, page: str, language: str) -> None:
        # Character references are left as they are, so that what is read is as long as what is written.
        super().__init__(convert_charrefs=False)
        self.uses: list[tuple[int, int, str]] = []
        self._language = language
        self._find, self._slugs = _pattern(language)
        self._seen: set[str] = set()
        self._open: list[tuple[str, bool]] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", page))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self._open.append((tag, self._closes_out(tag, dict(attrs))))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing is inside of it."""

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _out in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if any(out for _name, out in self._open) or not any(name in _TEXTS for name, _out in self._open):
            return
        line, column = self.getpos()
        begins = self._lines[line - 1] + column
        for match in self._find.finditer(data):
            slug = self._slugs[_key(match[0])]
            if slug not in self._seen:
                self._seen.add(slug)
                self.uses.append((begins + match.start(), begins + match.end(), slug))

    def _closes_out(self, tag: str, attributes: dict[str, str | None]) -> bool:
        figure = "figure" in (attributes.get("class") or "").split()
        foreign = attributes.get("lang") not in (None, self._language)
        return tag in _LEFT_ALONE or figure or foreign
