"""What differs between two profiles as people would tell it: a test that moved is that test still."""

from collections.abc import Iterator
from typing import Any

from registry.domain.merging import pairs
from registry.domain.profile import Change, LabProfile, diff


def changes(before: LabProfile, after: LabProfile) -> tuple[Change, ...]:
    """What leads from *before* to *after*, each test compared with what it was, wherever it stood.

    Paths are those of :func:`~registry.domain.profile.diff`, with the places of *after*, and three more: a whole test
    that is new or gone (``offerings.2``, the value its name, in the place it has or had) and the order of the tests
    that stayed (``offerings``, the values their names).
    """
    return (*diff(_without_tests(before), _without_tests(after)), *_of_tests(before, after))


def _without_tests(profile: LabProfile) -> LabProfile:
    return LabProfile.from_dict({**profile.to_dict(), "offerings": ()})


def _of_tests(before: LabProfile, after: LabProfile) -> Iterator[Change]:
    places = pairs(before.offerings, after.offerings)
    came_from = {new: old for old, new in places.items()}
    for place, offering in enumerate(after.offerings):
        if place not in came_from:
            yield Change(f"offerings.{place}", None, offering.name)
            continue
        was = LabProfile(offerings=(before.offerings[came_from[place]],))
        for change in diff(was, LabProfile(offerings=(offering,))):
            yield Change(change.path.replace(".0.", f".{place}.", 1), change.before, change.after)
    for place, offering in enumerate(before.offerings):
        if place not in places:
            yield Change(f"offerings.{place}", offering.name, None)
    stayed = [places[old] for old in sorted(places)]
    if stayed != sorted(stayed):
        names = tuple(after.offerings[place].name for place in stayed)
        yield Change("offerings", list(names), [after.offerings[place].name for place in sorted(stayed)])


def told(before: LabProfile, after: LabProfile) -> list[list[Any]]:
    """:func:`changes` in plain JSON types: ``[path, before, after]`` each."""
    return [[change.path, change.before, change.after] for change in changes(before, after)]
