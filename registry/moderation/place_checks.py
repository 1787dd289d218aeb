"""Whether the places that a submission names lie together: ZIP code, town, listing, CMS file, area code. Pure."""

import math

from registry.domain.area_codes import state_of_phone
from registry.domain.geometry import Point, earth_centred, miles, shortest_geodesic
from registry.domain.text import digits
from registry.domain.vocabulary import N_
from registry.moderation.findings import Check, Facts, Outcome

FAR = 30.0
"""Miles beyond which two points are hardly those of one laboratory: a county is about as wide."""


def miles_between(one: Point, other: Point) -> float:
    """Straight-line miles, within one foot at 100 miles."""
    chord = math.dist(earth_centred(one), earth_centred(other))
    return miles(shortest_geodesic(chord))


def placed(facts: Facts) -> Check:
    """How far the ZIP code's point, where the entry will be shown, lies from the other points that are known."""
    name = N_("Place on the map")
    spots = facts.spots
    if spots.zip is None:
        return Check(name, Outcome.OK, N_("The ZIP code has no point, so there is no distance to tell."))
    measured = [
        (label, miles_between(spots.zip, point))
        for label, point in (
            (N_("From the ZIP code to the town"), spots.town),
            (N_("From the ZIP code to where the entry stands now"), spots.live),
            (N_("From the ZIP code to that of the CMS file"), spots.filed),
        )
        if point is not None
    ]
    raw = tuple((label, distance_label(distance)) for label, distance in measured)
    if any(distance > FAR for _label, distance in measured):
        return Check(name, Outcome.LOOK, N_("Some of its points lie farther apart than a county is wide."), raw)
    if not measured:
        return Check(name, Outcome.OK, N_("There is no other point to measure from."))
    return Check(name, Outcome.OK, N_("All its points lie close together."), raw)


def area_code(facts: Facts) -> Check:
    """Whether the telephone number's area code is one of the state's."""
    name = N_("Area code and state")
    state = state_of_phone(digits(facts.profile.phone))
    raw = ((N_("State of the area code"), state), (N_("State of the address"), facts.profile.state))
    if not state:
        return Check(name, Outcome.OK, N_("The number has no area code that belongs to a state."))
    if state == facts.profile.state:
        return Check(name, Outcome.OK, N_("The area code belongs to the state."), raw)
    reason = N_("The area code belongs to another state. People keep numbers when they move: ask if you doubt it.")
    return Check(name, Outcome.LOOK, reason, raw)


def distance_label(distance: float) -> str:
    """*distance* in miles as shown: tenths below ten."""
    return f"{distance:.1f} mi" if distance < 9.95 else f"{distance:,.0f} mi"
