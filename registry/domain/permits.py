"""From which states a test's laboratory may be sent specimens, by what the laboratory says of itself.

The permits are those that a state asks of laboratories elsewhere: N.Y. (Wadsworth Center, CLEP), Cal. (CDPH, Laboratory
Field Services), Md. Code Health-General 17-205, 28 Pa. Code 5.11, R.I. Gen. Laws 23-16.2-4.
"""

from registry.domain.profile import LabProfile, Offering
from registry.domain.states import US_STATES
from registry.domain.vocabulary import CERTIFICATES_FOR_HER2, STATE_PERMIT

PERMIT_OF_STATE = {term.group: term for term in STATE_PERMIT}
"""The permit that each of these states asks for."""

_FEDERAL_CERTIFICATE_SUFFICES = frozenset({"PA"})


def takes_from(profile: LabProfile, offering: Offering) -> tuple[str, ...]:
    """The states and territories, as USPS codes, from which *offering* takes specimens.

    A laboratory that says "yes, from anywhere" still needs the permit of a state that asks for one, unless it
    stands there itself. Specimens of its own health system alone are nobody else's, so there is no state.
    """
    accepts = offering.accepts_outside_specimens
    if accepts == "yes_in_state":
        return (profile.state,) if profile.state in US_STATES else ()
    if accepts != "yes":
        return ()
    return tuple(state for state in US_STATES if state == profile.state or _is_allowed(profile, state))


def _is_allowed(profile: LabProfile, state: str) -> bool:
    permit = PERMIT_OF_STATE.get(state)
    if permit is None or permit.slug in profile.state_permits:
        return True
    return state in _FEDERAL_CERTIFICATE_SUFFICES and profile.certificate_type in CERTIFICATES_FOR_HER2


_ALL_BUT = "not"


def packed(states: tuple[str, ...]) -> str:
    """States as a short text: their codes joined by a space, or, where most are meant, ``not`` and the others."""
    others = [state for state in US_STATES if state not in states]
    return " ".join(states) if len(states) <= len(others) else " ".join([_ALL_BUT, *others])


def states_of(text: str) -> tuple[str, ...]:
    """The states of a :func:`packed` text."""
    words = text.split()
    if words[:1] != [_ALL_BUT]:
        return tuple(words)
    return tuple(state for state in US_STATES if state not in words)
