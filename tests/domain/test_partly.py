"""A part of a change: what was accepted is there, what was not is as it was, and nothing else."""

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.changes import changes
from registry.domain.partly import corrected, partial, unit_of, units, value_at
from registry.domain.profile import LabProfile, Offering

TURNAROUND = ("tat_min", "tat_max", "tat_unit", "tat_clock_start")

a_test = st.builds(
    Offering,
    name=st.sampled_from(["IHC", "FISH", "Panel", "Dual ISH"]),
    method=st.sampled_from(["ihc", "fish"]),
    assay=st.sampled_from(["ventana_4b5", "pathvysion", ""]),
    scoring_criterion=st.sampled_from(["heracles", "other"]),
    specimens=st.sampled_from([("ffpe_block",), ("unstained_slides",)]),
    tat_min=st.sampled_from([1, 3]),
    tat_max=st.sampled_from([5, 9]),
    tat_unit=st.sampled_from(["hours", "business_days"]),
    tat_clock_start=st.sampled_from(["specimen_receipt", "order"]),
    order_code=st.sampled_from(["", "A", "B"]),
)
a_profile = st.builds(
    LabProfile,
    name=st.sampled_from(["One", "Two"]),
    city=st.sampled_from(["Macon", "Atlanta"]),
    phone=st.sampled_from(["1", "2"]),
    accreditations=st.sampled_from([(), ("cap",)]),
    offerings=st.lists(a_test, max_size=5).map(tuple),
)
a_change = st.tuples(a_profile, a_profile)


@given(a_change)
def test_all_accepted_is_what_was_asked_for(pair: tuple[LabProfile, LabProfile]) -> None:
    before, after = pair
    assert partial(before, after, units(before, after)) == after
    assert partial(before, after, [change.path for change in changes(before, after)]) == after


@given(a_change)
def test_nothing_accepted_is_what_stood_before(pair: tuple[LabProfile, LabProfile]) -> None:
    before, after = pair
    assert partial(before, after, ()) == before


@settings(max_examples=300)
@given(a_change, st.data())
def test_every_field_is_of_one_side_and_each_test_of_one_of_theirs(
    pair: tuple[LabProfile, LabProfile], data: st.DataObject
) -> None:
    before, after = pair
    possible = units(before, after)
    accepted = data.draw(st.sets(st.sampled_from(possible))) if possible else set()
    result = partial(before, after, accepted)
    for item in fields(LabProfile):
        if item.name != "offerings":
            source = after if item.name in accepted else before
            assert getattr(result, item.name) == getattr(source, item.name)
    either = [*before.offerings, *after.offerings]
    for test in result.offerings:
        turnarounds = {tuple(getattr(one, name) for name in TURNAROUND) for one in either}
        assert tuple(getattr(test, name) for name in TURNAROUND) in turnarounds
        assert (test.method, test.assay) in {(one.method, one.assay) for one in either}


@given(a_change)
def test_a_field_alone_leaves_the_tests_alone(pair: tuple[LabProfile, LabProfile]) -> None:
    before, after = pair
    result = partial(before, after, ["phone"])
    assert result == replace(before, phone=after.phone)


IHC = Offering(name="IHC", method="ihc", tat_min=1, tat_max=2, tat_unit="business_days")
FISH = Offering(name="FISH", method="fish", assay="pathvysion", tat_min=3, tat_max=4, tat_unit="business_days")
PANEL = Offering(name="Tissue panel", method="ngs_tissue", assay="other", assay_name="Invented 500", tat_unit="hours")
LISTED = LabProfile(name="Invented", offerings=(IHC, FISH))


def test_a_new_test_comes_without_the_others_changes() -> None:
    after = replace(LISTED, offerings=(PANEL, replace(IHC, tat_max=9), FISH))
    assert units(LISTED, after) == ("offerings.0", "offerings.1.tat_min")
    assert partial(LISTED, after, ["offerings.0"]).offerings == (PANEL, IHC, FISH)
    assert partial(LISTED, after, ["offerings.1.tat_max"]).offerings == (replace(IHC, tat_max=9), FISH)


def test_a_test_stays_whose_end_is_sent_back() -> None:
    after = replace(LISTED, phone="2", offerings=(FISH,))
    assert partial(LISTED, after, ["phone"]) == replace(LISTED, phone="2")
    assert partial(LISTED, after, ["offerings.0"]).offerings == (FISH,)


def test_the_order_is_taken_over_alone() -> None:
    after = replace(LISTED, offerings=(replace(FISH, order_code="F"), IHC))
    assert partial(LISTED, after, ["offerings"]).offerings == (FISH, IHC)
    assert partial(LISTED, after, ["offerings.0.order_code"]).offerings == (IHC, replace(FISH, order_code="F"))


def test_a_test_in_the_place_of_another_one_is_one_choice() -> None:
    after = replace(LISTED, offerings=(IHC, PANEL))
    assert units(LISTED, after) == ("offerings.1",)
    assert partial(LISTED, after, ["offerings.1"]) == after


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("phone", "phone"),
        ("offerings", "offerings"),
        ("offerings.3", "offerings.3"),
        ("offerings.3.tat_clock_start", "offerings.3.tat_min"),
        ("offerings.3.assay", "offerings.3.method"),
        ("offerings.3.order_code", "offerings.3.order_code"),
    ],
)
def test_what_goes_together(path: str, unit: str) -> None:
    assert unit_of(path) == unit


def test_corrections_touch_their_fields_alone() -> None:
    result = corrected(LISTED, {"city": "Macon", "offerings.1.name": "HER2 FISH"})
    assert result == replace(LISTED, city="Macon", offerings=(IHC, replace(FISH, name="HER2 FISH")))
    assert value_at(result, "offerings.1.name") == "HER2 FISH"
    for nowhere in ("offerings.2.name", "offerings.0.nothing", "state_of_mind", "offerings"):
        with pytest.raises(KeyError):
            corrected(LISTED, {nowhere: "x"})
        with pytest.raises(KeyError):
            value_at(LISTED, nowhere)
