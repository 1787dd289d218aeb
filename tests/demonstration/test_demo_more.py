"""What the invented laboratories say beyond what is asked: mixed as in practice, and agreeing with the rest."""

import random
import re
from dataclasses import fields, replace

from registry.domain import vocabulary
from registry.domain.profile import LabProfile, Offering
from registry.domain.vocabulary import CERTIFICATES_FOR_HER2, METHODS_OF_GROUP
from seed_data.demo_more import with_more
from tests.demonstration.test_demo_data import OFFERINGS, PROFILES, PROPOSED
from tests.support.factories import a_profile

ISH = METHODS_OF_GROUP["ish"]
CODES = {
    "ihc": {"88360", "88361"},
    **{method: {"88368", "88374", "88377"} for method in ISH},
    "ngs_tissue": {"81457", "81458", "81459"},
    "ngs_ctdna": {"81462", "81463", "81464"},
    "rt_pcr": set(),
}
"""Codes seen in catalogues of laboratories for such tests."""

MORE = {"accreditations", "state_permits"}
MORE_OF_TEST = {
    "slides_min",
    "tumor_content_min_pct",
    "path_report_required",
    "transport_temp",
    "service_level",
    "cpt_codes",
}


def _bare(profile: LabProfile) -> LabProfile:
    """*profile* without what it need not say."""
    offerings = tuple(
        replace(offering, **{name: getattr(Offering(), name) for name in MORE_OF_TEST})
        for offering in profile.offerings
    )
    return replace(profile, accreditations=(), state_permits=(), offerings=offerings)


def _says(profile: LabProfile) -> bool:
    return profile != _bare(profile)


def test_terms_are_those_that_forms_offer() -> None:
    coded = {
        "path_report_required": vocabulary.YES_NO,
        "transport_temp": vocabulary.TRANSPORT_TEMPERATURE,
        "service_level": vocabulary.SERVICE_LEVEL,
    }
    for profile in PROFILES + PROPOSED:
        assert set(profile.accreditations) <= set(vocabulary.ACCREDITATION.slugs)
        assert set(profile.state_permits) <= set(vocabulary.STATE_PERMIT.slugs)
        for offering in profile.offerings:
            for name, terms in coded.items():
                assert getattr(offering, name) in {"", *terms.slugs}


def test_six_in_ten_are_accredited_by_pathologists_and_some_say_nothing() -> None:
    share = sum("cap" in profile.accreditations for profile in PROFILES) / len(PROFILES)
    silent = sum(not _says(profile) for profile in PROFILES) / len(PROFILES)

    assert 0.55 <= share <= 0.65
    assert 0.05 <= silent <= 0.2


def test_who_is_accredited_has_a_certificate_that_goes_with_it() -> None:
    for profile in PROFILES:
        if set(profile.accreditations) - {"iso_15189"}:
            assert profile.certificate_type in {"accreditation", ""}, profile.name


def test_permits_are_held_by_those_who_take_specimens_from_elsewhere() -> None:
    national = [
        len(profile.state_permits)
        for profile in PROFILES
        if profile.lab_kind in {"commercial_genomics", "independent_reference"}
        and profile.offerings[0].accepts_outside_specimens == "yes"
        and _says(profile)
    ]
    local = [
        profile
        for profile in PROFILES
        if all(offering.accepts_outside_specimens != "yes" for offering in profile.offerings)
    ]

    assert len(national) >= 50
    assert sum(national) / len(national) >= 3.5
    assert [profile.name for profile in local if profile.state_permits] == []
    assert {slug for profile in PROFILES for slug in profile.state_permits} == set(vocabulary.STATE_PERMIT.slugs)
    assert all(profile.certificate_type in CERTIFICATES_FOR_HER2 for profile in PROFILES if profile.state_permits)


def test_codes_fit_the_method_and_are_such_as_catalogues_print() -> None:
    for offering in OFFERINGS:
        assert set(offering.cpt_codes) <= CODES[offering.method], offering
    assert {code for offering in OFFERINGS for code in offering.cpt_codes} == set().union(*CODES.values())


def test_service_levels_are_mostly_the_whole_test_or_not_stated() -> None:
    levels = [offering.service_level for offering in OFFERINGS]

    assert sum(level in {"global", ""} for level in levels) / len(levels) >= 0.9
    assert set(levels) == {"", *vocabulary.SERVICE_LEVEL.slugs}
    for offering in OFFERINGS:
        if offering.service_level in {"technical_only", "professional_only"}:
            assert offering.method in {"ihc", *ISH}


def test_requirements_say_what_the_notes_say() -> None:
    for offering in OFFERINGS:
        notes = offering.specimen_notes
        if offering.slides_min is not None:
            assert re.search(rf"\b{offering.slides_min} (charged slides|unstained sections)", notes), notes
        if offering.tumor_content_min_pct is not None:
            assert f"At least {offering.tumor_content_min_pct}% tumor cells" in notes, notes
        if "Enclose the pathology report." in notes:
            assert offering.path_report_required != "no"
        if "room temperature" in notes:
            assert offering.transport_temp in {"", "ambient", "cool_pack"}
    assert sum(offering.slides_min is not None for offering in OFFERINGS) >= 100
    assert sum(offering.tumor_content_min_pct is not None for offering in OFFERINGS) >= 30
    assert sum(bool(offering.transport_temp) for offering in OFFERINGS) >= 100


def test_what_is_said_more_changes_nothing_else() -> None:
    assert {field.name for field in fields(LabProfile)} >= MORE
    rng = random.Random(1)
    for _ in range(50):
        profile = a_profile()
        assert _bare(with_more(rng, profile)) == profile
