"""The invented laboratories: plausible in every field, and none of them could be taken for a real one."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from flask import Flask

from registry.domain import vocabulary
from registry.domain.geometry import METRES_PER_MILE, Point, earth_centred
from registry.domain.profile import LabProfile
from registry.domain.states import US_STATES
from registry.domain.text import slugify, unwelcome_character
from registry.domain.workflow import State
from registry.moderation.checks import all_checks
from registry.moderation.findings import Facts, Outcome, SameNumber
from registry.places.gazetteer import gazetteer
from registry.places.geocoding import locate
from registry.registration.forms import ContactForm, LaboratoryForm
from registry.registration.offering_form import OfferingForm
from registry.registration.step_form import StepForm
from seed_data.make_demo import LABS_FILE, SUBMISSIONS_FILE, rendered

LABS: list[dict[str, Any]] = json.loads(LABS_FILE.read_text(encoding="utf-8"))["labs"]
WAITING: list[dict[str, Any]] = json.loads(SUBMISSIONS_FILE.read_text(encoding="utf-8"))["submissions"]
PROFILES = [LabProfile.from_dict(entry["profile"]) for entry in LABS]
PROPOSED = [LabProfile.from_dict(entry["profile"]) for entry in WAITING]
OFFERINGS = [offering for profile in PROFILES for offering in profile.offerings]
CODED = {
    "method": vocabulary.TEST_METHOD,
    "assay": vocabulary.ASSAY,
    "scoring_criterion": vocabulary.SCORING_CRITERION,
    "reflex_policy": vocabulary.REFLEX_POLICY,
    "tat_unit": vocabulary.TAT_UNIT,
    "tat_clock_start": vocabulary.TAT_CLOCK_START,
    "regulatory_status": vocabulary.REGULATORY_STATUS,
    "accepts_outside_specimens": vocabulary.ACCEPTS_OUTSIDE,
}
_OF_ISH = {"none", "not_applicable", "both_always", "ish_to_ihc"}
REFLEXES = {
    "ihc": {
        "ihc_2plus_to_ish_auto",
        "ihc_2plus_to_ish_on_request",
        "ihc_2plus_send_out",
        "both_always",
        "none",
    },
    **dict.fromkeys(vocabulary.METHODS_OF_GROUP["ish"], _OF_ISH),
    "ngs_tissue": {"ngs_positive_to_ihc", "none"},
    "ngs_ctdna": {"not_applicable"},
    "rt_pcr": {"none"},
}
INVENTED_STREET = re.compile(
    "(Example|Sample|Demonstration|Placeholder|Fictional|Pretend|Nowhere|Make-Believe|Invented|Specimen|Waiting Room) "
)
TERRITORIES = {"AS", "GU", "MP", "PR", "VI"}


def test_the_committed_files_are_what_the_script_makes() -> None:
    for path, text in rendered().items():
        assert path.read_text(encoding="utf-8") == text, f"run `python -m seed_data.make_demo` for {path.name}"


def test_there_are_many_laboratories_in_every_state_and_territory() -> None:
    count = Counter(profile.state for profile in PROFILES)

    assert len(PROFILES) >= 260
    assert set(count) == set(US_STATES)
    assert [state for state in set(US_STATES) - TERRITORIES if count[state] < 2] == []
    assert {state for state, _ in count.most_common(4)} == {"CA", "TX", "FL", "NY"}


def test_nearly_everybody_has_a_laboratory_within_300_miles() -> None:
    labs = np.array([_xyz(*_coordinates(profile.zip)) for profile in PROFILES])
    entries = [entry for code in gazetteer().zips() if (entry := gazetteer().zip(code)) and entry.lat is not None]
    points = np.array([_xyz(entry.lat or 0.0, entry.lon or 0.0) for entry in entries])
    nearest = np.concatenate(
        [
            np.sqrt(((part[:, None, :] - labs[None, :, :]) ** 2).sum(axis=2).min(axis=1))
            for part in np.array_split(points, 40)
        ]
    )

    assert float((nearest <= 300 * METRES_PER_MILE).mean()) >= 0.95


def test_every_zip_belongs_to_the_city_and_state_beside_it() -> None:
    wrong = [
        (profile.name, profile.zip)
        for profile in PROFILES
        if not gazetteer().zip_agrees(profile.zip, profile.city, profile.state)
    ]

    assert wrong == []


def test_names_and_addresses_in_the_directory_are_unique() -> None:
    names = [profile.name for profile in PROFILES + PROPOSED]

    assert len(set(names)) == len(names)
    assert len({slugify(name) for name in names}) == len(names)
    assert all(unwelcome_character(name) is None for name in names)


def test_names_are_as_different_as_real_ones_are() -> None:
    names = [profile.name for profile in PROFILES]

    assert sum(100 < len(name) <= 120 for name in names) >= 3
    assert max(map(len, names)) <= 120
    assert sum(not name.isascii() for name in names) >= 10
    assert any("Laboratorio" in profile.name for profile in PROFILES if profile.state == "PR")


def test_clia_numbers_cannot_be_real_and_are_unique() -> None:
    numbers = [profile.clia_number for profile in PROFILES if profile.clia_number]

    assert [number for number in numbers if not re.fullmatch(r"00D[0-9]{7}", number)] == []
    assert len(set(numbers)) == len(numbers)
    assert [
        profile.name for profile in PROFILES if bool(profile.clia_number) == bool(profile.clia_absence_reason)
    ] == []


def test_phones_hosts_and_streets_are_kept_for_examples() -> None:
    for profile in PROFILES + PROPOSED:
        hosts = [urlsplit(url).hostname or "" for url in _urls(profile)]
        hosts.append(profile.public_email.rpartition("@")[2])

        assert re.fullmatch(r"\([2-9][0-9]{2}\) 555-01[0-9]{2}", profile.phone), profile.name
        assert [host for host in hosts if not re.search(r"\.example\.(com|net|org)$", host)] == []
        assert INVENTED_STREET.search(profile.address_line1), profile.address_line1


def test_coded_fields_hold_terms_that_forms_offer() -> None:
    for profile in PROFILES + PROPOSED:
        assert 1 <= len(profile.offerings) <= 4
        assert profile.lab_kind in vocabulary.LAB_KIND
        assert profile.certificate_type in {"", *vocabulary.CLIA_CERTIFICATE_TYPE.slugs}
        for offering in profile.offerings:
            for name, terms in CODED.items():
                value = getattr(offering, name)
                assert value in {term.slug for term in terms.offered}, f"{profile.name}: {name}={value!r}"
            assert set(offering.specimens) <= set(vocabulary.SPECIMEN_TYPE.slugs)


def test_the_fields_of_a_test_agree_with_each_other() -> None:
    for offering in OFFERINGS:
        sequencing = offering.method in vocabulary.METHODS_OF_GROUP["ngs"]
        blood = {vocabulary.SPECIMEN_TYPE[slug].group for slug in offering.specimens} == {"blood"}

        assert vocabulary.ASSAY[offering.assay].group in {"", offering.method}
        assert bool(offering.reports_copy_number) is sequencing
        assert blood is (offering.method == "ngs_ctdna")
        assert offering.reflex_policy in REFLEXES[offering.method]
        # Published: IHC within five days, ISH within seven, panels within ten; five business days are a week.
        assert offering.calendar_days is not None
        assert offering.calendar_days <= (14 if sequencing else 7 if offering.method == "ihc" else 11)


def test_reflex_to_in_situ_hybridization_follows_from_what_the_laboratory_has() -> None:
    for profile in PROFILES:
        methods = {offering.method for offering in profile.offerings}
        has_ish = bool(methods & set(vocabulary.METHODS_OF_GROUP["ish"]))
        for offering in profile.offerings:
            if offering.reflex_policy in {
                "ihc_2plus_to_ish_auto",
                "ihc_2plus_to_ish_on_request",
                "both_always",
            }:
                assert has_ish, profile.name
            if offering.reflex_policy == "ihc_2plus_send_out":
                assert not has_ish, profile.name


def test_methods_criteria_and_acceptance_are_mixed_as_in_practice() -> None:
    ihc = [offering.scoring_criterion for offering in OFFERINGS if offering.method == "ihc"]
    shares = {slug: ihc.count(slug) / len(ihc) for slug in set(ihc)}
    methods = Counter(offering.method for offering in OFFERINGS)
    widest = Counter(profile.offerings[0].accepts_outside_specimens for profile in PROFILES)

    assert shares["gea_cap_ascp_asco_2016"] == pytest.approx(0.49, abs=0.05)
    assert shares["heracles"] == pytest.approx(0.30, abs=0.05)
    assert shares["asco_cap_breast"] == pytest.approx(0.16, abs=0.05)
    assert methods.most_common(1)[0][0] == "ihc"
    assert set(methods) == set(vocabulary.TEST_METHOD.slugs) - {"other"}
    assert {slug: count / len(PROFILES) for slug, count in widest.items()} == pytest.approx(
        {"yes": 0.55, "yes_in_state": 0.12, "in_system_only": 0.18, "no": 0.15}, abs=0.03
    )
    assert {offering.tat_unit for offering in OFFERINGS} == set(vocabulary.TAT_UNIT.slugs)
    assert len({offering.tat_clock_start for offering in OFFERINGS}) == 5


def test_most_are_confirmed_within_the_year_and_some_are_overdue() -> None:
    days = [entry["confirmed_days_ago"] for entry in LABS]

    assert 1 <= sum(day > 365 for day in days) <= len(days) // 10
    # Six months after the year a listing is hidden, which these are not.
    assert all(0 <= day < 540 for day in days)
    assert all(entry["listed_days_ago"] >= entry["confirmed_days_ago"] for entry in LABS)
    assert Counter(entry["verification"] for entry in LABS).most_common(1)[0][0] == "email_verified"


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_each_could_have_been_registered_through_the_forms(app: Flask) -> None:
    errors: dict[str, Any] = {}
    with app.test_request_context():
        for profile in PROFILES + PROPOSED:
            forms: list[StepForm] = [
                LaboratoryForm.showing(_typed(asdict(profile)), csrf=False),
                ContactForm.showing(_typed(asdict(profile)), csrf=False),
                *(OfferingForm.showing(_typed(asdict(offering)), csrf=False) for offering in profile.offerings),
            ]
            errors |= {f"{profile.name} {type(form).__name__}": form.errors for form in forms if not form.check()}
            written = ContactForm.write(forms[1], LaboratoryForm.write(forms[0], LabProfile()))
            assert replace(written, offerings=tuple(form.offering() for form in forms[2:])) == profile

    assert errors == {}


def test_the_queue_shows_a_moderator_plain_ones_and_each_thing_to_notice() -> None:
    numbers = {profile.clia_number: profile for profile in PROFILES if profile.clia_number}
    noticed = [_noticed(*each, numbers) for each in zip(WAITING, PROPOSED, strict=True)]

    assert sorted(names for names in noticed if names) == [
        ["Address and ZIP code"],
        ["CLIA number", "Certificate"],
        ["Certificate"],
        ["Letters of the name"],
        ["Other entries with this CLIA number"],
    ]
    assert max(len(profile.name) for profile in PROPOSED) > 150
    assert Counter(entry["state"] for entry in WAITING) == {
        State.SUBMITTED: len(WAITING) - 2,
        State.IN_REVIEW: 1,
        State.CHANGES_REQUESTED: 1,
    }


def _xyz(lat: float, lon: float) -> tuple[float, float, float]:
    return earth_centred(Point(lat, lon))


def _coordinates(code: str) -> tuple[float, float]:
    place = locate(code)
    return place.lat, place.lon


def _urls(profile: LabProfile) -> list[str]:
    urls = [profile.website, *(offering.catalogue_url for offering in profile.offerings)]
    return [url for url in urls if url]


def _typed(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    said = {name: value for name, value in fields.items() if value not in ("", None)}
    # Several codes are typed into one line.
    said["cpt_codes"] = " ".join(said.get("cpt_codes", ()))
    return {
        name: [str(item) for item in (value if isinstance(value, tuple) else (value,))] for name, value in said.items()
    }


def _noticed(entry: Mapping[str, Any], profile: LabProfile, numbers: Mapping[str, LabProfile]) -> list[str]:
    """The names of the moderator's checks that want a look at this registration."""
    place = gazetteer().zip(profile.zip)
    same = numbers.get(profile.clia_number)
    facts = Facts(
        profile=profile,
        contact_email=entry["contact_email"],
        demonstration=True,
        zip_label=place.label if place else None,
        zip_agrees=gazetteer().zip_agrees(profile.zip, profile.city, profile.state),
        zip_located=place is not None and place.lat is not None,
        same_number=(SameNumber(1, same.name, "published", slugify(same.name)),) if same else (),
    )
    return [check.name for check in all_checks(facts) if check.outcome is not Outcome.OK]
