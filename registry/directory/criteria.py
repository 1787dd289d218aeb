"""What a search asks for, and the addresses that stand for it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self
from urllib.parse import urlencode

from registry.directory.entries import Sort
from registry.directory.facets import DIMENSIONS
from registry.directory.index import Filter
from registry.domain.geometry import metres

RADII = (10, 25, 50, 100, 250, 500)
"""Miles."""

ANY_DISTANCE = "any"
DEFAULT_RADIUS = 50
PAGE_SIZE = 20
BEYOND = 10
"""How many of the nearest are shown when none is within the radius."""

TRAVELLING = 3
"""How many of the nearest that accept outside specimens stand beside the nearest of all."""

DEEPEST = 10_000
"""No page shows laboratories beyond this rank: nobody reads there, and it costs."""

SEVERAL = ("method", "specimen", "criterion", "reflex", "accreditation", "service")
"""Parameters that may be given more than once: one of the values must hold."""


@dataclass(frozen=True)
class Criteria:
    """One search. ``within`` is in miles, None for any distance; the tuples hold slugs, of which one must hold.

    All that is asked of a test must hold on one and the same test. ``from_state`` is the USPS code of the state that
    the specimen comes from. ``after`` names the last laboratories of the page before.
    """

    near: str | None = None
    within: int | None = DEFAULT_RADIUS
    method: tuple[str, ...] = ()
    specimen: tuple[str, ...] = ()
    outside: bool = False
    max_days: int | None = None
    criterion: tuple[str, ...] = ()
    reflex: tuple[str, ...] = ()
    accreditation: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    from_state: str | None = None
    sort: Sort | None = None
    page: int = 1
    after: str | None = None

    @property
    def order(self) -> Sort:
        """The order in force: by distance where there is a place, else by name."""
        if self.near is None:
            return Sort.TURNAROUND if self.sort is Sort.TURNAROUND else Sort.NAME
        return self.sort or Sort.DISTANCE

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE_SIZE

    @property
    def within_m(self) -> float | None:
        """The radius in metres."""
        return None if self.within is None else metres(self.within)

    @cached_property
    def wishes(self) -> dict[str, int]:
        """Of each dimension that is asked for, the mask of its options (0 for the turnaround, which is a number)."""
        chosen = {name: DIMENSIONS[name].any_of(getattr(self, name)) for name in SEVERAL if getattr(self, name)}
        if self.outside:
            chosen["outside"] = DIMENSIONS["outside"].mask
        if self.from_state is not None:
            chosen["from_state"] = DIMENSIONS["from_state"].bits[self.from_state]
        if self.max_days is not None:
            chosen["max_days"] = 0
        return chosen

    @cached_property
    def filter(self) -> Filter:
        """The same wishes as the index reads them."""
        return self.filter_without("")

    def filter_without(self, dimension: str) -> Filter:
        """The filter as if nothing were asked of *dimension*: what its own options are counted under."""
        masks = tuple(mask for name, mask in self.wishes.items() if mask and name != dimension)
        return Filter(masks, None if dimension == "max_days" else self.max_days)

    @property
    def filtered(self) -> bool:
        """Whether anything but a place and a distance is asked for."""
        return bool(self.wishes)

    def chosen(self) -> Iterator[tuple[str, str]]:
        """The filters in force, as a parameter's name and value each."""
        for name in ("method", "specimen"):
            yield from ((name, value) for value in getattr(self, name))
        if self.outside:
            yield "outside", "1"
        if self.from_state is not None:
            yield "from_state", self.from_state
        if self.max_days is not None:
            yield "max_days", str(self.max_days)
        for name in SEVERAL[2:]:
            yield from ((name, value) for value in getattr(self, name))

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query string's pairs, without what is the default."""
        pairs: list[tuple[str, str]] = []
        if self.near is not None:
            pairs.append(("near", self.near))
        if self.within != DEFAULT_RADIUS:
            pairs.append(("within", ANY_DISTANCE if self.within is None else str(self.within)))
        pairs += self.chosen()
        if self.sort is not None:
            pairs.append(("sort", self.sort))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        if self.after is not None:
            pairs.append(("after", self.after))
        return pairs

    @property
    def query_string(self) -> str:
        return urlencode(self.parameters)

    def on_page(self, page: int, after: str | None = None) -> Self:
        """The same search, another page of it."""
        return replace(self, page=page, after=after)

    def at(self, place: str) -> Self:
        """The same search near another place."""
        return replace(self.on_page(1), near=place)

    def without(self, name: str, value: str) -> Self:
        """The same search from its first page, with one filter less."""
        changes: dict[str, object] = {"outside": False, "from_state": None, "max_days": None}
        less = tuple(other for other in getattr(self, name) if other != value) if name in SEVERAL else changes[name]
        return replace(self.on_page(1), **{name: less})  # type: ignore[arg-type]

    def unfiltered(self) -> Self:
        """The same place and order, and no filter."""
        return type(self)(near=self.near, within=self.within, sort=self.sort)
