"""What changed inside a value: words of a text, items of a list. Pure functions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"https?://[^/\s]+|\w+\s*|[^\w\s]\s*|\s+")

MOST = 250_000
"""Pairs of words that are compared at most; between the common beginning and end of longer texts, all has changed."""

SAME_TEXT = 0.35
"""How much of two texts must agree for their words to be compared; below, one stands in place of the other."""


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is in both texts, or in one of them."""

    kind: Kind
    text: str


Pieces = tuple[Piece, ...]


def words(before: str, after: str) -> tuple[Pieces, Pieces]:
    """*before* with what went marked, and *after* with what came: joined, the pieces are the texts, letter by letter.

    A run of letters or digits is one word, so that the digits of a telephone number change in their groups, and so is
    the host of a web address. White space alone is no difference.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    keys = [word.strip() for word in old], [word.strip() for word in new]
    start = _common(*keys)
    end = _common(keys[0][start:][::-1], keys[1][start:][::-1])
    middle = keys[0][start : len(old) - end], keys[1][start : len(new) - end]
    steps: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(middle[0]), 0, len(middle[1]))]
    if len(middle[0]) * len(middle[1]) <= MOST:
        steps = SequenceMatcher(None, *middle, autojunk=False).get_opcodes()
    agreeing = start + end + sum(step[2] - step[1] for step in steps if step[0] == "equal")
    if 2 * agreeing < SAME_TEXT * (len(old) + len(new)):
        return _whole(before, Kind.REMOVED), _whole(after, Kind.ADDED)
    removed, added = _whole("".join(old[:start])), _whole("".join(new[:start]))
    for how, left, right, other_left, other_right in steps:
        same = how == "equal"
        removed += _whole("".join(old[start + left : start + right]), Kind.SAME if same else Kind.REMOVED)
        added += _whole("".join(new[start + other_left : start + other_right]), Kind.SAME if same else Kind.ADDED)
    return (
        _tidied(removed + _whole("".join(old[len(old) - end :]))),
        _tidied(added + _whole("".join(new[len(new) - end :]))),
    )


def items(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Pieces, Pieces]:
    """The items of two lists: those of *before*, marked where they went, and those of *after*, where they came.

    The order of items says nothing.
    """
    return (
        tuple(Piece(Kind.SAME if item in after else Kind.REMOVED, item) for item in before),
        tuple(Piece(Kind.SAME if item in before else Kind.ADDED, item) for item in after),
    )


def _common(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    return next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def _whole(text: str, kind: Kind = Kind.SAME) -> Pieces:
    return (Piece(kind, text),) if text else ()


def _tidied(pieces: Pieces) -> Pieces:
    """*pieces* with neighbors of one kind as one, and the white space behind a marked word left unmarked."""
    parts: list[Piece] = []
    for piece in pieces:
        text = piece.text.rstrip() if piece.kind is not Kind.SAME else piece.text
        parts += (*_whole(text, piece.kind), *_whole(piece.text[len(text) :]))
    joined: list[Piece] = []
    for part in parts:
        if joined and joined[-1].kind is part.kind:
            joined[-1] = Piece(part.kind, joined[-1].text + part.text)
        else:
            joined.append(part)
    return tuple(joined)
