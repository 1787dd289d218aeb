"""A profile is stored, compared and recognised again."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.profile import LabProfile, Offering, diff
from tests.support.factories import a_profile, an_offering


def test_a_profile_survives_storage() -> None:
    profile = a_profile(offerings=(an_offering(), an_offering(name="فحص HER2", specimens=("plasma",))))
    assert LabProfile.from_dict(profile.to_dict()) == profile


def test_what_is_optional_survives_storage_as_plain_json() -> None:
    offering = an_offering(
        slides_min=5,
        tumor_content_min_pct=20,
        path_report_required="no",
        transport_temp="ambient",
        service_level="global",
        cpt_codes=("88360", "0242U"),
    )
    profile = a_profile(accreditations=("cap",), state_permits=("ny_clep", "ri_health"), offerings=(offering,))
    stored = json.loads(json.dumps(profile.to_dict()))
    assert stored == profile.to_dict()
    assert LabProfile.from_dict(stored) == profile


def test_a_profile_of_older_code_has_nothing_stated() -> None:
    profile = a_profile()
    data = profile.to_dict()
    for name in ("accreditations", "state_permits"):
        del data[name]
    for name in (
        "slides_min",
        "tumor_content_min_pct",
        "path_report_required",
        "transport_temp",
        "service_level",
        "cpt_codes",
    ):
        del data["offerings"][0][name]
    assert LabProfile.from_dict(data) == profile
    assert diff(LabProfile.from_dict(data), profile) == ()


def test_keys_of_newer_code_are_dropped() -> None:
    data = a_profile().to_dict()
    data["rating"] = 5
    data["offerings"][0]["colour"] = "blue"
    assert LabProfile.from_dict(data).to_dict().keys() == a_profile().to_dict().keys()


@given(st.sampled_from(["name", "city", "phone", "website"]), st.text(min_size=1, max_size=30))
def test_the_digest_changes_with_any_field(field: str, value: str) -> None:
    profile = a_profile(name="A", city="B", phone="C", website="D")
    changed = replace(profile, **{field: value})
    assert (changed.digest == profile.digest) == (changed == profile)


def test_diff_names_each_changed_field_in_order() -> None:
    before = a_profile(name="Old", offerings=(an_offering(tat_max=5),))
    after = replace(before, name="New", offerings=(an_offering(tat_max=7), an_offering(name="Second")))
    changes = diff(before, after)
    assert [change.path for change in changes][:2] == ["name", "offerings.0.tat_max"]
    assert changes[0].before == "Old"
    assert changes[0].after == "New"
    added = {change.path: change for change in changes}["offerings.1.name"]
    assert (added.before, added.after) == (None, "Second")


def test_diff_of_equal_profiles_is_empty() -> None:
    profile = a_profile()
    assert diff(profile, replace(profile)) == ()


def test_removing_an_offering_shows_what_went() -> None:
    before = a_profile(offerings=(an_offering(name="One"), an_offering(name="Two")))
    gone = {change.path: change.before for change in diff(before, before.without_offering(1))}
    assert gone["offerings.1.name"] == "Two"


@pytest.mark.parametrize(
    ("longest", "unit", "days"),
    [
        (48, "hours", 2),
        (49, "hours", 3),
        (5, "calendar_days", 5),
        (1, "business_days", 3),
        (5, "business_days", 7),
        (6, "business_days", 10),
        (10, "business_days", 14),
        (5, "days_unspecified", 7),
        (None, "calendar_days", None),
        (3, "", None),
    ],
)
def test_turnaround_in_calendar_days_is_never_too_short(longest: int | None, unit: str, days: int | None) -> None:
    assert Offering(tat_max=longest, tat_unit=unit).calendar_days == days
