"""What may happen, how often, and the choices that an act is left with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hypothesis import strategies as st

from registry.domain.profile import LabProfile
from tests.support.factories import a_profile, an_offering

PEOPLE = ("ada@example.org", "ben@example.org", "cy@example.org", "dot@example.org")

_IHC = an_offering()
_SLOW_IHC = an_offering(tat_max=9)
_FISH = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none")
TESTS = ((_IHC,), (_IHC, _FISH), (_FISH, _IHC), (_SLOW_IHC, _FISH), (_FISH,))

_BASE = a_profile(name="Invented Laboratory", zip="30303").to_dict()

Act = TypeVar("Act", bound=Callable[..., None])


def a_version(number: int, tests: int, phone: int, public: str) -> LabProfile:
    """One of a few profiles, so that laboratories meet."""
    said = {"clia_number": f"00D000000{number}", "phone": f"(404) 555-010{phone}", "public_email": public}
    return replace(LabProfile.from_dict({**_BASE, **said}), offerings=TESTS[tests])


@dataclass(frozen=True)
class Chance:
    """The choices of one act; each act takes those that it knows.

    ``pick`` counts from the last; with ``well`` it does so among those with which something can be done, and who acts
    is mostly one who may. Without ``fresh`` a page is used that was opened before.
    """

    pick: int
    well: bool
    fresh: bool
    agree: bool
    email: str
    other: str
    profile: LabProfile
    tests: int
    days: int | None
    hours: int
    decisions: tuple[str, ...]


_mostly = st.sampled_from((True, True, True, False))

chances = st.builds(
    Chance,
    pick=st.sampled_from((0, 0, 0, 1, 1, 2, 3, 5, 8)),
    well=_mostly,
    fresh=st.booleans(),
    agree=_mostly,
    email=st.sampled_from(PEOPLE),
    other=st.sampled_from(PEOPLE),
    profile=st.builds(
        a_version,
        st.integers(1, 3),
        st.integers(0, len(TESTS) - 1),
        st.integers(0, 3),
        st.sampled_from(("", PEOPLE[3])),
    ),
    tests=st.integers(0, len(TESTS) - 1),
    days=st.sampled_from((None, 0, 3, 30)),
    hours=st.sampled_from((1, 24, 24 * 3, 24 * 8, 24 * 31, 24 * 340)),
    decisions=st.lists(st.sampled_from(("approve", "approve", "send back", "reject")), min_size=1, max_size=3).map(
        tuple
    ),
)


def happens(weight: int, when: Callable[[Any], object] = lambda play: True) -> Callable[[Act], Act]:
    """Mark a method as an act that happens *weight* times as often as another, where *when* is true."""

    def mark(act: Act) -> Act:
        act.weight, act.when = weight, when  # type: ignore[attr-defined]
        return act

    return mark


def acts_of(play: type) -> dict[str, tuple[int, Callable[[Any], object]]]:
    """Every marked act of *play*: name to weight and condition."""
    marked = {name: getattr(play, name) for name in dir(play) if hasattr(getattr(play, name), "weight")}
    return {name: (act.weight, act.when) for name, act in marked.items()}


def any_request(*states: str) -> Callable[[Any], bool]:
    """Whether there is a request in one of *states*."""
    return lambda play: any(one.state in states for one in play.world.requests.values())


def any_entry(wanted: Callable[[Any], object] = lambda entry: True) -> Callable[[Any], bool]:
    """Whether there is an entry such as is wanted."""
    return lambda play: any(wanted(entry) for entry in play.world.entries.values())
