"""How the tests read the pages to learn from: each once, in both languages, and their text without what is traced."""

from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from config import Settings
from registry.app import create_app
from registry.education.pages import PAGES
from tests.support.client import PageClient
from tests.support.elements import INLINE, UNSEEN, Element
from tests.support.pages import Page

LANGUAGES = ("en", "es")

Shelf = dict[tuple[str, str], Page]
"""The pages by name and language."""


def plain(folder: Path) -> Flask:
    """An application without database: the pages to learn from ask none."""
    app = create_app(Settings(mode="test", instance=folder, base_url="http://localhost", limits_enabled=False))
    app.test_client_class = PageClient
    return app


def whole_shelf(client: PageClient) -> Shelf:
    """Every page to learn from."""
    addresses = {page.name: page.address for page in PAGES} | {"learn": "/learn"}
    return {
        (name, language): client.load(f"{address}?lang={language}")
        for name, address in addresses.items()
        for language in LANGUAGES
    }


def citations(page: Page) -> list[int]:
    """The numbers that the text of *page* cites, in its order."""
    marks = [link for mark in page.main.all("sup", class_="cite") for link in mark.all("a")]
    return [int(link["href"].removeprefix("#reference-")) for link in marks]


def listed(page: Page) -> list[int]:
    """The numbers of the references at the end of *page*, in its order."""
    items = page.main.all("li")
    return [int(item["id"].removeprefix("reference-")) for item in items if item.get("id").startswith("reference-")]


def untraced(page: Page) -> str:
    """The text of the page without what says where it comes from.

    Left out are figures with their row, citations, references, the numbers of a chart's scale, navigation, the
    telephone numbers that links dial, and invented examples.
    """
    return " ".join("".join(_untraced(page.main)).split())


def _untraced(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif not _traced(child):
            gap = "" if child.tag in INLINE else " "
            yield from (gap, *_untraced(child), gap)
        else:
            yield " "


def _traced(element: Element) -> bool:
    if {"data-figure", "data-example"} & element.attributes.keys() or element.tag in UNSEEN | {"nav"}:
        return True
    if {"cite", "references", "reference-list", "rate-scale"} & set(element.get("class").split()):
        return True
    return element.get("href").startswith("tel:")
