"""The slow way at the level of words: what a search means, told by what laboratories say of themselves.

Nothing here knows of bits, bands or columns; distances are geopy's.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from geopy.distance import geodesic
from hypothesis import strategies as st

from registry.directory.criteria import DEFAULT_RADIUS, RADII, Criteria
from registry.directory.entries import IndexEntry, Sort
from registry.directory.live import _facts
from registry.domain import vocabulary as words
from registry.domain.profile import LabProfile, Offering
from registry.domain.states import US_STATES
from registry.domain.text import order_key
from registry.models.lab import LabOffering
from registry.places.gazetteer import Place
from registry.places.records import Precision
from tests.directory.oracle import NASTY_POINTS

GROUPS = {"ish": {"fish", "cish", "sish", "ddish"}, "ngs": {"ngs_tissue", "ngs_ctdna"}}
PERMITS = {"NY": "ny_clep", "CA": "ca_lfs", "MD": "md_ohcq", "PA": "pa_bol", "RI": "ri_health"}
LIMITS = (3, 5, 7, 10, 14, 21)
UNKNOWN = math.inf
SEVERAL = ("method", "specimen", "criterion", "reflex", "accreditation", "service")
NAMES = ("Alpha Pathology", "alpha pathology", "Beta", "Éclair", "Eclair", "Ωmega", "مختبر", "Beta 2", "'Beta")
STATES = ("GA", "NY", "CA", "MD", "PA", "RI", "TX", "GU", "PR", "")


@dataclass(frozen=True)
class Known:
    """A laboratory of the test's world."""

    lab_id: int
    profile: LabProfile
    at: tuple[float, float]

    @property
    def entry(self) -> IndexEntry:
        """As publishing writes it and the live index reads it."""
        profile = self.profile
        rows = [LabOffering.columns_of(position, profile) for position in range(len(profile.offerings))]
        facts = [
            _facts(
                row["method"],
                row["scoring_criterion"],
                row["reflex_policy"],
                row["accepts_outside_specimens"],
                row["specimens"],
                row["service_level"],
                " ".join(profile.accreditations),
                row["takes_from"],
                row["calendar_days"],
            )
            for row in rows
        ]
        return IndexEntry(self.lab_id, order_key(profile.name), *self.at, tuple(facts))

    @property
    def by_name(self) -> tuple[str, int]:
        return order_key(self.profile.name), self.lab_id


def days(offering: Offering) -> float:
    """Calendar days until the longest stated turnaround is over, whatever day the clock starts; UNKNOWN when not said.

    Business days are counted off one by one from each weekday; days of an unstated kind may be business days.
    """
    longest, unit = offering.tat_max, offering.tat_unit
    if longest is None or unit not in {"hours", "calendar_days", "business_days", "days_unspecified"}:
        return UNKNOWN
    if unit == "hours":
        return math.ceil(longest / 24)
    if unit == "calendar_days":
        return longest
    return max(_counted_off(start, longest) for start in range(5))


def _counted_off(weekday: int, business_days: int) -> int:
    passed = 0
    while business_days:
        passed += 1
        business_days -= (weekday + passed) % 7 < 5
    return passed


def takes_from(profile: LabProfile, offering: Offering, state: str) -> bool:
    """Whether a specimen taken in *state* may be sent."""
    if offering.accepts_outside_specimens == "yes_in_state":
        return profile.state == state
    if offering.accepts_outside_specimens != "yes":
        return False
    if state not in PERMITS or profile.state == state or PERMITS[state] in profile.state_permits:
        return True
    return state == "PA" and profile.certificate_type in {"accreditation", "compliance", "registration"}


@lru_cache(maxsize=4096)
def held(profile: LabProfile, offering: Offering) -> frozenset[tuple[str, str]]:
    """Every option of every filter that holds for a test."""
    wait = days(offering)
    options = {("method", offering.method), ("criterion", offering.scoring_criterion)}
    options |= {("method", group) for group, methods in GROUPS.items() if offering.method in methods}
    options |= {("reflex", offering.reflex_policy), ("service", offering.service_level)}
    options |= {("specimen", specimen) for specimen in offering.specimens}
    options |= {("accreditation", body) for body in profile.accreditations}
    options |= {("from_state", state) for state in US_STATES if takes_from(profile, offering, state)}
    options |= {("max_days", str(limit)) for limit in LIMITS if wait <= limit}
    options |= {("max_days", "unknown")} if wait == UNKNOWN else set()
    options |= {("outside", "1")} if offering.accepts_outside_specimens == "yes" else set()
    return frozenset(options)


def failed(profile: LabProfile, offering: Offering, criteria: Criteria) -> set[str]:
    """The filters that a test does not satisfy."""
    options = held(profile, offering)
    wishes = {name: {(name, value) for value in getattr(criteria, name)} for name in SEVERAL}
    fails = {name for name, wanted in wishes.items() if wanted and not wanted & options}
    if criteria.outside and ("outside", "1") not in options:
        fails.add("outside")
    if criteria.from_state is not None and ("from_state", criteria.from_state) not in options:
        fails.add("from_state")
    if criteria.max_days is not None and not days(offering) <= criteria.max_days:
        fails.add("max_days")
    return fails


@lru_cache(maxsize=100_000)
def distance(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Metres, to the millimetre."""
    return round(float(geodesic(here, there).meters), 3)


def inside(world: Iterable[Known], place: Place | None, criteria: Criteria) -> list[Known]:
    """Those in the circle, whatever they offer."""
    if place is None or criteria.within is None:
        return list(world)
    limit = criteria.within * 1609.344
    return [lab for lab in world if distance((place.lat, place.lon), lab.at) <= limit]


def ordered(labs: Iterable[Known], place: Place | None, criteria: Criteria) -> list[Known]:
    """Those of *labs* that satisfy the filters on one test, in the order asked for."""
    wants = bool(list(criteria.chosen()))
    waits = {
        lab: [days(test) for test in lab.profile.offerings if not failed(lab.profile, test, criteria)] for lab in labs
    }

    def place_in_order(lab: Known) -> tuple[object, ...]:
        metres = 0.0 if place is None else distance((place.lat, place.lon), lab.at)
        match criteria.sort:
            case Sort.TURNAROUND:
                return min(waits[lab], default=UNKNOWN), metres, *lab.by_name
            case Sort.NAME:
                return lab.by_name
            case _:
                return metres, *lab.by_name

    return sorted((lab for lab, met in waits.items() if met or not wants), key=place_in_order)


def counts(labs: Iterable[Known], criteria: Criteria) -> dict[tuple[str, str], int]:
    """Of each option, how many of *labs* have one test that has it and satisfies the filters of other kinds."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for lab in labs:
        options = set()
        for test in lab.profile.offerings:
            fails = failed(lab.profile, test, criteria)
            options |= {option for option in held(lab.profile, test) if fails <= {option[0]}}
        for option in options:
            found[option] += 1
    return found


def a_world(seed: int, size: int) -> list[Known]:
    """Laboratories in a few towns, at the ends of the earth and on one point, that say all kinds of things."""
    rng = random.Random(seed)
    towns = [*rng.sample(NASTY_POINTS, 2), (33.749, -84.388), (rng.uniform(25, 48), rng.uniform(-122, -70))]
    world = []
    for number in range(size):
        lat, lon = rng.choice(towns)
        if rng.random() < 0.7:
            spread = rng.choice((0.05, 0.3, 1.0, 5.0))
            lat = max(-90.0, min(90.0, lat + rng.gauss(0, spread)))
            lon = (lon + rng.gauss(0, spread) + 180) % 360 - 180
        world.append(Known(number * 37 % 1009 + 1, a_laboratory(rng), (lat, lon)))
    return world


def a_laboratory(rng: random.Random) -> LabProfile:
    """What a laboratory may say, also what forms no longer let through."""
    return LabProfile(
        name=rng.choice(NAMES),
        certificate_type=rng.choice(("accreditation", "compliance", "registration", "ppm", "waiver", "")),
        accreditations=_some(rng, words.ACCREDITATION.slugs, 3),
        state_permits=_some(rng, words.STATE_PERMIT.slugs, 5),
        state=rng.choice(STATES),
        offerings=tuple(_a_test(rng) for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 5)))),
    )


def _a_test(rng: random.Random) -> Offering:
    return Offering(
        method=rng.choice(words.TEST_METHOD.slugs),
        scoring_criterion=rng.choice(words.SCORING_CRITERION.slugs),
        reflex_policy=rng.choice(words.REFLEX_POLICY.slugs),
        specimens=_some(rng, words.SPECIMEN_TYPE.slugs, 8),
        tat_max=rng.choice((None, 1, 2, 3, 5, 6, 9, 10, 14, 30, 72, 73)),
        tat_unit=rng.choice((*words.TAT_UNIT.slugs, "")),
        accepts_outside_specimens=rng.choice(("yes", "yes", *words.ACCEPTS_OUTSIDE.slugs, "")),
        service_level=rng.choice((*words.SERVICE_LEVEL.slugs, "")),
    )


def _some(rng: random.Random, slugs: Sequence[str], most: int) -> tuple[str, ...]:
    return tuple(rng.sample(slugs, rng.randint(0, min(most, len(slugs)))))


_OPTIONS = {
    "method": (*words.TEST_METHOD.slugs, *GROUPS),
    "specimen": words.SPECIMEN_TYPE.slugs,
    "criterion": words.SCORING_CRITERION.slugs,
    "reflex": words.REFLEX_POLICY.slugs,
    "accreditation": words.ACCREDITATION.slugs,
    "service": words.SERVICE_LEVEL.slugs,
}
_WISHES = {
    **{
        name: st.lists(st.sampled_from(options), min_size=1, max_size=len(options), unique=True).map(tuple)
        for name, options in _OPTIONS.items()
    },
    "outside": st.just(True),
    "max_days": st.one_of(st.sampled_from(LIMITS), st.integers(1, 365)),
    "from_state": st.sampled_from(("NY", "CA", "MD", "PA", "RI", "GA", "TX", "GU", "WY")),
}
wishes = st.lists(st.sampled_from(sorted(_WISHES)), max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: _WISHES[name] for name in names})
)
# The default, then any, then the others: most worlds have somebody in a large circle.
radii = st.sampled_from((DEFAULT_RADIUS, None, *RADII))
sorts = st.sampled_from((None, *Sort))
places = st.builds(
    lambda at: Place("there", *at, Precision.POINT),
    st.one_of(
        st.sampled_from(NASTY_POINTS),
        st.just((33.749, -84.388)),
        st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
        st.tuples(st.floats(24, 49), st.floats(-125, -67)),
    ),
)
worlds = st.builds(a_world, st.integers(0, 2**32), st.integers(0, 60))
