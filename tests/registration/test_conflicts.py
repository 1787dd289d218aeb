"""Two tabs or two colleagues at one step: the later is told, is shown both answers, and loses nothing."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.registration import services
from registry.registration.services import Editor
from registry.web import now
from tests.registration.walk import CONTACT, LABORATORY, NEXT, TEST, YOU, fill_in, fill_in_all, only
from tests.support.client import PageClient, page_of
from tests.support.pages import Element, Page

SAVE = "Save what is chosen"
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "you": ({"contact_name": "Kim Invented"}, {"contact_name": "Ada Invented"}),
    "laboratory": ({"city": "Decatur", "zip": "30030"}, {"city": "Marietta", "zip": "30060"}),
    "test-1": ({"name": "HER2 A", "specimens": ["ffpe_block"]}, {"name": "HER2 B", "specimens": ["core_biopsy"]}),
    "contact": ({"phone": "404-555-0188"}, {"phone": "404-555-0199"}),
}


def rows(page: Page) -> dict[str, tuple[str, str]]:
    """What a page of two answers shows, by field: what is stored, and what was typed."""
    shown = {}
    for row in page.main.all("fieldset"):
        stored, typed = (label.text.partition(": ")[2] for label in row.all("label"))
        shown[row.all("input")[0]["name"].removeprefix("keep-")] = (stored, typed)
    return shown


def preset(page: Page) -> dict[str, str]:
    """Which answers are chosen already."""
    chosen: list[Element] = [box for box in page.main.all("input", type="radio") if "checked" in box.attributes]
    return {box["name"].removeprefix("keep-"): box["value"] for box in chosen}


def both(client: PageClient, step: str, first: dict[str, Any], second: dict[str, Any]) -> TestResponse:
    """Two tabs show *step*; one saves *first*, then the other *second*: what the other is answered."""
    one, other = client.load(f"/join/{step}"), client.load(f"/join/{step}")
    assert client.submit(one, button=NEXT, **first).status_code == 200
    return client.submit(other, button=NEXT, **second)


def stored(session: Session) -> str:
    """All that the draft says."""
    draft = only(session)
    return f"{draft.proposed} {draft.contact_name}"


@pytest.mark.parametrize("step", CHANGES)
def test_the_later_of_two_tabs_is_shown_both_and_chooses(client: PageClient, session: Session, step: str) -> None:
    fill_in_all(client)
    first, second = CHANGES[step]
    before = client.load(f"/join/{step}")
    assert client.submit(before, button=NEXT, **first).status_code == 200
    kept = stored(session)
    answer = client.submit(before, button=NEXT, **second)
    assert answer.status_code == 409
    assert stored(session) == kept
    page = page_of(answer)
    assert set(rows(page)) == set(second)
    assert preset(page) == {}
    assert "in another window" in page.main.text
    # Without a choice both are shown again.
    again = client.submit(page, button=SAVE)
    assert again.status_code == 409
    assert page_of(again).title.startswith("Error: ")
    assert rows(page_of(again)) == rows(page)
    assert stored(session) == kept
    done = client.submit(again, button=SAVE, **{f"keep-{name}": "typed" for name in second})
    assert done.status_code == 200
    expected = str(next(iter(second.values()))).replace("404-", "(404) ")
    assert expected in stored(session)


def test_what_is_stored_can_be_kept_and_a_part_of_both(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    answer = both(client, "contact", {"phone": "404-555-0188"}, {"phone": "404-555-0199", "contact_role": "Pathology"})
    page = page_of(answer)
    assert rows(page) == {
        "phone": ("(404) 555-0188", "404-555-0199"),
        "contact_role": ("Client services", "Pathology"),
    }
    # Only one side has changed the role: that one is chosen.
    assert preset(page) == {"contact_role": "typed"}
    client.submit(page, button=SAVE, **{"keep-phone": "stored"})
    assert only(session).profile.phone == "(404) 555-0188"
    assert only(session).profile.contact_role == "Pathology"


def test_who_did_not_touch_an_answer_finds_the_newer_one_chosen(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    page = page_of(both(client, "contact", {"phone": "404-555-0188"}, {"website": "https://other.example/"}))
    assert preset(page) == {"phone": "stored", "website": "typed"}
    assert client.submit(page, button=SAVE).status_code == 200
    profile = only(session).profile
    assert (profile.phone, profile.website) == ("(404) 555-0188", "https://other.example/")


@pytest.mark.parametrize("step", CHANGES)
def test_the_same_answers_twice_are_no_conflict(client: PageClient, step: str) -> None:
    fill_in_all(client)
    first, _ = CHANGES[step]
    assert both(client, step, first, first).status_code == 200


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        ("contact", {**CONTACT, "phone": "+1 404 555 0123 ext 9"}),
        ("contact", {**CONTACT, "phone": "call us"}),
        ("laboratory", {**LABORATORY, "clia_number": "00d7654321", "zip": "303"}),
        ("test-1", {**TEST, "regulatory_status": None, "specimen_notes": " two\nlines "}),
        ("test-1", {**TEST, "tat_max": "soon", "cpt_codes": "88342 88360"}),
    ],
)
def test_a_double_click_is_no_conflict(client: PageClient, step: str, typed: dict[str, Any]) -> None:
    fill_in(client, "you")
    page = client.load(f"/join/{step}")
    first = client.submit(page, button=NEXT, **typed)
    assert client.submit(page, button=NEXT, **typed).status_code == first.status_code != 409


def test_different_steps_do_not_disturb_each_other(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    pages = {step: client.load(f"/join/{step}") for step in CHANGES}
    for step, page in pages.items():
        assert client.submit(page, button=NEXT, **CHANGES[step][0]).status_code == 200
    assert only(session).profile.city == "Decatur"
    assert only(session).profile.phone == "(404) 555-0188"


def test_a_colleague_is_named(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    page = client.load("/join/contact")
    draft = only(session)
    changed, kim = replace(draft.profile, phone="(404) 555-0188"), Editor(email="kim@laboratory.example")
    services.save_step(session, draft=draft, step="contact", now=now(), profile=changed, by=kim)
    session.commit()
    answer = client.submit(page, button=NEXT, phone="404-555-0199")
    assert "kim@laboratory.example last changed this registration at" in page_of(answer).main.text


def test_what_is_not_in_order_is_shown_beside_and_kept(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    one, other = client.load("/join/laboratory"), client.load("/join/laboratory")
    assert client.submit(one, button=NEXT, zip="3030").status_code == 422
    answer = client.submit(other, button=NEXT, zip="<b>", name="Renamed")
    assert rows(page_of(answer)) == {"name": (LABORATORY["name"], "Renamed"), "zip": ("3030", "<b>")}
    answer = client.submit(answer, button=SAVE, **{"keep-zip": "typed"})
    assert answer.status_code == 422
    assert set(page_of(answer).errors()) == {"zip"}
    assert only(session).unfinished["laboratory"]["zip"] == ["<b>"]
    assert only(session).unfinished["laboratory"]["name"] == ["Renamed"]


def test_who_is_told_may_be_overtaken_again(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    told = both(client, "contact", {"phone": "404-555-0188"}, {"phone": "404-555-0199"})
    fill_in(client, "contact", phone="404-555-0177")
    again = client.submit(told, button=SAVE, **{"keep-phone": "typed"})
    assert again.status_code == 409
    assert rows(page_of(again))["phone"] == ("(404) 555-0177", "404-555-0199")
    assert preset(page_of(again)) == {}
    client.submit(again, button=SAVE, **{"keep-phone": "typed"})
    assert only(session).profile.phone == "(404) 555-0199"


def test_what_a_page_was_not_shown_is_not_overwritten(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    page = client.load("/join/contact")
    for shown in ("", "0" * 24, "nonsense"):
        page.main.one("input", name="shown").attributes["value"] = shown
        assert client.submit(page, button=NEXT, phone="404-555-0199").status_code == 409
    assert only(session).profile.phone == "(404) 555-0123"


def test_a_test_that_was_changed_is_a_conflict_and_mine_may_be_a_new_one(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    answer = both(client, "test-1", {"name": "HER2 A"}, {"name": "HER2 B", "order_code": "B"})
    assert answer.status_code == 409
    answer = client.submit(answer, button="Keep both")
    assert answer.status_code == 200
    assert [test.name for test in only(session).profile.offerings] == ["HER2 A", "HER2 B"]
    assert only(session).profile.offerings[1].order_code == "B"


def test_a_test_that_moved_and_changed_is_not_overwritten(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    fill_in(client, "test-2", name="Second", method="fish", assay="pathvysion")
    old = client.load("/join/test-1")
    client.submit(client.load("/join/tests"), button="Down")
    # Still the same test: it is found where it stands now.
    assert client.submit(old, button=NEXT, order_code="MOVED").status_code == 200
    assert [test.order_code for test in only(session).profile.offerings] == ["HER2CRC", "MOVED"]
    # Changed as well: both are shown, and nothing is overwritten.
    answer = client.submit(old, button=NEXT, order_code="LATE")
    assert answer.status_code == 409
    client.submit(answer, button="Keep both")
    assert [test.order_code for test in only(session).profile.offerings] == ["HER2CRC", "MOVED", "LATE"]


def test_a_test_that_is_gone_comes_back_as_a_new_one(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    fill_in(client, "test-2", name="Second", method="fish", assay="pathvysion")
    old = client.load("/join/test-2")
    for name in ("Second", TEST["name"]):
        # After the second removal the first cannot be undone any more.
        client.submit(client.load("/join/tests"), button=f"Remove {name}")
    answer = client.submit(old, button=NEXT, order_code="KEPT")
    assert answer.status_code == 200
    assert "removed in another window" in answer.text
    assert [test.order_code for test in only(session).profile.offerings] == ["KEPT"]


def test_finishing_later_waits_for_the_choice(client: PageClient, session: Session, outbox: Any) -> None:
    fill_in_all(client)
    one, other = client.load("/join/contact"), client.load("/join/contact")
    client.submit(one, button=NEXT, phone="404-555-0188")
    answer = client.submit(other, button="Save and finish later", phone="404-555-0199")
    assert answer.status_code == 409
    assert outbox.deliver() == []
    answer = client.submit(answer, button=SAVE, **{"keep-phone": "typed"})
    assert answer.request.path == "/join/saved"
    assert outbox.one(YOU["contact_email"])
