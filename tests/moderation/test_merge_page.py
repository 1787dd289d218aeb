"""The page on which two entries become one: what is chosen is kept, and nothing is merged unseen."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Lab, LabMerge
from registry.moderation import versions
from tests.registration.entries import signed_in
from tests.support.client import PageClient, page_of
from tests.support.factories import a_profile, a_submission, publish
from tests.support.mergers import FISH, KIM, PANEL, merge, two_entries
from tests.support.pages import Page

Staff = Callable[..., PageClient]
MERGE, LOOK, ANEW = "Merge the two entries", "Show what these choices make", "Choose everything anew"


def address_of(first: Lab, second: Lab) -> str:
    return f"/staff/labs/merge?first={first.id}&second={second.id}"


def result(page: Page) -> str:
    return page.one("section", aria_labelledby="result").text


def mergers(session: Session) -> list[LabMerge]:
    session.rollback()
    return list(session.scalars(select(LabMerge)))


def rewrite(session: Session, lab: Lab, **changes: Any) -> None:
    """The entry says something else, as after an approval. Commits."""
    session.rollback()
    versions.keep_standing(session, lab)
    lab.publish(session, replace(lab.profile, **changes), lat=lab.lat, lon=lab.lon, precision="zip", now=lab.updated_at)
    session.commit()


def test_two_entries_are_chosen_compared_looked_at_and_merged(staff: Staff, session: Session) -> None:
    kite, heron = two_entries(session)
    client = staff()
    which = client.load("/staff/labs/merge")
    answer = client.submit(which, first=heron.clia_number, second=f"http://localhost/labs/{kite.slug}?lang=es")
    page = page_of(answer)
    assert "Heron Laboratory" in page.text
    assert "says nothing" in page.text
    looked = page_of(client.submit(page, LOOK, **{"stays": "first", "take-name": "second"}))
    assert "Kite Laboratory" in result(looked)
    assert f"At the address /labs/{heron.slug}; the address /labs/{kite.slug} leads there." in result(looked)
    assert "3 mailboxes speak for it" in result(looked)
    assert "CLIA number " + kite.clia_number in result(looked)
    assert mergers(session) == []
    done = page_of(client.submit(looked, MERGE))
    [merger] = mergers(session)
    assert done.url == f"/staff/merges/{merger.id}"
    assert "Merged. The contacts of both get a mail." in done.text
    assert (merger.kept_id, merger.gone_id, merger.actor) == (heron.id, kite.id, "moderator@example.org")
    assert session.get_one(Lab, heron.id).name == "Kite Laboratory"
    assert "became a part of" in client.load("/staff/merges").text


def test_the_entry_to_keep_is_suggested_with_reasons(staff: Staff, session: Session) -> None:
    _kite, heron = two_entries(session)
    alone = publish(session, name="Alone")
    client = staff()
    page = client.load(address_of(alone, heron))
    assert [one["value"] for one in page.all("input", name="stays", checked="")] == ["second"]
    assert "Suggested: somebody speaks for it" in page.text
    anew = page_of(client.submit(page, ANEW, stays="first"))
    assert [one["value"] for one in anew.all("input", name="take-name", checked="")] == ["first"]


def test_choices_made_after_the_result_was_shown_are_shown_first(staff: Staff, session: Session) -> None:
    kite, heron = two_entries(session)
    client = staff()
    page = client.load(address_of(kite, heron))
    answer = client.submit(page, MERGE, **{"take-name": "second"})
    assert answer.status_code == 409
    assert "You chose otherwise since the result was shown" in page_of(answer).text
    assert "Heron Laboratory" in result(page_of(answer))
    assert mergers(session) == []
    client.submit(page_of(answer), MERGE)
    assert len(mergers(session)) == 1


def test_what_changed_meanwhile_is_told_and_the_choices_are_kept(staff: Staff, session: Session) -> None:
    kite, heron = two_entries(session)
    client = staff()
    page = page_of(client.submit(client.load(address_of(kite, heron)), LOOK, **{"take-name": "second"}))
    rewrite(session, heron, website="https://changed.example/")
    answer = client.submit(page, MERGE)
    assert answer.status_code == 409
    told = page_of(answer)
    assert "B was changed meanwhile" in told.text
    assert "changed.example" in told.all("table", class_="changes")[0].text
    assert [one["value"] for one in told.all("input", name="take-name", checked="")] == ["second"]
    # What was not to be chosen before is, and has an answer.
    assert [one["value"] for one in told.all("input", name="take-website", checked="")] == ["first"]
    assert mergers(session) == []
    client.submit(told, MERGE)
    assert session.get_one(Lab, mergers(session)[0].kept_id).name == "Heron Laboratory"


def test_an_entry_without_a_test_is_refused_at_the_choices(staff: Staff, session: Session) -> None:
    kite, heron = publish(session, offerings=(FISH,)), publish(session, offerings=(PANEL,))
    client = staff()
    page = client.load(address_of(kite, heron))
    names = {one["name"] for one in page.all("input", value="neither")}
    answer = client.submit(page, LOOK, **dict.fromkeys(names, "neither"))
    assert answer.status_code == 422
    assert "An entry needs at least one test" in page_of(answer).text
    assert {one["name"] for one in page_of(answer).all("input", value="neither", checked="")} == names


def test_who_comes_second_is_led_to_what_the_first_did(staff: Staff, session: Session) -> None:
    kite, heron = two_entries(session)
    client = staff()
    page = client.load(address_of(kite, heron))
    merger = merge(session, heron, kite)
    answer = client.submit(page, MERGE)
    assert answer.status_code == 409
    assert "became a part of another entry already" in page_of(answer).text
    assert page_of(answer).link("See what was done") == f"/staff/merges/{merger.id}"
    assert len(mergers(session)) == 1
    assert "See what was done" in client.load(address_of(kite, heron)).text


def test_what_cannot_be_meant_is_said_at_the_field(staff: Staff, session: Session) -> None:
    kite, _heron = two_entries(session)
    client = staff()
    page = client.load(f"/staff/labs/merge?first={kite.id}&second=nobody%00", status=422)
    assert page.errors()["second"].endswith("No entry is found by this.")
    assert page.one("input", name="first")["value"] == str(kite.id)
    for second in (str(kite.id), "9" * 30, ""):
        assert client.load(f"/staff/labs/merge?first={kite.id}&second={second}", status=422)
    assert client.post("/staff/merges/99/undo", data={}).status_code in {404, 419}
    assert client.get("/staff/merges/99").status_code == 404


def test_a_forged_choice_is_refused(staff: Staff, session: Session) -> None:
    kite, heron = two_entries(session)
    client = staff()
    page = client.load(address_of(kite, heron))
    [token] = {one["value"] for one in page.all("input", name="csrf_token")}
    for sent in ({"stays": "third"}, {"take-name": "neither"}, {"take-name": "both"}):
        answer = client.post(address_of(kite, heron), data={"csrf_token": token, "stays": "first", **sent})
        assert answer.status_code == 422
        assert len(page_of(answer).errors()) == 1
    assert mergers(session) == []


def test_a_reader_sees_mergers_and_makes_none(staff: Staff, session: Session) -> None:
    kite, heron = two_entries(session)
    merger = merge(session, kite, heron)
    client = staff("reader")
    assert "Merger" in client.load(f"/staff/merges/{merger.id}").h1
    assert client.get(address_of(kite, heron)).status_code == 403


def test_a_merger_is_undone_on_its_page(staff: Staff, session: Session) -> None:
    kite, heron = two_entries(session)
    merger = merge(session, kite, heron)
    client = staff()
    page = client.load(f"/staff/merges/{merger.id}")
    assert "Contacts that spoke for both 1" in page.text
    done = page_of(client.submit(page, "Make two entries of it again"))
    assert "There are two entries again." in done.text
    assert "Undone" in done.text
    assert client.get(f"/labs/{heron.slug}").status_code == 200


def test_after_a_change_what_the_entry_shows_then_is_asked(staff: Staff, session: Session) -> None:
    kite, heron = two_entries(session)
    merger = merge(session, kite, heron)
    client = staff()
    old = client.load(f"/staff/merges/{merger.id}")
    rewrite(session, kite, website="https://changed.example/")
    answer = client.submit(old, "Make two entries")
    assert answer.status_code == 409
    page = page_of(answer)
    assert "The entry was changed meanwhile" in page.text
    assert "changed.example" in page.text
    answer = client.submit(page, "Make two entries")
    assert answer.status_code == 422
    assert "Choose what the entry shows then." in page_of(answer).text
    client.submit(page, "Make two entries", keep="present")
    session.rollback()
    assert session.get_one(Lab, kite.id).profile.website == "https://changed.example/"


def test_a_merger_that_cannot_be_undone_says_why_and_leads_on(staff: Staff, session: Session) -> None:
    kite, heron = two_entries(session)
    first = merge(session, kite, heron)
    later = merge(session, publish(session, name="Third"), kite)
    client = staff()
    page = client.load(f"/staff/merges/{first.id}")
    assert "Undo that one first." in page.text
    assert page.link("Go to that merger") == f"/staff/merges/{later.id}"
    assert not [one for one in page.all("button") if "Make two" in one.text]


def test_the_old_addresses_of_the_laboratory_lead_on(app: Flask, session: Session, client: PageClient) -> None:
    kite, heron = two_entries(session)
    merge(session, kite, heron)
    kim = signed_in(app, session, KIM)
    for below in ("", "/contacts", "/confirm", "/leave"):
        page = kim.load(f"/manage/labs/{heron.slug}{below}")
        assert page.url == f"/manage/labs/{kite.slug}{below}"
        assert "Heron Laboratory is a part of this entry now" in page.text
    assert "Kite Laboratory" in kim.load("/manage").text
    assert "Heron Laboratory" not in kim.load("/manage").text
    stranger = client.load(f"/manage/labs/{heron.slug}/claim")
    assert stranger.url == f"/manage/labs/{kite.slug}/claim"
    assert "Heron Laboratory is a part of this entry now" in stranger.text
    assert signed_in(app, session, "nobody@example.org").get(f"/manage/labs/{heron.slug}").status_code == 404


def test_a_number_that_came_along_is_found_and_not_listed_again(
    staff: Staff, session: Session, client: PageClient
) -> None:
    kite, heron = two_entries(session)
    number = heron.clia_number
    merge(session, kite, heron)
    found = client.load(f"/join/find?clia_number={number}")
    assert "Is this you?" in found.text
    assert found.link("Yes: change or confirm it") == "/manage"
    assert [one.text for one in found.main.all("h3")] == ["Kite Laboratory"]
    waiting = a_submission(session, a_profile(clia_number=number))
    moderator = staff()
    page = moderator.load(f"/staff/submissions/{waiting.id}")
    assert "Kite Laboratory" in page.text
    answer = moderator.submit(page, "Save the decision", decision="approve")
    assert answer.status_code == 409
    assert kite.slug in answer.text
