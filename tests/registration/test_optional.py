"""What a laboratory may say and need not: it costs nothing to leave out, and nothing of it is lost."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from tests.registration.walk import LABORATORY, TEST, fill_in, fill_in_all, only, send
from tests.support.client import PageClient, page_of
from tests.support.pages import Page

PERMITS: dict[str, Any] = {"state_permits": ["ny_clep", "md_ohcq"], "accreditations": ["cap", "iso_15189"]}
MORE: dict[str, Any] = {
    "slides_min": "5",
    "tumor_content_min_pct": "20",
    "path_report_required": "yes",
    "transport_temp": "cool_pack",
    "service_level": "technical_only",
    "cpt_codes": "88360 0242u,88360",
}
NEW_OF_LABORATORY = ("accreditations", "state_permits")
NEW_OF_TEST = (
    "slides_min",
    "tumor_content_min_pct",
    "path_report_required",
    "transport_temp",
    "service_level",
    "cpt_codes",
)


def chosen(page: Page, name: str) -> list[str]:
    """The boxes or buttons of *name* that stand chosen."""
    return [control["value"] for control in page.all("input", name=name) if "checked" in control.attributes]


def selected(page: Page, name: str) -> str:
    """The value of the list *name*."""
    options = [one for one in page.one("select", id=name).all("option") if "selected" in one.attributes]
    return options[0]["value"] if options else ""


def fact(page: Page, label: str) -> str:
    """What the last look says beside *label*; the first where several tests have it."""
    return next(row.one("dd").text for row in page.main.all("div") if row.all("dt") and row.one("dt").text == label)


def opened(page: Page) -> list[bool]:
    """Which of the page's closed parts stand open, in order."""
    return ["open" in part.attributes for part in page.main.all("details", class_="more")]


def test_nothing_of_it_is_needed(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    profile = only(session).profile
    assert (profile.accreditations, profile.state_permits) == ((), ())
    offering = profile.offerings[0]
    assert [getattr(offering, name) for name in NEW_OF_TEST] == [None, None, "", "", "", ()]
    shown = client.load("/join/check").main.text
    for label in ("Accreditations", "State permits", "Unstained slides", "Transport", "Service level", "CPT codes"):
        assert label not in shown
    assert send(client).request.path == "/join/sent"


def test_what_is_said_is_kept_and_shown_in_words(client: PageClient, session: Session) -> None:
    fill_in_all(client, laboratory=PERMITS, test_1=MORE)
    profile = only(session).profile
    assert profile.accreditations == ("cap", "iso_15189")
    assert profile.state_permits == ("ny_clep", "md_ohcq")
    offering = profile.offerings[0]
    assert [getattr(offering, name) for name in NEW_OF_TEST] == [
        5,
        20,
        "yes",
        "cool_pack",
        "technical_only",
        ("88360", "0242U"),
    ]
    check = client.load("/join/check")
    assert fact(check, "Accreditations") == "College of American Pathologists (CAP); ISO 15189"
    assert fact(check, "State permits") == "New York (CLEP permit); Maryland (OHCQ license)"
    assert fact(check, "Unstained slides, at least") == "5"
    assert fact(check, "Tumor percentage, at least") == "20"
    assert fact(check, "Pathology report needed") == "Yes"
    assert fact(check, "Transport temperature") == "With a cool pack"
    assert fact(check, "Service level") == "Technical part only"
    assert fact(check, "CPT codes") == "88360, 0242U"


def test_what_was_said_stands_in_the_form_again_and_can_be_taken_back(client: PageClient, session: Session) -> None:
    fill_in_all(client, laboratory=PERMITS, test_1=MORE)
    laboratory, test = client.load("/join/laboratory"), client.load("/join/test-1")
    assert {name: chosen(laboratory, name) for name in NEW_OF_LABORATORY} == PERMITS
    assert test.one("input", id="slides_min")["value"] == "5"
    assert test.one("input", id="tumor_content_min_pct")["value"] == "20"
    assert test.one("input", id="cpt_codes")["value"] == "88360, 0242U"
    assert (selected(test, "path_report_required"), selected(test, "transport_temp")) == ("yes", "cool_pack")
    assert chosen(test, "service_level") == ["technical_only"]
    fill_in(client, "laboratory", state_permits=[], accreditations=[])
    fill_in(client, "test-1", **dict.fromkeys(NEW_OF_TEST, ""))
    profile = only(session).profile
    assert [getattr(profile, name) for name in NEW_OF_LABORATORY] == [(), ()]
    assert [getattr(profile.offerings[0], name) for name in NEW_OF_TEST] == [None, None, "", "", "", ()]


def test_nothing_typed_is_lost_when_something_is_wrong(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    fill_in(client, "laboratory", **PERMITS, zip="3030")
    fill_in(client, "test-1", **{**MORE, "slides_min": "a few", "cpt_codes": "88360, HER2"})
    laboratory, test = client.load("/join/laboratory"), client.load("/join/test-1")
    assert {name: chosen(laboratory, name) for name in NEW_OF_LABORATORY} == PERMITS
    assert set(test.errors()) == {"slides_min", "cpt_codes"}
    assert "“HER2”" in test.errors()["cpt_codes"]
    assert test.one("input", id="slides_min")["value"] == "a few"
    assert test.one("input", id="cpt_codes")["value"] == "88360, HER2"
    assert selected(test, "transport_temp") == "cool_pack"
    assert chosen(test, "service_level") == ["technical_only"]


def test_further_questions_are_closed_until_they_are_answered_or_wrong(client: PageClient) -> None:
    fill_in(client, "you")
    assert opened(client.load("/join/laboratory")) == [False, False]
    assert opened(client.load("/join/test-1")) == [False, False]
    assert opened(page_of(fill_in(client, "test-1", slides_min="a few"))) == [True, False]
    fill_in(client, "test-1", slides_min="", cpt_codes="88360")
    assert opened(client.load("/join/test-1")) == [False, True]
    fill_in(client, "laboratory", accreditations=["cap"])
    assert opened(client.load("/join/laboratory")) == [True, False]


@pytest.mark.parametrize("finished", [True, False])
def test_a_draft_of_before_these_questions_opens_and_can_be_sent(
    client: PageClient, session: Session, finished: bool
) -> None:
    fill_in_all(client)
    if not finished:
        fill_in(client, "laboratory", zip="3030")
        fill_in(client, "test-1", tat_max="soon")
    draft = only(session)
    draft.proposed = _of_before(draft.proposed)
    draft.unfinished = {
        step: {name: value for name, value in typed.items() if name not in NEW_OF_LABORATORY + NEW_OF_TEST}
        for step, typed in draft.unfinished.items()
    }
    session.commit()
    for step in ("laboratory", "test-1", "check"):
        client.load(f"/join/{step}")
    if not finished:
        fill_in(client, "laboratory", zip=LABORATORY["zip"])
        fill_in(client, "test-1", tat_max=TEST["tat_max"])
    assert send(client).request.path == "/join/sent"


def _of_before(profile: dict[str, Any]) -> dict[str, Any]:
    assert LabProfile.from_dict(profile).offerings
    kept = {name: value for name, value in profile.items() if name not in NEW_OF_LABORATORY}
    tests = [
        {name: value for name, value in offering.items() if name not in NEW_OF_TEST} for offering in kept["offerings"]
    ]
    return {**kept, "offerings": tests}
