"""Pieces of pages that are rendered once by their template, and filled with new values each time."""

import re
from collections.abc import Iterable

from markupsafe import Markup

# Neither a template nor a stored text holds it.
_EDGE = "\x00"
_SLOT = re.compile(f"{_EDGE}([^{_EDGE}]*){_EDGE}")


class Slots:
    """What a template gets in place of values: ``{{ at.name }}`` or ``{{ at('left', 'method', 'ihc') }}``."""

    def __call__(self, *words: str) -> Markup:
        return Markup(f"{_EDGE}{' '.join(words)}{_EDGE}")

    def __getattr__(self, name: str) -> Markup:
        return self(name)


class Skeleton:
    """A rendered text with slots; ``names`` are those of the slots in their order, in which one may repeat."""

    def __init__(self, rendered: str) -> None:
        self._pieces = _SLOT.split(rendered)
        self.names = tuple(self._pieces[1::2])

    def fill(self, **values: str) -> str:
        """The text with a value for each slot: HTML as it stands, so what is not ours must be escaped."""
        pieces = self._pieces.copy()
        pieces[1::2] = [values[name] for name in self.names]
        return "".join(pieces)

    def fill_in_order(self, values: Iterable[str]) -> str:
        """As :meth:`fill`, with the values in the order of ``names``."""
        pieces = self._pieces.copy()
        pieces[1::2] = values
        return "".join(pieces)
