"""Vocabulary values as bits: how a test of a laboratory and the wish of a search meet in the index.

Each dimension of the search (method, specimen, …) has one bit for each of its options. A test of a laboratory carries
the bits of the options that hold for it, so that what an option would leave is a count of one bit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from registry.directory.filters import UNKNOWN_DAYS, WORD_BITS, WORDS
from registry.domain.permits import states_of
from registry.domain.states import US_STATES
from registry.domain.vocabulary import (
    ACCREDITATION,
    METHODS_OF_GROUP,
    REFLEX_POLICY,
    SCORING_CRITERION,
    SERVICE_LEVEL,
    SPECIMEN_TYPE,
    TEST_METHOD,
)

DAY_LIMITS = (3, 5, 7, 10, 14, 21)
"""Calendar days offered as limits of the turnaround; a search may name any other."""

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One kind of wish, called as its parameter is: an option's bit, and the mask of all of them."""

    name: str
    bits: dict[str, int]
    mask: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask", sum(self.bits.values()))

    def any_of(self, options: Iterable[str]) -> int:
        """The mask in which one bit stands for each option; ``KeyError`` for one that the dimension has not."""
        mask = 0
        for option in options:
            mask |= self.bits[option]
        return mask

    def held(self, values: Iterable[str]) -> int:
        """As :meth:`any_of`; values that are not ours have no bit."""
        mask = 0
        for value in values:
            mask |= self.bits.get(value, 0)
        return mask


_OPTIONS: tuple[tuple[str, Sequence[str]], ...] = (
    ("method", (*TEST_METHOD.slugs, *METHODS_OF_GROUP)),
    ("specimen", SPECIMEN_TYPE.slugs),
    ("outside", ("1",)),
    ("criterion", SCORING_CRITERION.slugs),
    ("reflex", REFLEX_POLICY.slugs),
    ("accreditation", ACCREDITATION.slugs),
    ("service", SERVICE_LEVEL.slugs),
    ("max_days", (*map(str, DAY_LIMITS), UNKNOWN)),
    ("from_state", tuple(US_STATES)),
)


def _dimensions() -> dict[str, Dimension]:
    # Bits live as long as the process: nothing stores them, so a new value may shift the others. A dimension
    # lies in one word of the index, so that a wish is one look at one column.
    free = [0] * WORDS
    made = {}
    for name, options in _OPTIONS:
        word = next(word for word in range(WORDS) if free[word] + len(options) <= WORD_BITS)
        first = word * WORD_BITS + free[word]
        free[word] += len(options)
        made[name] = Dimension(name, {option: 1 << first + place for place, option in enumerate(options)})
    return made


DIMENSIONS = _dimensions()

_GROUPS_OF = {
    method: [group for group, methods in METHODS_OF_GROUP.items() if method in methods] for method in TEST_METHOD.slugs
}


def methods_of(choice: str) -> tuple[str, ...]:
    """The methods that a filter value stands for: a group's, or the one method itself."""
    return METHODS_OF_GROUP.get(choice, (choice,))


@lru_cache(maxsize=8192)
def test_mask(method: str, criterion: str, reflex: str, outside: str, specimens: str, service: str) -> int:
    """The bits of a test's own columns; *specimens* are slugs joined by a space."""
    held = {
        "method": (method, *_GROUPS_OF.get(method, ())),
        "specimen": specimens.split(),
        "outside": ("1",) if outside == "yes" else (),
        "criterion": (criterion,),
        "reflex": (reflex,),
        "service": (service,),
    }
    mask = 0
    for name, values in held.items():
        mask |= DIMENSIONS[name].held(values)
    return mask


@lru_cache(maxsize=8192)
def laboratory_mask(accreditations: str, takes_from: str) -> int:
    """The bits of what holds for the laboratory, by its columns: slugs joined by a space, and packed states."""
    states = DIMENSIONS["from_state"].held(states_of(takes_from))
    return DIMENSIONS["accreditation"].held(accreditations.split()) | states


@lru_cache(maxsize=1024)
def days_mask(days: int) -> int:
    """The bits of a turnaround in calendar days (UNKNOWN_DAYS when not stated)."""
    if days >= UNKNOWN_DAYS:
        return DIMENSIONS["max_days"].bits[UNKNOWN]
    return DIMENSIONS["max_days"].any_of(str(limit) for limit in DAY_LIMITS if days <= limit)
