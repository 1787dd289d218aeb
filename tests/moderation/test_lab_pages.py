"""The entries as staff see them: found, looked at whole, shown in an earlier version, put right, hidden."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import AuditEvent, Lab, LabVersion, OutboxMessage
from registry.moderation import versions
from tests.support.client import PageClient, page_of
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish

Staff = Callable[..., PageClient]

FISH = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none")
FIRST = a_profile(name="Invented First", zip="31201", city="Macon", offerings=(an_offering(), FISH))
THEN = datetime(2025, 3, 1, tzinfo=UTC)


def overwritten(session: Session, changed: LabProfile, **facts: Any) -> Lab:
    """An entry that showed ``FIRST`` from 1 March 2025 on, and shows *changed* now; it has a contact."""
    lab = publish(session, FIRST, now=THEN, at=(32.8, -83.6), **facts)
    a_contact(session, lab, email="ada@example.org")
    versions.keep_standing(session, lab)
    moment = datetime.now(UTC)
    lab.publish(session, changed, lat=33.7, lon=-84.4, precision="city", now=moment, attested=moment.date())
    versions.keep(session, lab, action="publish", actor_kind="staff", actor="a@example.org", now=moment)
    session.commit()
    return lab


def first_version(session: Session, lab: Lab) -> LabVersion:
    return versions.of(session, lab.id)[-1]


def acts(session: Session, action: str) -> list[AuditEvent]:
    session.rollback()
    return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def test_an_earlier_version_is_shown_again_with_the_days_of_then(
    staff: Staff, session: Session, outbox: Any, client: PageClient
) -> None:
    lab = overwritten(session, replace(FIRST, phone="(478) 555-0100", offerings=(replace(FISH, tat_max=9),)))
    member = staff("moderator")
    page = member.load(f"/staff/labs/{lab.id}")
    assert "Invented First" in page.main.one("h1").text
    assert "ada@example.org" in page.main.text
    preview = member.load(page.link("Show this version again"))
    table = preview.main.one("table").text
    for said in ("Phone", "HER2 by immunohistochemistry, colorectal", "Turnaround, longest"):
        assert said in table
    answer = member.submit(preview, button="Show this version again", note="It was a slip.")
    assert "The entry shows this version again" in page_of(answer).text
    session.rollback()
    assert (lab.profile, lab.last_confirmed) == (FIRST, THEN.date())
    assert set(lab.attestations.values()) == {"2025-03-01"}
    assert (lab.lat, lab.lon, lab.location_precision) == (32.8, -83.6, "zip")
    [event] = acts(session, "restore")
    assert (event.note, (event.after or {})["profile"]) == ("It was a slip.", FIRST.digest)
    assert client.load(f"/labs/{lab.slug}").text.count("(404) 555-0123")
    letter = outbox.one("ada@example.org")
    assert letter.subject == "The moderators changed the entry of Invented First"
    for said in ("It was a slip.", "(478) 555-0100 → (404) 555-0123", f"/manage/labs/{lab.slug}"):
        assert said in letter.text
    assert len(versions.of(session, lab.id)) == 3


def test_what_is_restored_was_seen_beside_the_entry_as_it_is(staff: Staff, session: Session) -> None:
    lab = overwritten(session, replace(FIRST, phone="(478) 555-0100"))
    member = staff("moderator")
    preview = member.load(f"/staff/labs/{lab.id}/versions/{first_version(session, lab).id}")
    session.rollback()
    newer = replace(FIRST, website="https://new.example/")
    lab.publish(session, newer, lat=33.7, lon=-84.4, precision="city", now=datetime.now(UTC))
    session.commit()
    answer = member.submit(preview, button="Show this version again")
    assert answer.status_code == 409
    assert "https://new.example" in page_of(answer).main.one("table").text
    session.rollback()
    assert lab.profile == newer
    assert member.submit(answer, button="Show this version again").status_code == 200
    session.rollback()
    assert lab.profile == FIRST


def test_a_number_that_another_listing_has_now_is_not_taken_back(staff: Staff, session: Session) -> None:
    lab = overwritten(session, replace(FIRST, clia_number="00D9999999"))
    publish(session, clia_number=FIRST.clia_number, name="Invented Second")
    member = staff("moderator")
    preview = member.load(f"/staff/labs/{lab.id}/versions/{first_version(session, lab).id}")
    answer = member.submit(preview, button="Show this version again")
    assert answer.status_code == 409
    assert "another listing’s by now. Invented Second" in page_of(answer).text
    session.rollback()
    assert lab.clia_number == "00D9999999"


@pytest.mark.parametrize("state", ["withdrawn", "merged"])
def test_what_is_not_on_the_list_shows_nothing_again(staff: Staff, session: Session, state: str) -> None:
    lab = overwritten(session, replace(FIRST, phone="(478) 555-0100"))
    member = staff("moderator")
    preview = member.load(f"/staff/labs/{lab.id}/versions/{first_version(session, lab).id}")
    session.rollback()
    lab.state = state
    session.commit()
    answer = member.submit(preview, button="Show this version again")
    assert answer.status_code == 409
    assert "This cannot be shown again" in page_of(answer).text


def test_a_version_of_another_laboratory_is_not_there(staff: Staff, session: Session) -> None:
    lab, other = overwritten(session, replace(FIRST, phone="(478) 555-0100")), publish(session)
    number = first_version(session, lab).id
    member = staff("moderator")
    assert member.get(f"/staff/labs/{other.id}/versions/{number}").status_code == 404
    assert member.get(f"/staff/labs/{lab.id + 100}").status_code == 404


def test_a_slip_is_put_right_and_confirms_nothing(staff: Staff, session: Session, outbox: Any) -> None:
    lab = publish(session, FIRST, now=THEN)
    a_contact(session, lab, email="ada@example.org")
    member = staff("moderator")
    page = member.load(f"/staff/labs/{lab.id}/correct?field=offerings.1.name")
    answer = member.submit(page, button="Put it right", text="")
    assert answer.status_code == 422
    assert "Write the test's name." in page_of(answer).text
    member.submit(answer, button="Put it right", text="HER2 by FISH, colorectal")
    session.rollback()
    assert lab.profile.offerings[1] == replace(FISH, name="HER2 by FISH, colorectal")
    assert set(lab.attestations.values()) == {"2025-03-01"}
    assert set(lab.attestations) == {test.digest for test in lab.profile.offerings}
    [event] = acts(session, "correct")
    assert (event.after or {})["corrections"] == {"offerings.1.name": ["HER2 FISH", "HER2 by FISH, colorectal"]}
    assert "HER2 FISH → HER2 by FISH, colorectal" in outbox.one("ada@example.org").text
    assert [version.profile for version in versions.of(session, lab.id)] == [lab.profile, FIRST]


def test_who_it_is_by_law_is_not_put_right(staff: Staff, session: Session) -> None:
    lab = publish(session, FIRST)
    member = staff("moderator")
    page = member.load(f"/staff/labs/{lab.id}/correct?field=clia_number")
    assert page.main.all("textarea") == []
    moved = member.submit(member.load(f"/staff/labs/{lab.id}/correct?field=zip"), button="Put it right", text="99999")
    assert moved.status_code == 422
    session.rollback()
    assert lab.profile == FIRST


def test_an_entry_is_hidden_and_shown_again(staff: Staff, session: Session, outbox: Any, client: PageClient) -> None:
    lab = publish(session, FIRST)
    a_contact(session, lab, email="ada@example.org")
    member = staff("moderator")
    page = member.load(f"/staff/labs/{lab.id}")
    answer = member.submit(page, button="Hide the entry", note="We called.")
    assert answer.status_code == 422
    assert "Choose a reason for hiding." in page_of(answer).text
    answer = member.submit(answer, button="Hide the entry", reason="closed")
    session.rollback()
    assert (lab.state, lab.hidden_reason) == ("hidden", "closed")
    assert client.get(f"/labs/{lab.slug}").status_code == 404
    letter = outbox.one("ada@example.org")
    assert letter.subject == "The entry of Invented First is not shown any more"
    assert "We have reason to think that the laboratory closed." in letter.text
    assert "We called." in letter.text
    assert "The laboratory seems to be closed" in page_of(answer).text
    member.submit(answer, button="Show the entry again", quiet="y")
    session.rollback()
    assert (lab.state, lab.hidden_reason, lab.hidden_at) == ("published", "", None)
    assert client.get(f"/labs/{lab.slug}").status_code == 200
    assert outbox.deliver() == []
    assert [(event.note, (event.after or {})["state"]) for event in acts(session, "hide") + acts(session, "show")] == [
        ("We called.", "hidden"), ("", "published"),
    ]  # fmt: skip
    member.submit(page, button="Hide the entry", reason="closed")
    assert member.submit(page, button="Hide the entry", reason="closed").status_code == 409


def test_hiding_wants_a_password_of_late(staff: Staff, session: Session, clock: Any) -> None:
    lab = publish(session, FIRST)
    member = staff("moderator")
    page = member.load(f"/staff/labs/{lab.id}")
    clock.shift(timedelta(minutes=31))
    answer = member.submit(page, button="Hide the entry", reason="closed")
    session.rollback()
    assert lab.state == "published"
    assert "password" in page_of(answer).text.lower()


def test_entries_are_found(staff: Staff, session: Session) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    publish(session, name="Invented Äther 100%", clia_number="11D0000001", now=long_ago)
    hidden = publish(session, name="Invented Hidden")
    hidden.hide(session, reason="wrong", now=datetime.now(UTC))
    doubted = publish(session, name="Invented Doubted")
    doubted.dispute(session, datetime.now(UTC))
    session.commit()
    member = staff("reader")

    def names(query: str) -> list[str]:
        return [name.text for name in member.load(f"/staff/labs?{query}").main.all("h2", class_="queue-name")]

    every = ["Invented Äther 100%", "Invented Doubted", "Invented Hidden"]
    assert names("") == every
    assert names("q=11d0000001") == names("age=overdue") == every[:1]
    assert names("q=100%25") == every[:1]
    assert names("q=doubted") == names("disputed=y") == ["Invented Doubted"]
    assert names("state=hidden") == ["Invented Hidden"]
    assert names("age=confirmed") == ["Invented Doubted"]
    assert names("q=nothing&page=99999999999999999999") == []
    assert names("q=%00") == every


def test_a_reader_looks_and_does_nothing(staff: Staff, session: Session, app: Flask) -> None:
    lab = overwritten(session, replace(FIRST, phone="(478) 555-0100"))
    a_submission(session, replace(FIRST, phone="(478) 555-0101"), kind="edit", lab_id=lab.id)
    reader = staff("reader")
    page = reader.load(f"/staff/labs/{lab.id}")
    assert "Change of a listing" in page.main.text
    assert page.main.all("form") == []
    assert reader.load(f"/staff/labs/{lab.id}/versions/{first_version(session, lab).id}").main.all("form") == []
    session.rollback()
    assert session.scalars(select(OutboxMessage)).all() == []
