"""What must be true of every page, whatever it shows. The client asks this of each answer in HTML."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from werkzeug.datastructures import Headers

from tests.support.pages import Element, Page, is_local

_NONCE = re.compile(r"'nonce-([^']+)'")
_ON_HANDLER = re.compile(r"on[a-z]+\Z")
_REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage", "for", "list")
# Nothing runs in these: they are data that other machines read.
_DATA_BLOCKS = {"application/ld+json", "application/json"}
# Bound to the page by the browser itself, so they must come from us. A link that a person follows may lead
# away.
_FETCHED = {
    "img": ("src", "srcset"),
    "script": ("src",),
    "link": ("href",),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "form": ("action",),
    "input": ("src", "formaction"),
    "button": ("formaction",),
    "use": ("href", "xlink:href"),
}


def faults(page: Page, headers: Headers) -> list[str]:
    """Everything that is wrong with *page* as a page; empty when it is sound."""
    if "sandbox" in headers.get("Content-Security-Policy", ""):
        # A document of its own kind, shown without any right: a mail as the mail program gets it.
        return []
    return [
        *_document(page),
        *_policy(page, headers),
        *_references(page),
        *_controls(page),
        *_addresses(page),
    ]


def _document(page: Page) -> Iterator[str]:
    if not page.html.lstrip().lower().startswith("<!doctype html>"):
        yield "no <!doctype html>"
    if len(headings := page.all("h1")) != 1:
        yield f"{len(headings)} <h1> instead of one: {[heading.text for heading in headings]}"
    elif not headings[0].text:
        yield "an empty <h1>"
    if len(page.all("main")) != 1:
        yield "not exactly one <main>"
    if not page.title:
        yield "no <title>"
    elif re.search(r"\s{2,}", page.title) or page.title.count(" · ") > 2:
        yield f"a ragged <title>: {page.title!r}"
    languages = [element.get("lang") for element in page.all("html")]
    if languages not in (["en"], ["es"]):
        yield f"<html lang> is {languages}"
    if not any("width=device-width" in meta.get("content") for meta in page.all("meta", name="viewport")):
        yield "no <meta name=viewport> with width=device-width"
    levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield f"a heading level is left out: {levels}"


def _policy(page: Page, headers: Headers) -> Iterator[str]:
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy or "*" in policy:
        yield f"a weak Content-Security-Policy: {policy!r}"
    nonces = _NONCE.findall(policy)
    for element in page.root.walk():
        if element.tag == "script" and element.get("type") not in _DATA_BLOCKS:
            if element.get("nonce") not in nonces:
                yield f"{element} does not carry the nonce of the policy"
            if not element.get("src"):
                yield f"an inline script: {element}"
        if element.tag == "style":
            yield "an inline <style>"
        for name, value in element.attributes.items():
            if name == "style" or _ON_HANDLER.match(name):
                yield f"inline {name}= on {element}"
            # What was typed into a field stands there as text.
            if name != "value" and value.strip().lower().startswith(("javascript:", "vbscript:", "data:text/html")):
                yield f"a scripted address on {element}"


def _references(page: Page) -> Iterator[str]:
    ids = Counter(element["id"] for element in page.root.walk() if "id" in element.attributes)
    yield from (f"the id {one!r} stands {count} times" for one, count in ids.items() if count > 1)
    for element in page.root.walk():
        for name in _REFERENCES:
            for one in element.get(name).split():
                if one not in ids:
                    yield f"{name}={one!r} on {element} leads nowhere"
        target = element.get("href")
        if element.tag == "a" and target.startswith("#") and len(target) > 1 and target[1:] not in ids:
            yield f"the link {target} leads nowhere"


def _controls(page: Page) -> Iterator[str]:
    labelled = {label["for"] for label in page.all("label") if label.text and "for" in label.attributes}
    for control in page.all("input", "select", "textarea"):
        if control.get("type") in {"hidden", "submit", "button", "image", "reset"}:
            continue
        wrapped = any(node.tag == "label" for node in control.ancestors)
        named = control.get("aria-label") or control.get("aria-labelledby")
        if not (wrapped or named or control.get("id") in labelled):
            yield f"no label for {control}"
    for button in page.all("button"):
        if not (button.text or button.get("aria-label")):
            yield f"a button without words: {button}"
    for image in page.all("img"):
        if "alt" not in image.attributes:
            yield f"no alt text: {image}"
    for link in page.all("a"):
        if "href" in link.attributes and not (link.text or link.get("aria-label") or link.all("img")):
            yield f"a link without words: {link}"
    for form in page.all("form"):
        if form.get("method").lower() == "post" and not form.all("input", name="csrf_token"):
            yield f"a form without csrf_token: {form}"


def _addresses(page: Page) -> Iterator[str]:
    for element in page.root.walk():
        for name in _FETCHED.get(element.tag, ()):
            value = element.get(name)
            if value and not _canonical(element) and not _own_image(element, value) and not is_local(value):
                yield f"{name} on {element} leads to another machine"
        if element.tag == "a" and not is_local(element.get("href")):
            if not element["href"].startswith(("https://", "http://")):
                yield f"a strange address: {element}"
            missing = {"noopener", "noreferrer"} - set(element.get("rel").split())
            if missing:
                yield f"rel lacks {sorted(missing)} on {element}"


def _canonical(element: Element) -> bool:
    """Links that browsers do not fetch: they tell others the address of this page, which is whole."""
    return element.tag == "link" and element.get("rel") in {"canonical", "alternate"}


def _own_image(element: Element, value: str) -> bool:
    return element.tag == "img" and value.startswith("data:image/")
