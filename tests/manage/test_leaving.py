"""Leaving the list at once or on a day, what stands there then, and coming back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.extensions import begin_writing
from registry.models import AuditEvent, DirectoryVersion, Lab, OutboxMessage, Submission
from registry.registration import leaving
from registry.registration.leaving import Plan
from registry.web import now
from tests.manage.people import KIM, ROBIN, a_lab, browser, sign_in
from tests.support.client import PageClient, page_of
from tests.support.factories import a_submission, publish


def found(client: PageClient, address: str = "/api/v1/labs?near=30303&within=any") -> list[str]:
    return [item["name"] for item in client.get(address).get_json()["items"]]


def answers(client: PageClient, lab: Lab, **typed: Any) -> TestResponse:
    """Fill in the form that leaves, and look what follows."""
    page = client.load(f"/manage/labs/{lab.slug}/leave")
    return client.submit(page, button="Continue", **{"reason": "closed", "when": "now", **typed})


def leave(session: Session, lab: Lab, *, reason: str = "moved", successor: Lab | None = None) -> None:
    session.rollback()
    begin_writing(session)
    leaving.leave_now(session, lab=lab, plan=Plan(reason, successor=successor), by=ROBIN, now=now())
    session.commit()


def work(session: Session) -> int:
    """Do what the worker does with laboratories that leave today."""
    session.rollback()
    begin_writing(session)
    count = leaving.leave_due(session, now=now())
    session.commit()
    return count


def last_act(session: Session, lab: Lab) -> AuditEvent:
    session.rollback()
    wanted = select(AuditEvent).where(AuditEvent.subject_type == "lab", AuditEvent.subject_id == lab.id)
    return session.scalars(wanted.order_by(AuditEvent.id.desc())).first()  # type: ignore[return-value]


def test_a_laboratory_leaves_at_once_and_no_process_finds_it(
    app: Flask, make_app: Callable[..., Flask], session: Session, outbox: Any
) -> None:
    lab = a_lab(session, ROBIN, KIM, name="Early Kite")
    publish(session, name="Late Kite", slug="late-kite")
    publish(session, name="Another Kite")
    processes = [browser(app), browser(make_app())]
    assert all("Early Kite" in found(client) for client in processes)
    change = a_submission(session, email=KIM, kind="edit", lab_id=lab.id)
    claim = a_submission(session, kind="claim", lab_id=lab.id)

    robin = sign_in(app, outbox)
    several = answers(robin, lab, reason="moved", note="New building", successor="kite")
    assert several.status_code == 422
    assert "Choose which laboratory you mean" in page_of(several).main.text
    assert "Early Kite" not in [choice.text for choice in page_of(several).main.all("label")]
    check = robin.submit(several, button="Continue", chosen="late-kite")
    text = page_of(check).main.text
    for words in ("Early Kite is not on this list any more", "The laboratory moved.", "Late Kite", ROBIN, KIM):
        assert words in text
    assert "Early Kite" in found(processes[1])
    done = robin.submit(check, button="Leave now")
    assert "has left the list" in page_of(done).main.text

    assert ["Early Kite" in found(client, address) for client in processes for address in LISTS] == [False] * 4
    assert "Early Kite" not in processes[1].get("/labs.csv").text
    assert {letter.recipients[0] for letter in outbox.deliver()} == {ROBIN, KIM}
    event = last_act(session, lab)
    assert (event.action, event.actor, event.note) == ("leave", ROBIN, "New building")
    assert [session.get_one(Submission, one.id).state for one in (change, claim)] == ["withdrawn", "submitted"]


LISTS = ("/api/v1/labs?near=30303&within=any", "/api/v1/labs")


def test_every_public_page_says_that_it_left(client: PageClient, session: Session) -> None:
    lab, heir = a_lab(session, name="Gone Kite"), publish(session, name="Heir Kite")
    leave(session, lab, successor=heir)
    page = client.load(f"/labs/{lab.slug}", status=410)
    assert "Gone Kite is not on this list any more" in page.h1
    assert "The laboratory moved." in page.main.text
    assert [link["href"] for link in page.main.all("a", class_="big")] == [f"/labs/{heir.slug}"]
    for below in ("/contact.vcf", "/report", "/report/thanks"):
        answer = client.get(f"/labs/{lab.slug}{below}")
        assert (answer.status_code, answer.headers["Cache-Control"][:2]) == (410, "no")
    told = client.get(f"/api/v1/labs/{lab.slug}")
    assert (told.status_code, told.mimetype) == (410, "application/problem+json")
    assert told.get_json()["reason"] == "moved"
    assert told.get_json()["left_on"] == now().date().isoformat()
    assert told.get_json()["successor"] == f"http://localhost/api/v1/labs/{heir.slug}"
    compared = client.load(f"/labs/compare?lab={lab.slug}&lab={heir.slug}")
    assert "Gone Kite is not on this list any more" in compared.main.text
    assert client.load(f"/labs/compare?lab={lab.slug}", status=404)
    assert client.get("/api/v1/labs/%00").status_code == 404


def test_a_merged_laboratory_leads_to_whom_it_was_merged_with(client: PageClient, session: Session) -> None:
    lab, heir = publish(session), publish(session)
    lab.state, lab.successor_id = "merged", heir.id
    lab.version = DirectoryVersion.advance(session)
    session.commit()
    for address, target in (
        (f"/labs/{lab.slug}", f"/labs/{heir.slug}"),
        (f"/labs/{lab.slug}?lang=es", f"/labs/{heir.slug}?lang=es"),
        (f"/labs/{lab.slug}/report", f"/labs/{heir.slug}/report"),
        (f"/labs/{lab.slug}/contact.vcf", f"/labs/{heir.slug}/contact.vcf"),
        (f"/api/v1/labs/{lab.slug}", f"http://localhost/api/v1/labs/{heir.slug}"),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (301, target)
    # To nobody on the list it cannot lead: then it says that it is gone.
    leave(session, heir)
    assert client.load(f"/labs/{lab.slug}", status=410)
    assert client.get(f"/api/v1/labs/{lab.slug}").status_code == 410


def test_successors_are_followed_to_one_on_the_list_and_circles_end(client: PageClient, session: Session) -> None:
    first, second, third = (publish(session, name=f"Kite {number}") for number in range(3))
    leave(session, first, successor=second)
    leave(session, second, successor=third)
    assert f"/labs/{third.slug}" in client.load(f"/labs/{first.slug}", status=410).html
    leave(session, third, successor=first)
    page = client.load(f"/labs/{first.slug}", status=410)
    assert page.main.all("a", class_="big") == []
    # What moderators keep back is not named.
    hidden = publish(session, name="Hidden Kite")
    session.get_one(Lab, third.id).successor_id = hidden.id
    hidden.state = "hidden"
    session.commit()
    assert "Hidden Kite" not in client.load(f"/labs/{first.slug}", status=410).text


def test_a_laboratory_leaves_on_the_day_and_not_before(
    app: Flask, session: Session, outbox: Any, clock: time_machine.Traveller
) -> None:
    lab = a_lab(session, ROBIN, KIM, name="Early Kite")
    robin, stranger = sign_in(app, outbox), browser(app)
    day = date(2026, 12, 31)
    check = answers(robin, lab, reason="no_her2_crc", when="day", day="12/31/2026")
    assert "December 31, 2026" in page_of(check).h1
    before = stranger.get(f"/labs/{lab.slug}").headers["ETag"]
    robin.submit(check, button="Leave on December 31, 2026")
    told = stranger.load(f"/labs/{lab.slug}").main.text
    assert "leaves this list on December 31, 2026. It stops testing HER2 in colorectal cancer." in told
    assert stranger.get(f"/labs/{lab.slug}").headers["ETag"] != before
    assert [letter.subject for letter in outbox.deliver()] == ["Early Kite leaves the list on December 31, 2026"] * 2
    assert robin.load(f"/manage/labs/{lab.slug}/leave").url == f"/manage/labs/{lab.slug}"

    assert work(session) == 0
    # Midnight in Greenwich is the evening before in Hawaii.
    clock.move_to(datetime(2026, 12, 31, 9, 59, tzinfo=UTC))
    assert work(session) == 0
    assert found(stranger) == ["Early Kite"]
    clock.move_to(datetime(2026, 12, 31, 10, 0, tzinfo=UTC))
    assert (work(session), work(session)) == (1, 0)
    assert found(stranger) == []
    assert (last_act(session, lab).actor_kind, last_act(session, lab).action) == ("system", "leave")
    assert [letter.subject for letter in outbox.deliver()] == ["Early Kite has left the list"] * 2
    assert session.get_one(Lab, lab.id).leaving_on is None
    assert day.isoformat() in str(last_act(session, lab).before)


def test_leaving_on_a_day_can_be_taken_back(
    app: Flask, session: Session, outbox: Any, clock: time_machine.Traveller
) -> None:
    lab = a_lab(session, name="Early Kite")
    robin = sign_in(app, outbox)
    robin.submit(answers(robin, lab, when="day", day="2026-11-20"), button="Leave on November 20, 2026")
    page = robin.load(f"/manage/labs/{lab.slug}")
    robin.submit(page, button="Stay on the list")
    assert [letter.subject for letter in outbox.deliver()][-1] == "Early Kite stays on the list"
    clock.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC))
    assert work(session) == 0
    assert "leaves this list" not in browser(app).load(f"/labs/{lab.slug}").main.text
    # Pressed a second time, in another tab.
    robin = sign_in(app, outbox)
    token = robin.load(f"/manage/labs/{lab.slug}/leave").all("input", name="csrf_token")[0]["value"]
    answer = robin.post(f"/manage/labs/{lab.slug}/stay", data={"csrf_token": token}, follow_redirects=True)
    assert "Something changed meanwhile" in page_of(answer).main.text


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_is_not_in_order_is_said_at_the_field(
    app: Flask, session: Session, outbox: Any, clock: time_machine.Traveller
) -> None:
    lab = a_lab(session)
    robin = sign_in(app, outbox)
    for typed, said in (
        ({"reason": None}, "Choose the reason."),
        ({"reason": "other"}, "Say in a few words why."),
        ({"when": None}, "Choose when."),
        ({"when": "day"}, "Write the date"),
        ({"when": "day", "day": "2026-11-14"}, "This day has passed"),
        ({"when": "day", "day": "2028-01-01"}, "within a year"),
        ({"when": "day", "day": "soon"}, "like 12/31/2027"),
        ({"successor": "no such laboratory"}, "No laboratory on the list"),
        ({"successor": lab.slug}, "No laboratory on the list"),
        ({"successor": "%"}, "No laboratory on the list"),
        ({"note": "x" * 1001}, "at most 1000"),
    ):
        answer = answers(robin, lab, **typed)
        assert (answer.status_code, said in page_of(answer).main.text) == (422, True), typed
    # Yesterday with us is still today in Hawaii; a slug of one's own cannot be chosen behind the form's back.
    assert answers(robin, lab, when="day", day="2026-11-15").status_code == 200
    session.rollback()
    assert session.get_one(Lab, lab.id).state == "published"


def test_a_laboratory_comes_back_as_it_was_within_thirty_days(
    app: Flask, session: Session, outbox: Any, clock: time_machine.Traveller
) -> None:
    lab = a_lab(session, name="Early Kite", now=now() - timedelta(days=200))
    confirmed, digest = lab.last_confirmed, lab.profile.digest
    leave(session, lab)
    outbox.deliver()
    clock.shift(timedelta(days=29))
    robin, stranger = sign_in(app, outbox), browser(app)
    page = robin.load(f"/manage/labs/{lab.slug}/come-back")
    assert "HER2 by immunohistochemistry" in page.main.text
    answer = robin.submit(page, button="Bring it back")
    assert answer.request.path == f"/manage/labs/{lab.slug}/confirm"
    assert found(stranger) == ["Early Kite"]
    assert outbox.one(ROBIN).subject == "Early Kite is back on the list"
    session.rollback()
    lab = session.get_one(Lab, lab.id)
    assert (lab.profile.digest, lab.last_confirmed, lab.left_at, lab.leaving_reason) == (digest, confirmed, None, "")

    leave(session, lab)
    clock.shift(timedelta(days=30, minutes=1))
    robin = sign_in(app, outbox)
    assert robin.load(f"/manage/labs/{lab.slug}/come-back").url == f"/manage/labs/{lab.slug}"
    token = robin.load("/manage").all("input", name="csrf_token")[0]["value"]
    robin.post(f"/manage/labs/{lab.slug}/come-back", data={"csrf_token": token})
    assert found(stranger) == []


def test_the_number_may_be_taken_meanwhile_and_what_was_hidden_stays_so(
    app: Flask, session: Session, outbox: Any
) -> None:
    lab = a_lab(session, name="Early Kite", clia_number="11D0000001")
    leave(session, lab)
    robin = sign_in(app, outbox)
    page = robin.load(f"/manage/labs/{lab.slug}/come-back")
    taken = publish(session, name="Quick Kite", clia_number="11D0000001")
    answer = robin.submit(page, button="Bring it back")
    assert answer.status_code == 409
    assert "Quick Kite" in page_of(answer).main.text
    session.rollback()
    assert session.get_one(Lab, lab.id).state == "withdrawn"

    session.get_one(Lab, taken.id).state = "hidden"
    session.commit()
    hidden = session.get_one(Lab, taken.id)
    leave(session, hidden)
    begin_writing(session)
    leaving.come_back(session, lab=hidden, by=ROBIN, now=now())
    session.commit()
    assert session.get_one(Lab, hidden.id).state == "hidden"
    assert session.scalars(select(OutboxMessage.kind).where(OutboxMessage.kind == "came_back")).all() == []
