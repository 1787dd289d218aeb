"""Which places a name may mean: one index over towns and the cities that only ZIP codes know."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry.places.folding import fold
from seed_data.fuse_places import kilometres, middle
from seed_data.name_places import best_spelling, town_name, useful_other_names
from seed_data.read_places import Point, Town

SAME_PLACE_KM = 50.0
"""A town and a post office of one name in one state are one place up to this distance."""

NameKey = tuple[str, str]
"""Folded name and state."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that can be found by name. `kind` is "town", "post_office" or "postal_alias"."""

    name: str
    state: str
    point: Point
    population: int
    kind: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A name of a place. The order of the entries of a key is the order of preference within each state."""

    place: int
    alias: bool


@dataclass(slots=True)
class PlaceIndex:
    """Places, what they are called, and the names whose town and post office lie far apart."""

    places: list[Place] = field(default_factory=list)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    apart: list[tuple[str, str, float, int]] = field(default_factory=list)


def index_places(
    towns: Sequence[Town],
    *,
    cities: Mapping[NameKey, Sequence[Point]],
    other_cities: Mapping[NameKey, Sequence[Point]],
    spellings: Mapping[NameKey, set[str]],
) -> PlaceIndex:
    """Build the index.

    USPS gives a post office's name to one place in a state, so of several towns with one name the one near
    the post office comes first, then the larger. A post office without a town of its name becomes a place at
    the middle of its ZIP codes, and likewise each other accepted city name.
    """
    index = PlaceIndex()
    own: dict[NameKey, list[int]] = defaultdict(list)
    aliases: dict[NameKey, list[int]] = defaultdict(list)
    centres = {key: middle(points) for key, points in cities.items()}
    for town in towns:
        number, name = len(index.places), town_name(town)
        other = useful_other_names(town)
        key = fold(name)
        if (key, town.state) not in cities:
            usual = _post_office_within_name(key, town, other, centres)
            if usual:
                other = (other | {key}) - {usual}
                key, name = usual, best_spelling(spellings[usual, town.state])
        index.places.append(Place(name, town.state, town.point, town.population, "town"))
        own[key, town.state].append(number)
        for alias in other:
            aliases[alias, town.state].append(number)
    for kind, names in (("post_office", cities), ("postal_alias", other_cities)):
        for key_state, points in sorted(names.items()):
            centre = middle(points)
            near = [n for n in own[key_state] if kilometres(index.places[n].point, centre) <= SAME_PLACE_KM]
            near_alias = any(kilometres(index.places[n].point, centre) <= SAME_PLACE_KM for n in aliases[key_state])
            if near or (near_alias and kind == "postal_alias" and not own[key_state]):
                continue
            if own[key_state]:
                nearest = min(own[key_state], key=lambda n: kilometres(index.places[n].point, centre))
                place = index.places[nearest]
                if kind == "postal_alias":
                    continue
                index.apart.append((place.name, place.state, kilometres(place.point, centre), place.population))
            own[key_state].append(len(index.places))
            name = best_spelling(spellings[key_state])
            index.places.append(Place(name, key_state[1], centre, 0, kind))
    _order(index, own, aliases, centres)
    return index


def _post_office_within_name(key: str, town: Town, other: set[str], centres: Mapping[NameKey, Point]) -> str | None:
    """The post office that a town's longer name contains (New York City: New York), when it is there."""
    words = set(key.split())
    for alias in sorted(other, key=lambda alias: (-len(alias), alias)):
        centre = centres.get((alias, town.state))
        if centre and set(alias.split()) < words and kilometres(town.point, centre) <= SAME_PLACE_KM:
            return alias
    return None


def _order(
    index: PlaceIndex,
    own: Mapping[NameKey, list[int]],
    aliases: Mapping[NameKey, list[int]],
    centres: Mapping[NameKey, Point],
) -> None:
    groups: dict[str, list[tuple[tuple[bool, int, str], list[Entry]]]] = defaultdict(list)
    for names, alias in ((own, False), (aliases, True)):
        for (key, state), numbers in names.items():
            if not numbers or (alias and own.get((key, state))):
                continue
            centre = centres.get((key, state))

            def rank(number: int, centre: Point | None = centre) -> tuple[bool, int, int]:
                place = index.places[number]
                far = centre is not None and kilometres(place.point, centre) > SAME_PLACE_KM
                return far, -place.population, number

            ordered = sorted(set(numbers), key=rank)
            largest = index.places[ordered[0]].population
            entries = [Entry(number, alias) for number in ordered]
            groups[key].append(((alias, -largest, state), entries))
    for key in sorted(groups):
        index.entries[key] = [entry for _, entries in sorted(groups[key], key=lambda g: g[0]) for entry in entries]
