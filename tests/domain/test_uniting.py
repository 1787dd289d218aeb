"""Two entries become one: what is chosen is what it says, and nothing else."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.profile import MAX_OFFERINGS, LabProfile, Offering
from registry.domain.uniting import (
    PARTS,
    Reason,
    Side,
    Standing,
    Take,
    also_known_by,
    choices,
    couples,
    differing,
    fault,
    presets,
    stated,
    suggested,
    unite,
)
from tests.support.factories import a_profile, an_offering

IHC = an_offering(name="IHC")
FISH = an_offering(name="FISH", method="fish", assay="pathvysion", reflex_policy="none", order_code="F")
PANEL = an_offering(name="Panel", method="ngs_tissue", assay="other", assay_name="P", tat_max=14, specimen_notes="")

words = st.sampled_from(["", "a", "b", "c"])
slugs = st.sampled_from([(), ("x",), ("x", "y"), ("z", "x")])
tests = st.builds(
    Offering, name=words, method=words, scoring_criterion=words, specimens=slugs, tat_max=st.sampled_from([None, 1, 2])
)
profiles = st.builds(
    LabProfile,
    name=words,
    clia_number=words,
    certificate_type=words,
    city=words,
    zip=words,
    phone=words,
    accreditations=slugs,
    state_permits=slugs,
    offerings=st.lists(tests, max_size=5).map(tuple),
)
sides = st.sampled_from(Side)


def all_of(first: LabProfile, second: LabProfile, side: Side) -> dict[str, Take]:
    """Everything as *side* has it."""
    wanted = Take(side.value)
    offered = choices(first, second)
    return {key: wanted if wanted in options else Take.NEITHER for key, options in offered.items()}


@given(profiles, profiles, sides, sides)
def test_choosing_all_of_one_entry_gives_that_entry(
    first: LabProfile, second: LabProfile, side: Side, stays: Side
) -> None:
    chosen = first if side is Side.FIRST else second
    united = unite(first, second, stays=stays, taken=all_of(first, second, side))
    told = replace(united, accreditations=(), state_permits=())
    assert told == replace(chosen, accreditations=(), state_permits=())
    assert (united.accreditations, united.state_permits) == (chosen.accreditations, chosen.state_permits)


@given(profiles, sides)
def test_an_entry_and_its_like_are_that_entry_and_leave_nothing_to_choose(profile: LabProfile, stays: Side) -> None:
    assert choices(profile, profile) == {}
    assert unite(profile, profile, stays=stays, taken={}) == profile


@given(st.data(), profiles, profiles, sides)
def test_whatever_is_chosen_nothing_is_made_up_and_what_is_chosen_is_there(
    data: st.DataObject, first: LabProfile, second: LabProfile, stays: Side
) -> None:
    offered = choices(first, second)
    taken = {key: data.draw(st.sampled_from(options)) for key, options in offered.items()}
    united = unite(first, second, stays=stays, taken=taken)
    for part in differing(first, second):
        sources = {Take.FIRST: [first], Take.SECOND: [second], Take.BOTH: [first, second]}[taken[part.name]]
        for name in part.fields:
            if part.joins:
                assert set(getattr(united, name)) == {slug for one in sources for slug in getattr(one, name)}
            else:
                assert getattr(united, name) == getattr(sources[0], name)
    wanted = []
    for couple in couples(first, second):
        take = Take.FIRST if couple.same else taken[couple.key]
        wanted += [couple.first] if take in (Take.FIRST, Take.BOTH) else []
        wanted += [couple.second] if take in (Take.SECOND, Take.BOTH) else []
    assert sorted(map(repr, united.offerings)) == sorted(map(repr, wanted))


@given(profiles, profiles, sides)
def test_what_is_chosen_beforehand_can_be_chosen_and_loses_no_test(
    first: LabProfile, second: LabProfile, stays: Side
) -> None:
    beforehand = presets(first, second, stays=stays, days={Side.FIRST: {}, Side.SECOND: {}})
    united = unite(first, second, stays=stays, taken=beforehand)
    assert len(united.offerings) == len(couples(first, second))
    kept = {Side.FIRST: first, Side.SECOND: second}[stays]
    for part in differing(first, second):
        if any(getattr(kept, name) for name in part.fields):
            assert [getattr(united, name) for name in part.fields] == [getattr(kept, name) for name in part.fields]


def test_every_field_of_a_laboratory_is_in_one_part() -> None:
    named = [name for part in PARTS for name in part.fields]
    assert sorted(named) == sorted(item.name for item in fields(LabProfile) if item.name != "offerings")


def test_of_two_tests_the_one_that_was_confirmed_later_is_chosen_beforehand() -> None:
    slower = replace(IHC, tat_max=9)
    first, second = a_profile(offerings=(IHC, FISH)), a_profile(offerings=(PANEL, slower))
    days = {
        Side.FIRST: {IHC.digest: date(2026, 1, 1), FISH.digest: date(2026, 1, 1)},
        Side.SECOND: {slower.digest: date(2026, 2, 1), PANEL.digest: date(2026, 2, 1)},
    }
    taken = presets(first, second, stays=Side.FIRST, days=days)
    assert unite(first, second, stays=Side.FIRST, taken=taken).offerings == (slower, FISH, PANEL)
    days[Side.SECOND][slower.digest] = date(2026, 1, 1)
    taken = presets(first, second, stays=Side.FIRST, days=days)
    assert unite(first, second, stays=Side.FIRST, taken=taken).offerings == (IHC, FISH, PANEL)


def test_tests_by_different_methods_are_two_tests_however_alike_they_read() -> None:
    first, second = a_profile(offerings=(IHC,)), a_profile(offerings=(replace(IHC, method="fish"),))
    assert [(one.first is None, one.second is None) for one in couples(first, second)] == [(False, True), (True, False)]


def test_both_of_a_pair_stand_side_by_side_that_of_the_entry_that_stays_first() -> None:
    slower = replace(IHC, tat_max=9)
    first, second = a_profile(offerings=(IHC, FISH)), a_profile(offerings=(slower,))
    taken = presets(first, second, stays=Side.SECOND, days={Side.FIRST: {}, Side.SECOND: {}})
    pair = next(couple for couple in couples(first, second) if couple.second is not None)
    united = unite(first, second, stays=Side.SECOND, taken={**taken, pair.key: Take.BOTH})
    assert united.offerings == (slower, IHC, FISH)


def test_an_address_is_of_one_entry_and_never_of_both() -> None:
    first = a_profile(address_line1="1 A Street", city="Atlanta", zip="30303")
    second = replace(first, address_line1="2 B Street", city="Macon", zip="31201")
    assert [part.name for part in differing(first, second)] == ["address"]
    united = unite(first, second, stays=Side.FIRST, taken={"address": Take.SECOND})
    assert united == second
    with pytest.raises(ValueError, match="address"):
        unite(first, second, stays=Side.FIRST, taken={"address": Take.BOTH})
    with pytest.raises(ValueError, match="address"):
        unite(first, second, stays=Side.FIRST, taken={})


def test_the_key_of_a_pair_stays_while_other_things_change() -> None:
    first, second = a_profile(offerings=(IHC, FISH)), a_profile(offerings=(replace(IHC, tat_max=9), FISH))
    changed = replace(first, phone="(404) 555-0199", offerings=(PANEL, IHC, FISH))
    assert {one.key for one in couples(first, second)} < {one.key for one in couples(changed, second)}
    twice = a_profile(offerings=(IHC, IHC))
    assert len({one.key for one in couples(twice, a_profile(offerings=(Offering(name="Other"),)))}) == 3


def test_numbers_and_names_that_are_not_shown_any_more_are_known_still() -> None:
    first = a_profile(name="Old", clia_number="00D0000001", npi="1", cap_number="")
    second = a_profile(name="New", clia_number="00D0000002", npi="1", cap_number="7")
    united = replace(first, name="New")
    assert also_known_by(united, first, second) == [("name", "Old"), ("clia", "00D0000002"), ("cap", "7")]


def test_no_test_and_more_than_fit_cannot_stand_on_the_list() -> None:
    assert fault(a_profile(offerings=())) == "no_test"
    assert fault(a_profile(offerings=(IHC,) * (MAX_OFFERINGS + 1))) == "too_many_tests"
    assert fault(a_profile(offerings=(IHC,) * MAX_OFFERINGS)) == ""


def test_the_entry_to_keep_is_the_one_seen_then_spoken_for_then_fuller_then_older() -> None:
    old, new = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    plain = Standing(shown=True, contacts=0, stated=20, since=new)
    assert suggested(plain, replace(plain, since=old)) == (Side.SECOND, (Reason.OLDER,))
    assert suggested(replace(plain, stated=21), replace(plain, since=old)) == (Side.FIRST, (Reason.COMPLETE,))
    spoken = replace(plain, contacts=1)
    assert suggested(replace(plain, stated=30), replace(spoken, since=old)) == (
        Side.SECOND,
        (Reason.CONTACTS, Reason.OLDER),
    )
    assert suggested(replace(spoken, shown=False), plain) == (Side.SECOND, (Reason.SHOWN,))
    assert suggested(plain, plain) == (Side.FIRST, ())
    assert stated(LabProfile(name="a", offerings=(Offering(name="b", tat_max=0),))) == 3
