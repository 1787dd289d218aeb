"""What differs between two profiles as people would tell it."""

from dataclasses import replace

from hypothesis import given

from registry.domain.changes import changes, told
from registry.domain.profile import LabProfile
from tests.domain.test_merging import profiles
from tests.support.factories import a_profile, an_offering

IHC = an_offering(name="IHC")
FISH = an_offering(name="FISH", method="fish", assay="pathvysion", reflex_policy="none", order_code="F")
BASE = a_profile(offerings=(IHC, FISH))


@given(profiles)
def test_nothing_differs_from_itself(profile: LabProfile) -> None:
    assert changes(profile, profile) == ()


@given(profiles, profiles)
def test_whatever_differs_is_told(before: LabProfile, after: LabProfile) -> None:
    assert bool(changes(before, after)) == (before != after)


def test_a_test_that_moved_is_told_by_its_order_and_its_own_fields() -> None:
    after = replace(BASE, city="Macon", offerings=(FISH, replace(IHC, tat_max=9)))
    assert told(BASE, after) == [
        ["city", "Atlanta", "Macon"],
        ["offerings.1.tat_max", 5, 9],
        ["offerings", ["IHC", "FISH"], ["FISH", "IHC"]],
    ]


def test_tests_that_came_and_went_are_told_whole() -> None:
    assert told(BASE, replace(BASE, offerings=(FISH,))) == [["offerings.0", "IHC", None]]
    panel = an_offering(name="Panel", method="ngs_tissue", assay="other", specimens=("plasma",), tat_max=20)
    assert told(BASE, replace(BASE, offerings=(IHC, panel, FISH))) == [["offerings.1", None, "Panel"]]
