"""The review page's own words and drawings: checks by urgency, the small map, hosts of links, likeness in words."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from registry.assets import BUILT
from registry.domain.matching import Likeness, host_of
from registry.moderation.findings import Check, Outcome
from registry.moderation.outlines import outlines
from registry.moderation.place_checks import distance_label, miles_between
from registry.moderation.profile_rows import Row
from registry.moderation.queries import Review
from registry.moderation.scripts import host_in_ascii, visible
from registry.moderation.small_map import Drawing, Marked, drawn

FARTHEST_SHOWN = 400.0
"""Miles from the entry beyond which a listing that is like it stays off the map, which would show nothing else."""

_LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True)
class ByUrgency:
    """The checks of a page: what contradicts itself, what wants a look, what is fine."""

    problems: tuple[Check, ...]
    looks: tuple[Check, ...]
    fine: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class ReviewMap:
    """The drawing, and what its letters mean: (letter, name, how far from A in words; empty for A itself)."""

    drawing: Drawing
    legend: tuple[tuple[str, str, str], ...]


def by_urgency(checks: tuple[Check, ...]) -> ByUrgency:
    """*checks* in three, each in the order they had."""
    of = {outcome: tuple(check for check in checks if check.outcome is outcome) for outcome in Outcome}
    return ByUrgency(of[Outcome.PROBLEM], of[Outcome.LOOK], of[Outcome.OK])


def review_map(review: Review) -> ReviewMap | None:
    """Where the entry would stand, where it stands now, and the listings like it; None without a point."""
    marked = _marked(review)
    drawing = drawn(marked, review.facts.profile.state, outlines(BUILT / _states_file())) if marked else None
    if drawing is None:
        return None
    return ReviewMap(
        drawing,
        tuple((one.letter, one.name, "" if one.distance is None else distance_label(one.distance)) for one in marked),
    )


def _states_file() -> str:
    manifest: dict[str, str] = current_app.extensions["assets"]
    return manifest.get("maps/states.json", "")


def _marked(review: Review) -> list[Marked]:
    spots, profile = review.facts.spots, review.facts.profile
    points = []
    if review.submission.kind != "claim" and spots.zip is not None:
        points.append((_("What is proposed (ZIP code %(zip)s)", zip=profile.zip[:5]), spots.zip))
    if spots.live is not None:
        points.append((_("The entry as it stands now"), spots.live))
    if spots.filed is not None:
        points.append((_("ZIP code in the CMS file"), spots.filed))
    if not points:
        return []
    first = points[0][1]
    points += [
        (_("Like it: %(name)s", name=near.profile.name), near.point)
        for near in review.facts.near
        if miles_between(first, near.point) <= FARTHEST_SHOWN
    ]
    return [
        Marked(letter, str(name), point, None if number == 0 else miles_between(first, point))
        for number, (letter, (name, point)) in enumerate(zip(_LETTERS, points, strict=False))
    ]


def opened_host(address: str) -> str:
    """The host that a browser would open for *address*, as the network knows it; empty for what is no web address.

    What stands before an @ is no part of it, however much it looks like one.
    """
    if not address.lower().startswith(("https://", "http://")):
        return ""
    return visible(host_in_ascii(host_of(address)))


def groupby_run(rows: Iterable[Row], attribute: str) -> list[list[Row]]:
    """*rows* in runs of those that agree in *attribute*, in their order."""
    return [list(run) for _value, run in itertools.groupby(rows, key=attrgetter(attribute))]


def hundredths(likeness: Likeness) -> str:
    """The score of *likeness* from 0 to 100."""
    return f"{100 * likeness.score:.0f}"


FILTERS: dict[str, Callable[..., Any]] = {
    "by_urgency": by_urgency,
    "review_map": review_map,
    "visible": visible,
    "opened_host": opened_host,
    "hundredths": hundredths,
    "groupby_run": groupby_run,
}
"""Filters of the review page's templates."""
