"""Entries that may be one laboratory: found in the whole list, shown with why, and said to be two."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import AuditEvent, DuplicatePair, JobMark, Lab
from registry.moderation import duplicates
from registry.moderation.replay import Listing, replay
from registry.registration import finding
from tests.support.client import PageClient, page_of
from tests.support.factories import a_profile, publish
from tests.support.twins import a_pair

Staff = Callable[..., PageClient]
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)

HERON = a_profile(name="Invented Heron Pathology", address_line1="80 Heron St", phone="404-133-0100", website="")
SAME = replace(HERON, name="Heron Path. Labs, Invented", clia_number="", phone="", address_line1="80 Heron Street #4")
OTHER = replace(HERON, name="Invented Wren Genetics", clia_number="00D1234567", address_line1="7 Elm St", phone="")


def scan(session: Session, now: datetime = NOW) -> duplicates.Scanned:
    session.commit()
    done = duplicates.scan(session, now=now)
    session.commit()
    return done


def rows(session: Session) -> list[tuple[int, int, str]]:
    session.expire_all()
    pairs = session.scalars(select(DuplicatePair).order_by(DuplicatePair.first_id, DuplicatePair.second_id))
    return [(pair.first_id, pair.second_id, pair.state) for pair in pairs]


def change(session: Session, lab: Lab, **changes: Any) -> None:
    lab.publish(session, replace(lab.profile, **changes), lat=33.7, lon=-84.4, precision="zip", now=NOW)
    session.commit()


def dismissed(session: Session, pair_id: int) -> bool:
    done = duplicates.dismiss(session, pair_id=pair_id, actor="ada@example.org", now=NOW)
    session.commit()
    return done


def test_a_scan_finds_what_is_alike_and_a_second_changes_nothing(session: Session) -> None:
    heron, twin, _wren = (publish(session, profile) for profile in (HERON, SAME, OTHER))

    first, second = scan(session), scan(session, LATER)

    assert (first.laboratories, first.found, first.opened, first.gone) == (3, 1, 1, 0)
    assert (second.found, second.opened, second.gone) == (1, 0, 0)
    assert rows(session) == [(heron.id, twin.id, "open")]
    pair = session.scalars(select(DuplicatePair)).one()
    assert pair.found_at == NOW
    assert pair.score > 0.8
    assert ["City and ZIP code", 1.0, 2.5, "Atlanta GA 30303", "Atlanta GA 30303"] in pair.parts
    # An entry that has no number is none of another number: what one does not state does not count.
    assert not [part for part in pair.parts if part[0] in ("CLIA number", "Phone")]


def test_what_left_the_list_is_no_duplicate_and_what_is_hidden_is(session: Session) -> None:
    heron, twin, third = (publish(session, profile) for profile in (HERON, SAME, SAME))
    twin.state, third.state = "withdrawn", "hidden"

    scan(session)
    assert rows(session) == [(heron.id, third.id, "open")]

    heron.state = "merged"
    done = scan(session)
    assert (done.opened, done.gone, rows(session)) == (0, 1, [])


def test_a_pair_that_is_no_longer_alike_is_gone(session: Session) -> None:
    publish(session, HERON)
    twin = publish(session, SAME)
    scan(session)
    change(session, twin, name="Wren Genetics", address_line1="7 Elm St", clia_number="00D7654321")

    assert scan(session).gone == 1
    assert rows(session) == []


def test_what_was_dismissed_comes_back_only_changed_and_more_alike(session: Session) -> None:
    publish(session, HERON)
    twin = publish(session, SAME)
    scan(session)
    pair = session.scalars(select(DuplicatePair)).one()
    assert dismissed(session, pair.id)
    assert not dismissed(session, pair.id)

    scan(session, LATER)
    assert pair.state == "dismissed"
    change(session, twin, offerings=())
    change(session, twin, city="Atlanta, downtown")
    assert scan(session, LATER).opened == 0
    change(session, twin, name=HERON.name, city=HERON.city)
    assert scan(session, LATER).opened == 1

    session.refresh(pair)
    assert (pair.state, pair.found_at, pair.decided_at, pair.decided_by) == ("open", LATER, None, "")
    assert pair.score == pytest.approx(1)
    change(session, twin, name="Heron Pathology", address_line2="Floor 5")
    scan(session, LATER)
    session.refresh(pair)
    assert pair.score < 1
    assert ["Address", 1.0, 4.0, "80 Heron St", "80 Heron Street #4, Floor 5"] in pair.parts


def test_two_that_were_merged_and_taken_apart_are_looked_at_again(session: Session) -> None:
    pair = a_pair(session, publish(session, HERON), publish(session, SAME), state="merged", decided_at=NOW)

    assert scan(session, LATER).opened == 1
    session.refresh(pair)
    assert pair.state == "open"


def test_saying_that_they_are_two_stands_in_the_history_of_both(session: Session) -> None:
    heron, twin = publish(session, HERON), publish(session, SAME)
    pair = a_pair(session, heron, twin)

    assert dismissed(session, pair.id)

    assert (pair.state, pair.decided_at, pair.decided_by) == ("dismissed", NOW, "ada@example.org")
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    told = [(event.action, event.subject_type, event.subject_id, (event.after or {})["other_name"]) for event in events]
    assert told == [
        ("dismiss_duplicate", "lab", heron.id, SAME.name),
        ("dismiss_duplicate", "lab", twin.id, HERON.name),
    ]
    # It changes nothing of either entry.
    assert replay(events) == Listing()


def test_a_scan_is_due_once_a_day_and_not_after_one_by_hand(session: Session, app: Flask) -> None:
    publish(session, HERON)
    publish(session, SAME)

    assert duplicates.scan_due(session, now=NOW) == 1
    publish(session, SAME)
    assert duplicates.scan_due(session, now=NOW + timedelta(hours=23)) == 0
    assert duplicates.scan_due(session, now=NOW + timedelta(hours=25)) == 2
    assert session.scalars(select(JobMark.at)).one() == NOW + timedelta(hours=25)

    result = app.test_cli_runner().invoke(args=["duplicates", "scan"])
    assert result.exit_code == 0, result.output
    assert "3 entries read" in result.output
    assert "0 new, 0 gone, 3 to look at." in result.output
    assert duplicates.scan_due(session, now=datetime.now(UTC) + timedelta(hours=1)) == 0


def near(session: Session, profile: LabProfile, **asked: Any) -> list[int]:
    return [one.lab.id for one in duplicates.near(session, profile, **asked)]


def test_the_entries_near_a_profile_are_those_on_the_list(session: Session) -> None:
    heron, twin, _wren, gone = (publish(session, profile) for profile in (HERON, SAME, OTHER, SAME))
    gone.state = "withdrawn"
    session.commit()

    assert near(session, HERON) == [heron.id, twin.id]
    assert near(session, HERON, own_lab_id=heron.id) == [twin.id]
    assert near(session, HERON, limit=1) == [heron.id]
    found = duplicates.near(session, replace(HERON, clia_number=""), own_lab_id=heron.id)
    assert found[0].likeness.score > 0.8


def test_of_a_crowded_zip_code_those_with_the_name_are_compared(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "IN_A_ZIP", 4)
    monkeypatch.setattr(finding, "_COMPARED_OF_MANY", 2)
    for number in range(8):
        publish(session, name=f"Aardvark Clinic {number}")
    twin = publish(session, SAME, phone="404-177-0100")

    assert near(session, HERON) == [twin.id]


def test_moderators_see_why_two_are_alike_and_say_that_they_are_two(staff: Staff, session: Session) -> None:
    heron = publish(session, HERON)
    # What a stranger typed stays text.
    twin = publish(session, SAME, name="Heron Path. Labs, Invented <b>", website="https://heron.example/")
    pair = a_pair(session, heron, twin)
    client = staff("moderator")

    page = client.load("/staff/duplicates")

    for words in ("Likeness", "80 Heron Street #4", "Heron Path. Labs, Invented <b>", "HER2 by immunohisto"):
        assert words in page.main.text, words
    assert "the same: 100 of 100, weight 4.0" in page.main.one("table").text
    assert page.link("Merge…").startswith("/staff/labs/merge?")
    assert {f"first={heron.id}", f"second={twin.id}"} == set(page.link("Merge…").partition("?")[2].split("&"))

    after = page_of(client.submit(page, button="Not the same"))
    assert "Noted: these are two laboratories" in after.text
    assert "The list was not looked through yet" in after.text
    session.rollback()
    assert (pair.state, pair.decided_by) == ("dismissed", "moderator@example.org")
    decided = client.load("/staff/duplicates?state=dismissed")
    assert "Decided by moderator@example.org" in decided.text
    assert not decided.main.all("button")
    # The second click, from a page that still has the button, changes nothing.
    again = page_of(client.submit(page, button="Not the same"))
    assert "Noted" not in again.text
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "dismiss_duplicate")).all()) == 2


def test_an_entry_that_changed_since_is_marked_and_one_that_left_is_not_merged(staff: Staff, session: Session) -> None:
    heron, twin = publish(session, HERON), publish(session, SAME)
    a_pair(session, heron, twin)
    change(session, twin, phone="404-133-0100")
    heron.state = "withdrawn"
    session.commit()

    page = staff("moderator").load("/staff/duplicates")

    assert "Changed since" in page.text
    assert "Not on the list any more" in page.text
    assert "Merge…" not in page.text


def test_pages_hold_ten_with_the_likeliest_first(staff: Staff, session: Session) -> None:
    labs = [publish(session, name=f"Invented Crow {letter}") for letter in "ABCDEFGHIJKL"]
    for place, lab in enumerate(labs[1:]):
        a_pair(session, labs[0], lab, score=0.7 + place / 100)
    client = staff("moderator")

    first, last = client.load("/staff/duplicates"), client.load("/staff/duplicates?page=99")

    names = [page.main.all("ul", class_="pair") for page in (first, last)]
    assert [len(found) for found in names] == [10, 1]
    assert "Invented Crow L" in names[0][0].text
    assert "Invented Crow B" in names[1][0].text
    after = page_of(client.submit(last, button="Not the same"))
    assert len(after.main.all("ul", class_="pair")) == 10


def test_a_list_without_pairs_says_what_to_do(staff: Staff, session: Session) -> None:
    client = staff("moderator")

    assert "duplicates scan" in client.load("/staff/duplicates").text
    duplicates.mark_scanned(session, now=NOW)
    session.commit()
    assert "No two entries look like one laboratory" in client.load("/staff/duplicates").text
    assert "None so far" in client.load("/staff/duplicates?state=merged").text
    client.load("/staff/duplicates?state=nonsense", status=404)


def test_a_reader_looks_and_does_nothing(staff: Staff, session: Session) -> None:
    pair = a_pair(session, publish(session, HERON), publish(session, SAME))
    reader = staff("reader")

    page = reader.load("/staff/duplicates")

    assert "Invented Heron Pathology" in page.text
    assert "Not the same" not in {button.text.partition(":")[0] for button in page.main.all("button")}
    assert reader.post(f"/staff/duplicates/{pair.id}/dismiss").status_code in (403, 419)
    assert rows(session)[0][2] == "open"
    staff("outreach").load("/staff/duplicates", status=403)
    moderator = staff("moderator")
    shown = moderator.load("/staff/duplicates")
    session.rollback()
    session.delete(session.get_one(DuplicatePair, pair.id))
    session.commit()
    assert moderator.submit(shown, button="Not the same").status_code == 404
