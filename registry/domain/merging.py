"""Two changes of one profile brought together: what the laboratory wrote, and what changed in its entry meanwhile.

Tests carry no number of their own. They are recognized by what they say, wherever they stand in the list.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from registry.domain.profile import MAX_OFFERINGS, LabProfile, Offering

_LAB_FIELDS = tuple(item.name for item in fields(LabProfile) if item.name != "offerings")
_TEST_FIELDS = tuple(item.name for item in fields(Offering))

_ALIKE = 0.5
"""The share of what two tests say that must be the same for one to be the other, changed."""

_NAME_COUNTS = 4
"""For how many fields an equal name stands."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A place that both sides changed, each in its own way.

    ``key`` names it in :func:`merge`'s *theirs*, the same whatever was chosen elsewhere. ``field`` is empty when a
    whole test is at stake, which one side removed (None there) and the other changed; ``test`` is that test's name,
    empty for a field of the laboratory.
    """

    key: str
    field: str
    test: str
    live: Any
    mine: Any


@dataclass(frozen=True, slots=True)
class Merge:
    """The profile with both sides' changes, and where they contradict each other."""

    profile: LabProfile
    clashes: tuple[Clash, ...]


def merge(base: LabProfile, live: LabProfile, mine: LabProfile, *, theirs: Collection[str] = ()) -> Merge:
    """*mine* with what changed from *base* to *live*.

    Where both changed the same, *mine* stands, unless the clash's key is among *theirs*. The list of tests keeps the
    order of *mine* where that is one of its own, else takes that of *live*.
    """
    clashes: list[Clash] = []
    values: dict[str, Any] = {}
    for name in _LAB_FIELDS:
        was, now, own = getattr(base, name), getattr(live, name), getattr(mine, name)
        values[name] = own if now == was else now
        if own not in (was, now) and now != was:
            clash = Clash(name, name, "", now, own)
            clashes.append(clash)
            values[name] = now if clash.key in theirs else own
    tests = _Tests(base.offerings, live.offerings, mine.offerings, theirs)
    offerings = tests.merged()
    return Merge(replace(mine, **values, offerings=offerings), (*clashes, *tests.clashes))


def pairs(before: Sequence[Offering], after: Sequence[Offering]) -> dict[int, int]:
    """Which test of *after* is which of *before*, by their places: equal ones first, then the most alike."""
    found: dict[int, int] = {}
    free = list(range(len(after)))
    for place, offering in enumerate(before):
        same = next((other for other in free if after[other] == offering), None)
        if same is not None:
            found[place] = same
            free.remove(same)
    left = [place for place in range(len(before)) if place not in found]
    alike = [(_likeness(before[old], after[new]), -abs(old - new), -old, -new) for old in left for new in free]
    for share, _distance, minus_old, minus_new in sorted(alike, reverse=True):
        old, new = -minus_old, -minus_new
        if share >= _ALIKE and old not in found and new in free:
            found[old] = new
            free.remove(new)
    return found


def _likeness(one: Offering, other: Offering) -> float:
    """From 0 to 1: the share of what either says that both say."""
    same = told = 0
    for name in _TEST_FIELDS:
        left, right = getattr(one, name), getattr(other, name)
        if left in ("", None, ()) and right in ("", None, ()):
            continue
        weight = _NAME_COUNTS if name == "name" else 1
        told += weight
        same += weight if left == right else 0
    return same / told if told else 0.0


_Token = tuple[str, int]
"""A test across the three lists: ``("base", 2)``, or the side that brought it and its place there."""


class _Tests:
    """The lists of tests of three profiles."""

    def __init__(
        self,
        base: Sequence[Offering],
        live: Sequence[Offering],
        mine: Sequence[Offering],
        theirs: Collection[str],
    ) -> None:
        self.clashes: list[Clash] = []
        self._theirs = theirs
        self._base, self._live, self._mine = base, live, mine
        self._in_live, self._in_mine = pairs(base, live), pairs(base, mine)
        self._mine_order = self._tokens("mine", self._mine, self._in_mine)
        self._live_order = self._shared(self._tokens("live", self._live, self._in_live))

    def merged(self) -> tuple[Offering, ...]:
        kept = dict(self._kept())
        order = [token for token in self._order() if token in kept]
        added = [token for token in order if token not in self._mine_order]
        while len(order) > MAX_OFFERINGS and added:
            # No room for all: what is left out is seen as removed, beside the entry.
            order.remove(added.pop())
        return tuple(kept[token] for token in order)

    @staticmethod
    def _tokens(side: str, tests: Sequence[Offering], places: dict[int, int]) -> list[_Token]:
        known = {place: old for old, place in places.items()}
        return [("base", known[place]) if place in known else (side, place) for place in range(len(tests))]

    def _shared(self, tokens: list[_Token]) -> list[_Token]:
        """*tokens* of the live list, in which a test that both sides added alike is the one of mine."""
        added = [token for token in self._mine_order if token[0] == "mine"]
        shared = []
        for token in tokens:
            if token[0] == "live":
                same = next((other for other in added if self._mine[other[1]] == self._live[token[1]]), None)
                if same is not None:
                    added.remove(same)
                    token = same
            shared.append(token)
        return shared

    def _kept(self) -> Iterator[tuple[_Token, Offering]]:
        for place, was in enumerate(self._base):
            now = self._live[self._in_live[place]] if place in self._in_live else None
            own = self._mine[self._in_mine[place]] if place in self._in_mine else None
            stays = self._one(place, was, now, own)
            if stays is not None:
                yield ("base", place), stays
        for side, tests, order in (("live", self._live, self._live_order), ("mine", self._mine, self._mine_order)):
            yield from ((token, tests[token[1]]) for token in order if token[0] == side)

    def _one(self, place: int, was: Offering, now: Offering | None, own: Offering | None) -> Offering | None:
        if now is not None and own is not None:
            return self._fields(place, was, now, own)
        stays = now or own
        if stays is None or stays == was:
            # Gone on one side, and the other did nothing to it.
            return None
        clash = Clash(f"test-{place}", "", stays.name, now, own)
        self.clashes.append(clash)
        return now if clash.key in self._theirs else own

    def _fields(self, place: int, was: Offering, now: Offering, own: Offering) -> Offering:
        values: dict[str, Any] = {}
        for name in _TEST_FIELDS:
            before, there, here = getattr(was, name), getattr(now, name), getattr(own, name)
            values[name] = here if there == before else there
            if here not in (before, there) and there != before:
                clash = Clash(f"test-{place}.{name}", name, own.name, there, here)
                self.clashes.append(clash)
                values[name] = there if clash.key in self._theirs else here
        return Offering(**values)

    def _order(self) -> list[_Token]:
        places = [place for side, place in self._mine_order if side == "base"]
        moved = places != sorted(places)
        spine, other = (self._mine_order, self._live_order) if moved else (self._live_order, self._mine_order)
        order = list(spine)
        for at, token in enumerate(other):
            if token not in order:
                order.insert(order.index(other[at - 1]) + 1 if at else 0, token)
        return order
