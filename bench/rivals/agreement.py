"""Whether the contenders give the same answer: no speed counts for a wrong one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from bench import load
from bench.rivals.contenders import Answer, Contender

SPHERE_ERROR = 0.006
"""A sphere's distances differ from the ellipsoid's by at most this share."""

ROUNDING_MILES = 0.1
TOTAL_ON_A_SPHERE = 0.05
"""Within the sphere's radius may lie that share more or fewer laboratories, or FEW of them."""
FEW = 5


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a contender is from the first one: places asked, places with the same total, the largest difference
    of a total, the largest of the n-th nearest's distance in miles, and the share of the nearest in common.
    """

    name: str
    places: int
    same_total: int
    total_off: int
    miles_off: float
    in_common: float


def check(contenders: Sequence[Contender], codes: Sequence[str]) -> list[Agreement]:
    """Ask all of them from each ZIP code. Raises ValueError when one is off by more than its measure explains."""
    answers = [_answers(contender, codes) for contender in contenders]
    return [
        _agreement(contender, contenders[0], list(zip(codes, given, answers[0], strict=True)))
        for contender, given in islice(zip(contenders, answers, strict=True), 1, None)
    ]


def _answers(contender: Contender, codes: Sequence[str]) -> list[Answer]:
    return [contender.read(body) for body in load.bodies(contender.port, contender.paths(codes))]


def _agreement(contender: Contender, first: Contender, asked: list[tuple[str, Answer, Answer]]) -> Agreement:
    geodesic = contender.geodesic and first.geodesic
    shares, miles_off, totals_off = [], 0.0, []
    for code, given, reference in asked:
        total_off = abs(given.total - reference.total)
        allowed = 0 if geodesic else max(FEW, TOTAL_ON_A_SPHERE * reference.total)
        if total_off > allowed:
            raise ValueError(f"{contender.name} found {given.total} from {code}, {first.name} {reference.total}")
        totals_off.append(total_off)
        for (_, measured), (_, miles) in zip(given.nearest, reference.nearest, strict=not total_off):
            off = abs(measured - miles)
            if off > ROUNDING_MILES + 1e-9 + (0 if geodesic else SPHERE_ERROR * miles):
                raise ValueError(f"{contender.name} shows {measured} miles from {code}, {first.name} {miles}")
            miles_off = max(miles_off, off)
        if reference.nearest:
            common = {slug for slug, _ in given.nearest} & {slug for slug, _ in reference.nearest}
            shares.append(len(common) / len(reference.nearest))
    return Agreement(
        contender.name,
        len(asked),
        totals_off.count(0),
        max(totals_off),
        miles_off,
        sum(shares) / len(shares) if shares else 1.0,
    )
