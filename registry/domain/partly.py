"""Taking over a part of what a profile changes, and putting single fields right."""

import re
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from registry.domain.changes import changes
from registry.domain.merging import pairs
from registry.domain.profile import LabProfile, Offering

ORDER = "offerings"
"""The path of the order of the tests."""

_OF_TEST = re.compile(r"offerings\.([0-9]+)(?:\.([a-z_]+))?")
_LAB_FIELDS = tuple(item.name for item in fields(LabProfile) if item.name != "offerings")
_TEST_FIELDS = tuple(item.name for item in fields(Offering))

# Half a turnaround, or the assay of another method, would say what nobody wrote.
_TOGETHER = (
    ("tat_min", "tat_max", "tat_unit", "tat_clock_start"),
    ("method", "assay", "assay_name", "reports_copy_number"),
)
_FIRST = {name: group[0] for group in _TOGETHER for name in group}


def unit_of(path: str) -> str:
    """What is taken over or sent back together with the change at *path*: the path of the first of its fields.

    The four fields of a turnaround are one, and so are a method with its assay; a whole test and any other field
    stand alone.
    """
    found = _OF_TEST.fullmatch(path)
    if found is None or found[2] is None:
        return path
    return f"offerings.{found[1]}.{_FIRST.get(found[2], found[2])}"


def units(before: LabProfile, after: LabProfile) -> tuple[str, ...]:
    """What differs between two profiles, in parts that can each be taken over alone, in the order of the changes.

    A test that came where another one went shares its path with it: then the one takes the place of the other.
    """
    return tuple(dict.fromkeys(unit_of(change.path) for change in changes(before, after)))


def partial(before: LabProfile, after: LabProfile, accepted: Collection[str]) -> LabProfile:
    """*before* with what of its changes to *after* is *accepted*: paths as ``domain.changes`` tells them, or units.

    Accepting all gives *after*, accepting none *before*. Whether the mixture is a valid profile is not looked at.
    """
    taken = {unit_of(path) for path in accepted}
    values = {name: getattr(after, name) for name in _LAB_FIELDS if name in taken}
    return replace(before, **values, offerings=_tests(before.offerings, after.offerings, taken))


def corrected(profile: LabProfile, corrections: Mapping[str, Any]) -> LabProfile:
    """*profile* with the values of *corrections*, by the fields' paths. ``KeyError`` where it has no such field."""
    for path, value in corrections.items():
        found = _OF_TEST.fullmatch(path)
        if found is None and path in _LAB_FIELDS:
            profile = replace(profile, **{path: value})
        elif found is not None and found[2] in _TEST_FIELDS and int(found[1]) < len(profile.offerings):
            place = int(found[1])
            profile = profile.with_offering(place, replace(profile.offerings[place], **{found[2]: value}))
        else:
            raise KeyError(path)
    return profile


def value_at(profile: LabProfile, path: str) -> Any:
    """What the field at *path* says; ``KeyError`` where *profile* has no such field."""
    found = _OF_TEST.fullmatch(path)
    if found is None and path in _LAB_FIELDS:
        return getattr(profile, path)
    if found is not None and found[2] in _TEST_FIELDS and int(found[1]) < len(profile.offerings):
        return getattr(profile.offerings[int(found[1])], found[2])
    raise KeyError(path)


_Token = tuple[str, int]
"""A test of either list: by its place in the list before, or, where it is new, in the list after."""


def _tests(before: tuple[Offering, ...], after: tuple[Offering, ...], taken: set[str]) -> tuple[Offering, ...]:
    places = pairs(before, after)
    came_from = {new: old for old, new in places.items()}
    kept: dict[_Token, Offering] = {}
    for old, was in enumerate(before):
        if old in places:
            kept["before", old] = _mixed(was, after[places[old]], f"offerings.{places[old]}.", taken)
        elif f"offerings.{old}" not in taken:
            kept["before", old] = was
    for new, now in enumerate(after):
        if new not in came_from and f"offerings.{new}" in taken:
            kept["after", new] = now
    old_order: list[_Token] = [("before", old) for old in range(len(before))]
    new_order: list[_Token] = [
        ("before", came_from[new]) if new in came_from else ("after", new) for new in range(len(after))
    ]
    spine, other = (new_order, old_order) if ORDER in taken else (old_order, new_order)
    order = list(spine)
    for at, token in enumerate(other):
        if token not in order:
            order.insert(order.index(other[at - 1]) + 1 if at else 0, token)
    return tuple(kept[token] for token in order if token in kept)


def _mixed(was: Offering, now: Offering, prefix: str, taken: set[str]) -> Offering:
    values = {name: getattr(now, name) for name in _TEST_FIELDS if unit_of(prefix + name) in taken}
    return replace(was, **values)
