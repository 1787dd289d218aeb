"""A laboratory enters its HER2 tests one after the other."""

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.domain.profile import MAX_OFFERINGS
from tests.registration.walk import LATER, NEXT, TEST, fill_in, fill_in_all, only, send
from tests.support.client import PageClient, page_of
from tests.support.pages import Element


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
    assert set(only(session).unfinished) == {"removed", "test-2"}
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
    # The cheapest way to many: a copy with a name of its own.
    for number in range(2, MAX_OFFERINGS):
        copy = press(client, f"Copy {TEST['name']}")
        client.submit(copy, button=NEXT, name=f"Test number {number}")
    before_the_last = client.load("/join/tests")
    fill_in(client, f"test-{MAX_OFFERINGS}", name="The last")
    full = client.load("/join/tests").main
    assert not {"Add another test", "Add one like the last", "Copy The last"} & set(labels(full))
    # A button of a page from before.
    revision = only(session).revision
    stale = before_the_last.one("input", name="csrf_token")["value"]
    client.post("/join/tests", data={"csrf_token": stale, "copy": f"1:{revision}"})
    assert len(only(session).profile.offerings) == MAX_OFFERINGS
    client.load("/join/test-21", status=404)
    assert send(client).request.path == "/join/sent"
    assert len(only(session).profile.offerings) == 20


def test_a_copy_asks_only_for_what_differs(client: PageClient, session: Session) -> None:
    three_tests(client)
    page = press(client, "Copy Second")
    copied = page_of(page)
    assert copied.url.startswith("/join/test-3")
    assert copied.errors() == {}
    name = copied.one("input", id="name")
    assert name["value"] == "Second"
    assert "autofocus" in name.attributes
    assert "Like “Second”, but" in copied.main.text
    # Nothing but the copy waits for an answer, and an unchanged one is refused.
    assert [entry.all("span", class_="badge") != [] for entry in entries(client)] == [False, False, True, False]
    assert set(page_of(client.submit(page, button=NEXT)).errors()) == {"name"}
    again = client.load("/join/test-3")
    assert set(again.errors()) == {"name"}
    client.submit(again, button=NEXT, name="Second, but quicker", tat_max="4")
    offerings = only(session).profile.offerings
    assert [one.name for one in offerings] == ["First", "Second", "Second, but quicker", "Third"]
    assert (offerings[2].tat_max, offerings[2].specimen_notes) == (4, offerings[1].specimen_notes)
    assert only(session).unfinished == {}


def test_the_list_offers_one_like_the_last_and_copies_what_is_not_in_order_too(
    client: PageClient, session: Session
) -> None:
    three_tests(client, third={"tat_max": "soon"})
    copied = page_of(press(client, "Add one like the last"))
    assert copied.url.startswith("/join/test-4")
    assert copied.one("input", id="tat_max")["value"] == "soon"
    assert copied.errors() == {}
    client.submit(copied, button=LATER, name="Fourth")
    assert set(only(session).unfinished) == {"test-3", "test-4"}
    assert client.load("/join/test-4?like=nothing").main.text.count("Like “") == 0


def test_tests_are_reordered_with_what_was_typed_for_them(client: PageClient, session: Session) -> None:
    three_tests(client, third={"tat_max": "soon"})
    page = client.load("/join/tests")
    assert not {"Up First", "Down Third"} & set(labels(page.main))
    client.submit(page, button="Up Third")
    assert names(client) == ["First", "Third", "Second"]
    assert client.load("/join/test-2").one("input", id="tat_max")["value"] == "soon"
    # The second of two clicks names a list that is gone.
    client.submit(page, button="Up Third")
    assert names(client) == ["First", "Third", "Second"]
    press(client, "Down First")
    assert names(client) == ["Third", "First", "Second"]
    assert [one.name for one in only(session).profile.offerings] == ["", "First", "Second"]
    assert set(only(session).unfinished) == {"test-1"}


@pytest.mark.parametrize("tat_max", ["5", "soon"])
def test_a_removed_test_comes_back_to_its_place_with_all_that_was_typed(
    client: PageClient, session: Session, tat_max: str
) -> None:
    three_tests(client, second={"tat_max": tat_max, "assay": "other", "assay_name": "An invented clone"})
    press(client, "Remove Second")
    assert names(client) == ["First", "Third"]
    fill_in(client, "test-2", name="Third, renamed")
    undo = client.load("/join/tests")
    assert "Removed: Second" in undo.main.text
    client.submit(undo, button="Undo and bring the test back")
    client.submit(undo, button="Undo and bring the test back")
    assert names(client) == ["First", "Second", "Third, renamed"]
    back = client.load("/join/test-2")
    assert back.one("input", id="assay_name")["value"] == "An invented clone"
    assert back.one("input", id="tat_max")["value"] == tat_max
    assert set(back.errors()) == (set() if tat_max == "5" else {"tat_max"})
    assert "Undo" not in client.load("/join/tests").main.text


def test_the_only_test_can_be_brought_back(client: PageClient) -> None:
    fill_in(client, "you")
    fill_in(client, "test-1")
    answer = press(client, f"Remove {TEST['name']}")
    assert "You have not entered a test yet." in page_of(answer).main.text
    press(client, "Undo and bring the test back")
    assert names(client) == [TEST["name"]]


def test_what_was_removed_can_be_undone_until_something_else_is_removed_or_all_is_sent(
    client: PageClient, session: Session
) -> None:
    fill_in_all(client)
    fill_in(client, "test-2", name="Second")
    fill_in(client, "test-3", name="Third")
    press(client, "Remove Third")
    press(client, "Remove Second")
    assert "Removed: Third" not in client.load("/join/tests").main.text
    press(client, "Undo and bring the test back")
    assert names(client) == [TEST["name"], "Second"]
    press(client, "Remove Second")
    assert send(client).request.path == "/join/sent"
    assert only(session).unfinished == {}
    assert [one.name for one in only(session).profile.offerings] == [TEST["name"]]


@pytest.mark.parametrize("tat_max", ["4", "soon"])
def test_a_page_saves_the_test_it_shows_wherever_that_stands_now(client: PageClient, tat_max: str) -> None:
    three_tests(client)
    open_elsewhere = client.load("/join/test-3")
    press(client, "Remove First")
    press(client, "Up Third")
    client.submit(open_elsewhere, button=NEXT, name="Third, renamed", tat_max=tat_max)
    assert names(client) == ["Third, renamed", "Second"]


def test_a_page_of_a_removed_test_overwrites_no_other(client: PageClient) -> None:
    three_tests(client)
    open_elsewhere = client.load("/join/test-2")
    press(client, "Remove Second")
    answer = client.submit(open_elsewhere, button=NEXT, name="Second, renamed")
    assert "had been removed" in page_of(answer).main.text
    assert names(client) == ["First", "Second, renamed", "Third"]


def test_a_page_beyond_the_end_of_a_shorter_list_is_kept(client: PageClient) -> None:
    three_tests(client)
    fourth = client.load("/join/test-4")
    press(client, "Remove Second")
    press(client, "Remove Third")
    client.submit(fourth, button=NEXT, **{**TEST, "name": "Fourth"})
    assert names(client) == ["First", "Fourth"]


def test_the_list_says_method_and_turnaround_and_leads_back_to_the_last_look(client: PageClient) -> None:
    fill_in_all(client)
    page = client.load("/join/tests?to=check")
    assert "Immunohistochemistry (IHC) · About 3–5 business days from receipt of the specimen" in page.main.text
    copy = client.submit(page, button=f"Copy {TEST['name']}")
    assert client.submit(copy, button=NEXT, name="Another").request.path == "/join/check"


def three_tests(client: PageClient, **changes: dict[str, str]) -> None:
    """First, Second and Third, but for *changes* of each."""
    fill_in(client, "you")
    for number, name in enumerate(("First", "Second", "Third"), start=1):
        fill_in(client, f"test-{number}", name=name, **changes.get(name.lower(), {}))


def press(client: PageClient, button: str) -> TestResponse:
    return client.submit(client.load("/join/tests"), button=button)


def entries(client: PageClient) -> list[Element]:
    return client.load("/join/tests").main.all("li", class_="entry")


def names(client: PageClient) -> list[str]:
    return [entry.one("strong").text for entry in entries(client)]


def labels(element: Element) -> list[str]:
    return [one.text for one in element.all("a", "button")]
