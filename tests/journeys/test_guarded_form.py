"""A public form in a real browser: the proof of work is found while a person fills it in, and never keeps them."""

import base64
import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from registry.domain.suspicion import NO_PROOF_OF_WORK, TOO_FAST
from registry.models import Report, SpentChallenge
from tests.journeys.people import answer
from tests.support.browser import Live
from tests.support.factories import publish

pytestmark = pytest.mark.parametrize("live", ["postgresql"], indirect=True)

PROVED = "document.querySelector('input[data-challenge]').value.length > 0"


def _send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def _flags(live: Live) -> list[list[str]]:
    # A browser that a program drives is as quick as a program.
    with live.session() as session:
        kept = session.scalars(select(Report.flags).order_by(Report.id))
        return [[flag for flag in flags if flag != TOO_FAST] for flags in kept]


def test_a_browser_does_its_work_in_the_background(live: Live, person: Callable[..., Page]) -> None:
    with live.session() as session:
        address = f"{live.url}/labs/{publish(session).slug}/report"
    page = person()
    page.goto(address)

    # Nothing is asked for until somebody begins; then it is done before they end, without a word.
    assert page.evaluate(PROVED) is False
    with page.expect_response("**/guard/challenge") as asked:
        answer(page, kind="closed")
    assert asked.value.headers["cache-control"] == "no-store"
    page.wait_for_function("() => document.querySelector('input[data-challenge]').value")
    solved = json.loads(base64.b64decode(page.locator("input[data-challenge]").input_value()))
    assert solved["challenge"] == asked.value.json()
    # The form comes back with an error: the work is not asked for again.
    answer(page, kind="other")
    _send(page)
    expect(page.get_by_role("alert")).to_contain_text("Write what is wrong.")
    assert page.evaluate(PROVED) is True
    answer(page, message="Something is wrong.")
    _send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert _flags(live) == [[]]

    # Whoever presses at once waits for the work; whoever then goes back begins anew.
    page.goto(address)
    page.evaluate("() => { document.querySelector('input[name=kind]').checked = true }")
    _send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    page.go_back()
    answer(page, kind="wrong_contact")
    _send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert _flags(live) == [[], [], []]
    with live.session() as session:
        assert len(session.scalars(select(SpentChallenge)).all()) == 3

    # Where the work cannot be done the form is sent all the same, and says so to the moderators.
    def refuse(route: Route) -> None:
        route.abort()

    for missing in ("**/proof-*.js", "**/guard/challenge"):
        page.route(missing, refuse)
        page.goto(address)
        answer(page, kind="closed")
        _send(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
        assert _flags(live)[-1] == [NO_PROOF_OF_WORK]
        page.unroute(missing)
