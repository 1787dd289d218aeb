"""States as a short text: what is written is read again, and fits its column."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.permits import packed, states_of, takes_from
from registry.domain.states import US_STATES
from registry.domain.vocabulary import ACCEPTS_OUTSIDE, STATE_PERMIT
from registry.models import LabOffering
from tests.support.factories import a_profile, an_offering

ALL = tuple(US_STATES)
LONGEST = LabOffering.__table__.c.takes_from.type.length


@settings(derandomize=True, database=None, max_examples=200)
@given(st.sets(st.sampled_from(ALL)))
def test_any_set_of_states_is_read_as_written(states: set[str]) -> None:
    in_order = tuple(state for state in ALL if state in states)
    text = packed(in_order)
    assert states_of(text) == in_order
    assert len(text) <= LONGEST


@pytest.mark.parametrize(("states", "text"), [((), ""), (ALL, "not"), (("GA",), "GA"), (ALL[1:], f"not {ALL[0]}")])
def test_the_shorter_way_is_written(states: tuple[str, ...], text: str) -> None:
    assert packed(states) == text
    assert states_of(text) == states


@pytest.mark.parametrize("accepts", [*ACCEPTS_OUTSIDE.slugs, ""])
@pytest.mark.parametrize("state", ["GA", "NY", "PA", "GU", "", "ON"])
@pytest.mark.parametrize("permits", [(), ("ny_clep",), STATE_PERMIT.slugs])
def test_what_a_laboratory_takes_survives_its_column(accepts: str, state: str, permits: tuple[str, ...]) -> None:
    profile = a_profile(state=state, state_permits=permits)
    states = takes_from(profile, an_offering(accepts_outside_specimens=accepts))
    assert states_of(packed(states)) == states
    from_anywhere = "ny_clep" in permits or state == "NY"
    assert ("NY" in states) == {"yes": from_anywhere, "yes_in_state": state == "NY"}.get(accepts, False)
