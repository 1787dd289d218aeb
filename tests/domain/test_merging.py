"""Two changes of one entry: neither is lost, and only contradictions are asked about."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.merging import Merge, merge
from registry.domain.profile import MAX_OFFERINGS, LabProfile, Offering
from tests.support.factories import a_profile, an_offering

IHC = an_offering(name="IHC")
FISH = an_offering(name="FISH", method="fish", assay="pathvysion", reflex_policy="none", order_code="F")
PANEL = an_offering(name="Panel", method="ngs_tissue", assay="other", assay_name="P", tat_max=14, specimen_notes="")
BASE = a_profile(offerings=(IHC, FISH))

words = st.sampled_from(["", "a", "b", "c"])
tests = st.builds(
    Offering,
    name=words,
    method=words,
    scoring_criterion=words,
    specimens=st.sampled_from([(), ("x",), ("x", "y")]),
    tat_max=st.sampled_from([None, 1, 2]),
)
profiles = st.builds(
    LabProfile,
    name=words,
    city=words,
    accreditations=st.sampled_from([(), ("cap",)]),
    offerings=st.lists(tests, max_size=4).map(tuple),
)


@given(profiles, profiles)
def test_what_only_one_side_changed_is_taken_as_it_is(base: LabProfile, changed: LabProfile) -> None:
    assert merge(base, base, changed) == Merge(changed, ())
    assert merge(base, changed, base) == Merge(changed, ())
    assert merge(base, changed, changed) == Merge(changed, ())


@given(profiles, profiles, profiles)
def test_nothing_is_made_up_and_every_contradiction_is_told(
    base: LabProfile, live: LabProfile, mine: LabProfile
) -> None:
    found = merge(base, live, mine)
    for name in ("name", "city", "accreditations"):
        was, now, own = (getattr(side, name) for side in (base, live, mine))
        clash = now != was and own != was and now != own
        assert (name in {one.key for one in found.clashes}) == clash
        assert getattr(found.profile, name) == (now if own == was else own)
    for item in fields(Offering):
        said = {getattr(test, item.name) for side in (base, live, mine) for test in side.offerings}
        assert {getattr(test, item.name) for test in found.profile.offerings} <= said


@given(profiles, profiles, profiles)
def test_bringing_in_the_same_changes_again_changes_nothing(
    base: LabProfile, live: LabProfile, mine: LabProfile
) -> None:
    merged = merge(base, live, mine).profile
    assert merge(live, live, merged) == Merge(merged, ())


@given(profiles, profiles, profiles, st.sets(st.integers(0, 30)))
def test_every_contradiction_can_be_decided_either_way(
    base: LabProfile, live: LabProfile, mine: LabProfile, chosen: set[int]
) -> None:
    asked = merge(base, live, mine)
    theirs = {clash.key for number, clash in enumerate(asked.clashes) if number in chosen}
    answered = merge(base, live, mine, theirs=theirs)
    assert answered.clashes == asked.clashes
    for clash in asked.clashes:
        if clash.key in ("name", "city", "accreditations"):
            assert getattr(answered.profile, clash.key) == (clash.live if clash.key in theirs else clash.mine)


def test_a_field_of_each_side_and_one_that_both_changed() -> None:
    live = replace(BASE, zip="30309", phone="(404) 555-0199")
    mine = replace(BASE, city="Macon", phone="(404) 555-0111")
    found = merge(BASE, live, mine)
    assert (found.profile.zip, found.profile.city, found.profile.phone) == ("30309", "Macon", "(404) 555-0111")
    [clash] = found.clashes
    assert (clash.key, clash.live, clash.mine) == ("phone", "(404) 555-0199", "(404) 555-0111")
    assert merge(BASE, live, mine, theirs={"phone"}).profile.phone == "(404) 555-0199"


def test_tests_are_recognized_after_they_moved_and_changed() -> None:
    live = replace(BASE, offerings=(replace(IHC, tat_max=9), FISH))
    mine = replace(BASE, offerings=(FISH, replace(IHC, name="IHC, new"), PANEL))
    found = merge(BASE, live, mine)
    assert found.profile.offerings == (FISH, replace(IHC, name="IHC, new", tat_max=9), PANEL)
    assert found.clashes == ()


def test_a_test_removed_here_and_changed_there_is_asked_about() -> None:
    changed = replace(FISH, tat_max=9)
    live, mine = replace(BASE, offerings=(IHC, changed)), replace(BASE, offerings=(IHC,))
    found = merge(BASE, live, mine)
    assert found.profile.offerings == (IHC,)
    [clash] = found.clashes
    assert (clash.field, clash.test, clash.live, clash.mine) == ("", "FISH", changed, None)
    assert merge(BASE, live, mine, theirs={clash.key}).profile.offerings == (IHC, changed)

    turned = merge(BASE, mine, live)
    assert turned.profile.offerings == (IHC, changed)
    [clash] = turned.clashes
    assert (clash.live, clash.mine) == (None, changed)
    assert merge(BASE, mine, live, theirs={clash.key}).profile.offerings == (IHC,)


@pytest.mark.parametrize("both", [True, False], ids=["added by both", "added by one"])
def test_a_new_test_is_there_once(both: bool) -> None:
    live = replace(BASE, offerings=(IHC, PANEL, FISH))
    mine = replace(BASE, offerings=(IHC, FISH, PANEL) if both else (FISH, IHC))
    found = merge(BASE, live, mine)
    assert sorted(test.name for test in found.profile.offerings) == ["FISH", "IHC", "Panel"]
    assert found.clashes == ()


def test_there_are_never_more_tests_than_there_may_be() -> None:
    full = replace(BASE, offerings=tuple(an_offering(name=f"Test {number}") for number in range(MAX_OFFERINGS - 1)))
    live = replace(full, offerings=(PANEL, *full.offerings))
    mine = replace(full, offerings=(*full.offerings, FISH))
    assert merge(full, live, mine).profile.offerings == mine.offerings
