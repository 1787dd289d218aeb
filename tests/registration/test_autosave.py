"""A page that sends what somebody types by itself: kept as typed, not judged, never over what somebody else saved."""

from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.registration.walk import CONTACT, LABORATORY, NEXT, TEST, YOU, count, fill_in, fill_in_all, only, send
from tests.support.client import PageClient, page_of
from tests.support.pages import Page, fill


def by_itself(client: PageClient, page: Page, tab: str = "0123456789abcdef.1", **typed: Any) -> TestResponse:
    """Send what the form of *page* holds with *typed* in it, as its script does."""
    data: dict[str, list[str]] = {}
    for name, value in [*fill(page.form(NEXT), typed, None), ("then", "autosave")]:
        data.setdefault(name, []).append(value)
    return client.post(page.url, data={**data, "tab": tab})


def answers(page: Page) -> dict[str, str]:
    """The fields of the page and what stands in them."""
    return dict(fill(page.form(NEXT), {}, None))


@pytest.mark.parametrize("step", ["you", "laboratory", "test-1", "contact"])
def test_what_was_typed_is_there_without_a_word_of_errors(client: PageClient, session: Session, step: str) -> None:
    fill_in(client, "you")
    field = {"you": "contact_role", "laboratory": "name", "test-1": "name", "contact": "phone"}[step]
    page = client.load(f"/join/{step}")
    answer = by_itself(client, page, **{field: "half a"})
    assert (answer.status_code, answer.text) == (204, "")
    again = client.load(f"/join/{step}")
    assert answers(again)[field] == "half a"
    assert again.errors() == {}
    assert "This page was left without saving" in again.main.text
    assert only(session).contact_role == YOU["contact_role"]
    # It counts as not finished: it can neither be sent nor be forgotten.
    assert "typed, not saved yet" in client.load("/join/check").main.text or step == "test-1"
    assert step in {
        link["href"].partition("?")[0].rpartition("/")[2] for link in client.load("/join/check").main.all("a")
    }


def test_saving_afterwards_is_as_always(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    page = client.load("/join/contact")
    before = only(session).revision
    assert by_itself(client, page, phone="404").status_code == 204
    # Whoever looks at the whole elsewhere is not told of a change: nothing that can be sent has changed.
    assert only(session).revision == before
    assert send(client).status_code == 422
    page.form(NEXT).one("input", name="tab").attributes["value"] = "0123456789abcdef.1"
    assert client.submit(page, button=NEXT, phone="404-555-0188").status_code == 200
    assert only(session).profile.phone == "(404) 555-0188"
    assert only(session).unfinished == {}
    assert "without saving" not in client.load("/join/contact").main.text


def test_errors_that_somebody_was_shown_stay(client: PageClient) -> None:
    fill_in(client, "you")
    answer = fill_in(client, "laboratory", zip="3030", city="")
    assert by_itself(client, page_of(answer), city="Atl").status_code == 204
    assert set(client.load("/join/laboratory").errors()) == {"zip"}


def test_nothing_changed_writes_nothing(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    before = only(session).updated_at
    for step, typed in {"you": YOU, "laboratory": LABORATORY, "test-1": TEST, "contact": CONTACT}.items():
        assert by_itself(client, client.load(f"/join/{step}"), **typed).status_code == 204
    assert only(session).updated_at == before
    assert only(session).unfinished == {}


def test_back_to_what_was_saved(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    by_itself(client, client.load("/join/contact"), phone="404")
    answer = client.submit(client.load("/join/contact"), button="Go back to what was saved before")
    assert answers(page_of(answer))["phone"] == "(404) 555-0123"
    assert only(session).unfinished == {}
    # The same by hand.
    page = client.load("/join/contact")
    by_itself(client, page, phone="404")
    by_itself(client, page, tab="0123456789abcdef.2", phone="(404) 555-0123")
    assert only(session).unfinished == {}
    # Where nothing was saved before there is nothing to go back to.
    by_itself(client, client.load("/join/test-2"), name="A second")
    assert "Go back" not in client.load("/join/test-2").main.text


def test_it_never_writes_over_what_somebody_else_saved(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    old = client.load("/join/contact")
    fill_in(client, "contact", phone="404-555-0188")
    assert by_itself(client, old, phone="404-555-0199").status_code == 409
    assert only(session).profile.phone == "(404) 555-0188"
    assert only(session).unfinished == {}
    # The button then shows both.
    assert client.submit(old, button=NEXT, phone="404-555-0199").status_code == 409


def test_another_tab_is_told_of_what_was_typed_here(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    here, there = client.load("/join/contact"), client.load("/join/contact")
    assert by_itself(client, here, phone="404-555-01").status_code == 204
    assert by_itself(client, there, tab="fedcba9876543210.1", phone="404-555-0199").status_code == 409
    answer = client.submit(there, button=NEXT, phone="404-555-0199")
    assert answer.status_code == 409
    assert "404-555-01" in page_of(answer).main.text
    # A tab at another step is not disturbed.
    assert by_itself(client, client.load("/join/laboratory"), name="Renamed").status_code == 204


def test_what_was_overtaken_on_the_way_is_not_kept(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    page = client.load("/join/laboratory")
    assert by_itself(client, page, tab="0123456789abcdef.7", name="Newer").status_code == 204
    assert by_itself(client, page, tab="0123456789abcdef.6", name="Older").status_code == 204
    assert answers(client.load("/join/laboratory"))["name"] == "Newer"
    assert by_itself(client, page, tab="0123456789abcdef.8", name="Newest").status_code == 204
    assert answers(client.load("/join/laboratory"))["name"] == "Newest"


def test_a_new_test_is_kept_once_and_saved_in_its_place(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    page = client.load("/join/test-2")
    for number, name in enumerate(("HE", "HER2", "HER2 FISH"), start=1):
        assert by_itself(client, page, tab=f"0123456789abcdef.{number}", name=name).status_code == 204
    assert len(only(session).profile.offerings) == 2
    assert "HER2 FISH" in client.load("/join/tests").main.text
    # The list that was shown before still works: nothing in it has moved.
    page.form(NEXT).one("input", name="tab").attributes["value"] = "0123456789abcdef.4"
    typed = {**TEST, "name": "HER2 FISH", "method": "fish", "assay": "pathvysion"}
    assert client.submit(page, button=NEXT, **typed).status_code == 200
    assert [test.method for test in only(session).profile.offerings] == ["ihc", "fish"]
    assert only(session).unfinished == {}


def test_a_test_removed_meanwhile_does_not_come_back_by_itself(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    page = client.load("/join/test-1")
    client.submit(client.load("/join/tests"), button="Remove")
    assert by_itself(client, page, name="Still typing").status_code == 409
    assert only(session).profile.offerings == ()
    # The button brings it back.
    client.submit(page, button=NEXT, name="Still typing")
    assert [test.name for test in only(session).profile.offerings] == ["Still typing"]


def test_before_there_is_a_draft_nothing_is_sent_or_made(client: PageClient, session: Session) -> None:
    page = client.load("/join/you")
    assert page.main.all("input", data_autosave="yes") == []
    assert count(session) == 0


def test_a_sent_registration_is_left_alone(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    page = client.load("/join/contact")
    send(client)
    answer = by_itself(client, page, phone="404")
    assert (answer.status_code, answer.location) == (303, "/join/sent")
    assert only(session).unfinished == {}


@pytest.mark.parametrize("tab", ["", "x", "0123456789abcdef", "0123456789abcdef.-1", "0" * 99 + ".1", "a\x00b.1"])
def test_a_tab_says_its_name(client: PageClient, session: Session, tab: str) -> None:
    fill_in(client, "you")
    assert by_itself(client, client.load("/join/contact"), tab=tab, phone="404").status_code == 400
    assert only(session).unfinished == {}


def test_it_needs_the_token(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    page = client.load("/join/contact")
    page.form(NEXT).one("input", name="csrf_token").attributes["value"] = "forged"
    assert by_itself(client, page, phone="404").status_code == 419
    assert only(session).unfinished == {}
