"""A moderator reads every field of a submission in words, and what changed in it."""

from collections.abc import Callable
from dataclasses import fields

import pytest
from sqlalchemy.orm import Session

from registry.domain.labels import FIELD_LABELS, OFFERING_LABELS
from registry.domain.profile import LabProfile, Offering
from tests.support.client import PageClient
from tests.support.factories import a_profile, a_submission, an_offering
from tests.support.moderated import changed_rows
from tests.support.pages import Page

FULL = a_profile(
    accreditations=("cap", "iso_15189"),
    state_permits=("ny_clep", "pa_bol"),
    offerings=(
        an_offering(
            slides_min=5,
            tumor_content_min_pct=20,
            path_report_required="yes",
            transport_temp="ambient",
            service_level="professional_only",
            cpt_codes=("88360", "0242U"),
        ),
    ),
)
OF_LABORATORY = {
    "Accreditations": "College of American Pathologists (CAP), ISO 15189",
    "State permits": "New York (CLEP permit), Pennsylvania (BOL permit)",
}
OF_TEST = {
    "Unstained slides, at least": "5",
    "Tumor percentage, at least": "20",
    "Pathology report needed": "Yes",
    "Transport temperature": "Room temperature",
    "Service level": "Reading only",
    "CPT codes": "88360, 0242U",
}

Staff = Callable[[str], PageClient]


def test_every_field_has_a_label() -> None:
    assert {field.name for field in fields(LabProfile)} - {"offerings"} == set(FIELD_LABELS)
    assert {field.name for field in fields(Offering)} == set(OFFERING_LABELS)


def test_what_is_optional_is_shown_in_words(staff: Staff, session: Session) -> None:
    waiting = a_submission(session, FULL)
    stated, _unstated = _fields(staff("moderator").load(f"/staff/submissions/{waiting.id}"))
    assert OF_LABORATORY.items() <= stated.items()
    assert OF_TEST.items() <= stated.items()


def test_what_is_not_stated_takes_no_room(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    stated, unstated = _fields(staff("moderator").load(f"/staff/submissions/{waiting.id}"))
    optional = {*OF_LABORATORY, *OF_TEST}
    assert optional & set(stated) == set()
    assert optional <= unstated


@pytest.mark.parametrize("stored_before", [True, False])
def test_a_change_of_it_is_shown_before_and_after(staff: Staff, session: Session, stored_before: bool) -> None:
    bare = a_profile()
    older = a_submission(session, bare, state="superseded")
    if stored_before:
        older.proposed = {key: value for key, value in older.proposed.items() if key not in {"accreditations"}}
    proposed = LabProfile.from_dict({**FULL.to_dict(), "clia_number": bare.clia_number, "name": bare.name})
    waiting = a_submission(session, proposed, revises_id=older.id)
    page = staff("moderator").load(f"/staff/submissions/{waiting.id}")
    found = {label: (before, after.replace(", ", " ")) for label, before, after in changed_rows(page, "What changed")}
    wanted = {f"The laboratory: {label}": value for label, value in OF_LABORATORY.items()}
    wanted |= {f"Test 1: {label}": value for label, value in OF_TEST.items()}
    assert {label: found[label] for label in wanted} == {
        label: ("not stated", value.replace(", ", " ")) for label, value in wanted.items()
    }


def _fields(page: Page) -> tuple[dict[str, str], set[str]]:
    """The fields of the profile on the page that say something, with their values, and the names of the others."""
    stated, unstated = {}, set()
    for row in page.main.one("section", aria_labelledby="proposed").all("div"):
        if row.parent is None or row.parent.tag != "dl":
            continue
        name = row.one("dt").text
        if row.parent.parent is not None and row.parent.parent.tag == "details":
            unstated.add(name)
        else:
            stated[name] = row.all("dd")[0].text
    return stated, unstated
