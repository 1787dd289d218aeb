"""A laboratory enters its HER2 tests one after the other."""

import pytest
from sqlalchemy.orm import Session

from tests.registration.walk import NEXT, TEST, fill_in, fill_in_all, only, send
from tests.support.client import PageClient, page_of


def test_tests_are_added_changed_and_removed(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    fill_in(client, "laboratory")
    fill_in(client, "test-1")
    fill_in(client, "test-2", name="Second", method="fish", assay="pathvysion")
    fill_in(client, "test-3", name="Third", tat_max="soon")
    tests = client.load("/join/tests")
    assert "Not finished" in tests.main.text
    assert client.submit(tests, button="Continue").status_code == 422
    removal = client.load("/join/tests")
    client.submit(removal, button="Remove Second")
    assert [offering.name for offering in only(session).profile.offerings] == [TEST["name"], ""]
    assert list(only(session).unfinished) == ["test-2"]
    # The second of two clicks names a list that is gone.
    client.submit(removal, button="Remove Second")
    assert len(only(session).profile.offerings) == 2
    assert client.load("/join/test-2").one("input", id="tat_max")["value"] == "soon"
    fill_in(client, "test-2", name="Third")
    answer = client.submit(client.load("/join/tests"), button="Continue")
    assert answer.request.path == "/join/contact"
    assert [offering.name for offering in only(session).profile.offerings] == [TEST["name"], "Third"]


@pytest.mark.parametrize("tat_max", ["5", "soon"])
def test_two_tabs_that_add_a_test_add_two(client: PageClient, session: Session, tat_max: str) -> None:
    fill_in(client, "you")
    first, second = client.load("/join/test-1"), client.load("/join/test-1")
    client.submit(first, button=NEXT, **{**TEST, "name": "First"})
    answer = client.submit(second, button=NEXT, **{**TEST, "name": "Second", "tat_max": tat_max})
    again = client.submit(second, button=NEXT, **{**TEST, "name": "Second", "tat_max": tat_max})
    assert answer.request.path == ("/join/tests" if tat_max == "5" else "/join/test-2")
    tests = client.load("/join/tests").main.text
    assert "First" in tests
    assert "Second" in tests
    assert again.request.path == answer.request.path
    assert len(only(session).profile.offerings) == 2


@pytest.mark.parametrize("tat_max", ["5", "soon"])
def test_a_double_click_adds_one_test(client: PageClient, session: Session, tat_max: str) -> None:
    fill_in(client, "you")
    page = client.load("/join/test-1")
    for _ in range(2):
        client.submit(page, button=NEXT, **{**TEST, "tat_max": tat_max})
    assert len(only(session).profile.offerings) == 1


def test_the_very_same_test_is_refused(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    fill_in(client, "test-1")
    assert set(page_of(fill_in(client, "test-2")).errors()) == {"name"}
    assert set(page_of(fill_in(client, "test-1")).errors()) == set()


def test_twenty_tests_are_the_most(client: PageClient, session: Session) -> None:
    fill_in_all(client)
    for number in range(2, 21):
        fill_in(client, f"test-{number}", name=f"Test number {number}")
    assert "Add another" not in client.load("/join/tests").main.text
    client.load("/join/test-21", status=404)
    assert send(client).request.path == "/join/sent"
    assert len(only(session).profile.offerings) == 20
