"""Vocabulary values as bits: how a test of a laboratory and the wish of a search meet in the index."""

from collections.abc import Iterable
from functools import lru_cache

from registry.domain.vocabulary import (
    ACCEPTS_OUTSIDE,
    METHODS_OF_GROUP,
    REFLEX_POLICY,
    SCORING_CRITERION,
    SPECIMEN_TYPE,
    TEST_METHOD,
)

_VOCABULARIES = (TEST_METHOD, SCORING_CRITERION, REFLEX_POLICY, ACCEPTS_OUTSIDE, SPECIMEN_TYPE)
# Bits live as long as the process: nothing stores them, so a new value may shift the others.
_BITS = {
    pair: 1 << position
    for position, pair in enumerate(
        (vocabulary.name, slug) for vocabulary in _VOCABULARIES for slug in vocabulary.slugs
    )
}


def any_of(vocabulary_name: str, slugs: Iterable[str]) -> int:
    """The mask in which one bit stands for each of *slugs*; ``KeyError`` for a value that is not in the vocabulary."""
    mask = 0
    for slug in slugs:
        mask |= _BITS[vocabulary_name, slug]
    return mask


def methods_of(choice: str) -> tuple[str, ...]:
    """The methods that a filter value stands for: a group's, or the one method itself."""
    return METHODS_OF_GROUP.get(choice, (choice,))


@lru_cache(maxsize=8192)
def offering_mask(method: str, criterion: str, reflex: str, outside: str, specimens: str) -> int:
    """The bits of one offering; *specimens* are slugs joined by a space. Values that are not ours have no bit."""
    pairs = [
        (TEST_METHOD.name, method),
        (SCORING_CRITERION.name, criterion),
        (REFLEX_POLICY.name, reflex),
        (ACCEPTS_OUTSIDE.name, outside),
        *((SPECIMEN_TYPE.name, slug) for slug in specimens.split()),
    ]
    mask = 0
    for pair in pairs:
        mask |= _BITS.get(pair, 0)
    return mask
