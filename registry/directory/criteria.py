"""What a search asks for, and the addresses that stand for it."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self
from urllib.parse import urlencode

from registry.directory.facets import any_of, methods_of
from registry.directory.index import Filter
from registry.domain.geometry import metres
from registry.domain.vocabulary import ACCEPTS_OUTSIDE, TEST_METHOD

RADII = (10, 25, 50, 100, 250, 500)
"""Miles."""

ANY_DISTANCE = "any"
DEFAULT_RADIUS = 50
PAGE_SIZE = 20
BEYOND = 10
"""How many of the nearest are shown when none is within the radius."""

DEEPEST = 10_000
"""No page shows laboratories beyond this rank: nobody reads there, and it costs."""


@dataclass(frozen=True)
class Criteria:
    """One search. ``within`` is in miles, None for any distance; ``methods`` are methods or groups of them."""

    near: str | None = None
    within: int | None = DEFAULT_RADIUS
    methods: tuple[str, ...] = ()
    outside: bool = False
    page: int = 1

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE_SIZE

    @property
    def within_m(self) -> float | None:
        """The radius in metres."""
        return None if self.within is None else metres(self.within)

    @cached_property
    def filter(self) -> Filter:
        """The same wish as the index reads it: every mask must hold on one and the same test."""
        masks = []
        if self.methods:
            masks.append(any_of(TEST_METHOD.name, [slug for choice in self.methods for slug in methods_of(choice)]))
        if self.outside:
            masks.append(any_of(ACCEPTS_OUTSIDE.name, ["yes"]))
        return Filter(any_of=tuple(masks))

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query string's pairs, without what is the default."""
        pairs: list[tuple[str, str]] = []
        if self.near is not None:
            pairs.append(("near", self.near))
        if self.within != DEFAULT_RADIUS:
            pairs.append(("within", ANY_DISTANCE if self.within is None else str(self.within)))
        pairs += [("method", method) for method in self.methods]
        if self.outside:
            pairs.append(("outside", "1"))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    @property
    def query_string(self) -> str:
        return urlencode(self.parameters)

    def on_page(self, page: int) -> Self:
        """The same search, another page of it."""
        return replace(self, page=page)
