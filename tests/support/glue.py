"""Finds sentences that are put together from several messages, or from a message and data beside it.

No other language puts its words into our order, so a sentence is one message with places to fill in. It is read from
pages in the language of ``pseudo``, where each message stands in marks.
"""

import re
from collections.abc import Container, Iterator

from tests.support.elements import INLINE, UNSEEN, Element
from tests.support.pseudo import OPEN, pieces
from tests.support.untranslated import is_other

_RUNNING = INLINE | {"bdi", "cite", "code", "kbd", "q", "time"}
_BREAK = "\x01"
_ENDED = re.compile(r"[.!?:…)”»]\s*\Z")
_PARTED = re.compile(r"[.!?:;,·–—→(\[“/|-]\s*\Z")
_UNFINISHED = re.compile(
    r"\b(?:a|an|and|as|at|by|for|from|in|is|are|not|of|on|or|since|than|the|to|until|with)\Z", re.IGNORECASE
)
_CONTINUING = re.compile(r"(?:and|but|or)\b")
_LETTER = 3
"""How long a letter or number is that leads a line, as in the key of a map."""


def suspicious(line: str) -> bool:
    """Whether a line of text, its messages in marks, reads as one sentence made of several parts."""
    cut = pieces(line)
    # A message may go on in the next block.
    for at in range(1, len(cut) - 1, 2):
        before, message, after = cut[at - 1].rstrip(), cut[at].strip(), cut[at + 1].strip()
        begun = bool(before) or (at > 1 and not _ENDED.search(cut[at - 2]))
        if message[:1].islower() and begun and not _PARTED.search(before):
            return True
        if before[-1:].isalnum() and not (at == 1 and len(before) <= _LETTER):
            return True
        # A number after its label is no part of a sentence.
        number = at + 3 > len(cut) and not any(letter.isalpha() for letter in after)
        if after[:1].isalnum() and not number and not _ENDED.search(message):
            return True
        if _UNFINISHED.search(message) and not after and at + 3 < len(cut):
            return True
        if _CONTINUING.match(message):
            return True
    return False


def glued(root: Element, asides: Container[str]) -> list[str]:
    """The suspicious lines below *root*, each as “tag: text”.

    What has a class of *asides*, or is in a block that has, stands on its own: it belongs to no sentence.
    """
    found = []
    for element in root.walk():
        within = (element, element.parent) if element.parent is not None else (element,)
        if element.tag in UNSEEN | _RUNNING or is_other(element) or any(_is_aside(one, asides) for one in within):
            continue
        found += [f"{element.tag}: {line}" for line in _lines(element, asides) if suspicious(line)]
    return found


def _is_aside(element: Element, asides: Container[str]) -> bool:
    return any(name in asides for name in element.get("class").split())


def _lines(element: Element, asides: Container[str]) -> Iterator[str]:
    """What runs on in *element* up to the next block, and what stands aside in it."""
    text, apart = _running(element, asides)
    for line in (text, *apart):
        yield from (" ".join(part.split()) for part in line.split(_BREAK) if OPEN in part)


def _running(element: Element, asides: Container[str]) -> tuple[str, list[str]]:
    parts: list[str] = []
    apart: list[str] = []
    after_a_link = False
    for child in element.children:
        if isinstance(child, str):
            parts.append(child)
            after_a_link = after_a_link and not child.strip()
            continue
        if child.tag in UNSEEN or is_other(child):
            parts.append("•")
        elif child.tag not in _RUNNING:
            parts.append(_BREAK)
        else:
            text, more = _running(child, asides)
            apart += more
            if _is_aside(child, asides):
                apart.append(text)
                text = _BREAK
            # One link after the other is a list of links.
            parts += [_BREAK if after_a_link and child.tag == "a" else "", text]
        after_a_link = child.tag == "a"
    return "".join(parts), apart
