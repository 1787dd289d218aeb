"""From which states a test may be sent specimens, by what its laboratory says of itself."""

import pytest

from registry.domain.permits import PERMIT_OF_STATE, takes_from
from registry.domain.states import US_STATES
from registry.domain.vocabulary import STATE_PERMIT, Term
from tests.support.factories import a_profile, an_offering

ASKING = {"NY", "CA", "MD", "PA", "RI"}
"""The states that ask laboratories elsewhere for a permit."""


def taken(accepts: str = "yes", **changes: object) -> set[str]:
    """The states of a laboratory in Georgia, but for *changes*, whose test *accepts* specimens."""
    profile = a_profile(**changes)
    return set(takes_from(profile, an_offering(accepts_outside_specimens=accepts)))


def test_each_asking_state_has_its_permit() -> None:
    assert set(PERMIT_OF_STATE) == ASKING
    assert set(US_STATES) >= ASKING
    assert {term.slug for term in PERMIT_OF_STATE.values()} == set(STATE_PERMIT.slugs)


def test_anywhere_leaves_out_the_states_whose_permit_is_not_held() -> None:
    assert taken(certificate_type="accreditation") == set(US_STATES) - (ASKING - {"PA"})


@pytest.mark.parametrize("term", STATE_PERMIT.offered, ids=lambda term: term.slug)
def test_each_permit_opens_its_state_and_no_other(term: Term) -> None:
    without = taken(certificate_type="waiver")
    with_it = taken(certificate_type="waiver", state_permits=(term.slug,))
    assert with_it - without == {term.group}


def test_all_permits_open_every_state_and_territory() -> None:
    assert taken(state_permits=STATE_PERMIT.slugs) == set(US_STATES)


@pytest.mark.parametrize(
    ("certificate", "open_"),
    [
        ("accreditation", True),
        ("compliance", True),
        ("registration", True),
        ("waiver", False),
        ("ppm", False),
        ("", False),
    ],
)
def test_a_federal_certificate_is_enough_for_pennsylvania(certificate: str, open_: bool) -> None:
    assert ("PA" in taken(certificate_type=certificate)) is open_


@pytest.mark.parametrize("state", sorted(ASKING))
def test_a_laboratory_needs_no_second_permit_for_its_own_state(state: str) -> None:
    assert state in taken(state=state, certificate_type="")


def test_a_laboratory_that_takes_from_its_state_takes_from_there_alone() -> None:
    assert taken("yes_in_state", state="GA", state_permits=STATE_PERMIT.slugs) == {"GA"}
    assert taken("yes_in_state", state="XX") == set()


@pytest.mark.parametrize("accepts", ["in_system_only", "no", ""])
def test_one_that_takes_none_from_outside_takes_from_no_state(accepts: str) -> None:
    assert taken(accepts, state_permits=STATE_PERMIT.slugs) == set()


def test_an_unknown_permit_opens_nothing() -> None:
    assert taken(state_permits=("moon_base", "NY")) == taken()
