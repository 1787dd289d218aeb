"""What speaks against a person at a public form: it is kept for the moderators, and nobody is refused for it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.guard.challenges import LIFETIME
from registry.models import Lab, OutboxMessage, Report, SpentChallenge
from tests.guard.proofs import altered, proof
from tests.support.client import PageClient, page_of
from tests.support.factories import publish
from tests.support.pages import Page

READING = timedelta(seconds=5)


@pytest.fixture
def lab(session: Session) -> Lab:
    return publish(session)


@pytest.fixture
def opened(client: PageClient, lab: Lab, clock: time_machine.Traveller) -> Callable[..., Page]:
    """``opened()`` is the report form, as somebody has it before them who took a while to read it."""

    def open_form(after: timedelta = READING) -> Page:
        page = client.load(f"/labs/{lab.slug}/report")
        clock.shift(after)
        return page

    return open_form


def reports(session: Session) -> list[Report]:
    session.rollback()
    return list(session.scalars(select(Report).order_by(Report.id)))


def flags(session: Session) -> list[str]:
    """What speaks against the last report."""
    return list(reports(session)[-1].flags)


def spent(session: Session) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(SpentChallenge)).one()


def test_a_person_with_a_browser_is_not_suspected(
    client: PageClient, session: Session, opened: Callable[..., Page]
) -> None:
    client.submit(opened(), kind="closed", altcha=proof(client))

    assert flags(session) == []


def test_without_javascript_the_form_works_and_says_so(
    client: PageClient, session: Session, opened: Callable[..., Page]
) -> None:
    answer = client.submit(opened(), kind="closed")

    assert page_of(answer).h1 == "Thank you"
    assert flags(session) == ["no_proof_of_work"]


def test_quicker_than_people_is_noted(client: PageClient, session: Session, opened: Callable[..., Page]) -> None:
    client.submit(opened(after=timedelta(seconds=1)), kind="closed", altcha=proof(client))

    assert flags(session) == ["too_fast"]


def test_the_time_counts_from_the_first_look_through_errors(
    client: PageClient, session: Session, opened: Callable[..., Page]
) -> None:
    answer = client.submit(opened(), kind="other", altcha=proof(client))
    assert answer.status_code == 422

    # At once, and with the proof that the page brought back.
    client.submit(page_of(answer), message="Something")

    assert flags(session) == []


def test_the_hidden_field_is_noted_and_nothing_is_lost_or_mailed(
    client: PageClient, session: Session, opened: Callable[..., Page]
) -> None:
    answer = client.submit(
        opened(), kind="closed", message="A person’s words", homepage="x" * 5000, altcha=proof(client)
    )

    assert page_of(answer).h1 == "Thank you"
    (report,) = reports(session)
    assert (report.message, report.flags) == ("A person’s words", ["honeypot"])
    assert session.scalars(select(func.count()).select_from(OutboxMessage)).one() == 0


def test_people_do_not_meet_the_hidden_field(opened: Callable[..., Page]) -> None:
    trap = opened().one("div", class_="trap")
    field = trap.one("input")

    assert trap["aria-hidden"] == "true"
    assert (field["tabindex"], field["autocomplete"]) == ("-1", "off")
    assert trap.one("label").text == "Leave this field empty"


@pytest.mark.parametrize("typed", ["", "form", "form.aaaa.bbbb", "x" * 9000, "\u0000", "é"])
def test_a_time_that_we_did_not_sign_is_noted(
    typed: str, client: PageClient, session: Session, opened: Callable[..., Page]
) -> None:
    client.submit(opened(), kind="closed", altcha=proof(client), opened=typed)

    assert flags(session) == ["stale_form"]


def test_a_form_of_another_month_is_noted(client: PageClient, session: Session, opened: Callable[..., Page]) -> None:
    page = opened(after=timedelta(days=31))
    client.submit(page, kind="closed", altcha=proof(client))

    assert flags(session) == ["stale_form"]


def test_the_signed_time_is_no_session_and_no_token(client: PageClient, opened: Callable[..., Page]) -> None:
    signed = opened().main.one("input", name="opened")["value"]
    client.set_cookie("session", signed)

    assert client.post("/join", data={"csrf_token": signed}).status_code == 419


def test_a_wrong_proof_is_noted_and_none_used_up(
    client: PageClient, session: Session, opened: Callable[..., Page]
) -> None:
    client.submit(opened(), kind="closed", altcha=altered(proof(client), solution={"counter": 1}))

    assert flags(session) == ["proof_wrong"]
    assert spent(session) == 0


def test_a_proof_is_good_for_a_day(
    client: PageClient, session: Session, opened: Callable[..., Page], clock: time_machine.Traveller
) -> None:
    found = proof(client)
    client.submit(opened(after=LIFETIME + timedelta(minutes=1)), kind="closed", altcha=found)

    assert flags(session) == ["stale_form"]


def test_a_proof_is_accepted_once(client: PageClient, session: Session, opened: Callable[..., Page]) -> None:
    found = proof(client)
    for _ in range(2):
        client.submit(opened(), kind="closed", altcha=found)

    assert [report.flags for report in reports(session)] == [[], ["proof_wrong"]]


def test_of_two_processes_one_accepts_a_proof(
    make_app: Callable[..., Flask], client: PageClient, session: Session, lab: Lab
) -> None:
    found = proof(client)
    # Applications of their own: what they share is the database and the secret.
    browsers: list[Any] = [make_app().test_client() for _ in range(2)]
    pages = [browser.load(f"/labs/{lab.slug}/report") for browser in browsers]
    together = threading.Barrier(2)

    def send(number: int) -> int:
        together.wait(60)
        return int(browsers[number].submit(pages[number], follow=False, kind="closed", altcha=found).status_code)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(send, range(2))) == [303, 303]
    assert sorted("proof_wrong" in report.flags for report in reports(session)) == [False, True]


def test_spent_proofs_are_forgotten_when_they_are_too_old_anyway(
    client: PageClient, session: Session, opened: Callable[..., Page], clock: time_machine.Traveller
) -> None:
    for _ in range(3):
        client.submit(opened(), kind="closed", altcha=proof(client))
    assert spent(session) == 3
    clock.shift(LIFETIME + timedelta(hours=1))

    client.submit(opened(), kind="closed", altcha=proof(client))

    assert spent(session) == 1


def test_only_a_page_with_such_a_form_may_start_a_worker_and_only_ours(client: PageClient, lab: Lab) -> None:
    policies = {
        address: client.get(address).headers["Content-Security-Policy"]
        for address in (f"/labs/{lab.slug}/report", "/join/you", f"/labs/{lab.slug}", "/labs")
    }

    assert ["worker-src 'self';" in policy for policy in policies.values()] == [True, True, False, False]
    assert not [policy for policy in policies.values() if "blob:" in policy or "unsafe" in policy]


def test_moderators_read_what_speaks_against_a_report(
    client: PageClient, staff: Callable[..., PageClient], opened: Callable[..., Page]
) -> None:
    client.submit(opened(), kind="closed", homepage="x", altcha=proof(client))

    page = staff("moderator").load("/staff/reports")

    assert "A field that people do not see was filled in" in page.main.text
