"""Two entries of one laboratory become one: nothing is lost, and everything that led to the other leads on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import links, tasks
from registry.domain.uniting import Take
from registry.links import Purpose
from registry.models import DuplicatePair, Lab, LabContact, LabIdentifier, LabVersion, Report, Task
from registry.moderation import histories, merging
from registry.moderation.merging import EntriesMoved, NotMergeable
from registry.registration import contacts, editing, queries
from registry.web import now
from tests.moderation.races import agrees
from tests.support.factories import a_contact, a_profile, a_submission, publish
from tests.support.mergers import ALEX, FISH, KIM, PANEL, ROBIN, SLOWER, merge, two_entries
from tests.support.reports import a_report


def identifiers(session: Session, lab: Lab) -> set[tuple[str, str]]:
    rows = session.scalars(select(LabIdentifier).where(LabIdentifier.lab_id == lab.id))
    return {(row.kind, row.value) for row in rows}


def speaking(session: Session, lab: Lab) -> set[str]:
    return {contact.email for contact in contacts.speaking(session, lab.id)}


def test_one_entry_is_left_that_says_what_was_chosen_and_the_audit_agrees(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    merger = merge(session, kite, heron)
    kept, gone = agrees(session, kite.id), agrees(session, heron.id)
    assert (kept.state, gone.state, gone.successor_id) == ("published", "merged", kite.id)
    assert kept.profile.name == "Kite Laboratory"
    # What the entry that stays does not say is taken from the other.
    assert (kept.profile.npi, kept.profile.cap_number) == ("1234567893", "7654321")
    assert [test.name for test in kept.profile.offerings] == ["IHC", "FISH", "Panel"]
    assert kept.profile.digest == merger.merged_digest
    assert identifiers(session, kept) == {("clia", gone.clia_number), ("name", "Heron Laboratory")}
    assert [version.action for version in session.scalars(select(LabVersion).order_by(LabVersion.id))] == [
        "",
        "",
        "merge",
    ]


def test_each_test_keeps_the_day_on_which_it_was_confirmed_and_one_of_both_the_later(
    app: Flask, session: Session
) -> None:
    old, new = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
    kite = publish(session, a_profile(offerings=(SLOWER, FISH)), now=old)
    heron = publish(session, a_profile(offerings=(SLOWER, PANEL)), now=new)
    merge(session, kite, heron)
    kept = session.get_one(Lab, kite.id)
    assert {test.name: kept.confirmed_on(test) for test in kept.profile.offerings} == {
        "IHC": date(2026, 3, 9),
        "FISH": date(2026, 1, 5),
        "Panel": date(2026, 3, 9),
    }
    assert kept.last_confirmed == date(2026, 1, 5)


def test_the_address_of_the_other_entry_brings_its_place_along(app: Flask, session: Session) -> None:
    kite = publish(session, at=(33.7, -84.3))
    heron = publish(session, city="Macon", zip="31201", at=(32.8, -83.6), precision="address")
    merge(session, kite, heron, address=Take.SECOND)
    kept = session.get_one(Lab, kite.id)
    assert (kept.profile.city, kept.lat, kept.lon, kept.location_precision) == ("Macon", 32.8, -83.6, "address")


def test_the_clia_number_of_the_entry_that_goes_can_be_the_one_that_stays(app: Flask, session: Session) -> None:
    kite, heron = publish(session), publish(session)
    numbers = (kite.clia_number, heron.clia_number)
    merge(session, kite, heron, clia=Take.SECOND)
    kept = session.get_one(Lab, kite.id)
    assert kept.clia_number == numbers[1]
    assert ("clia", numbers[0]) in identifiers(session, kept)
    for number in numbers:
        found = queries.listing_with_number(session, number)
        assert found is not None
        assert found.id == kite.id
        assert queries.listing_with_number(session, number, own_lab_id=kite.id) is None


def test_all_contacts_speak_for_the_one_entry_a_mailbox_of_both_once(app: Flask, session: Session, outbox: Any) -> None:
    kite, heron = two_entries(session)
    a_contact(session, heron, email="invited@heron.example", verified_at=None, added_by=KIM)
    a_contact(session, kite, email="late@both.example", verified_at=None)
    a_contact(session, heron, email="late@both.example")
    merge(session, kite, heron)
    assert speaking(session, kite) == {ROBIN, KIM, ALEX, "late@both.example"}
    assert len(contacts.all_standing(session, kite.id)) == 5
    assert contacts.all_standing(session, heron.id) == []
    letters = {letter.recipients[0]: letter for letter in outbox.deliver()}
    assert set(letters) == {ROBIN, KIM, ALEX, "late@both.example"}
    text = letters[KIM].text
    assert f"/labs/{kite.slug}" in text
    assert "Kite Laboratory" in text
    assert "Heron Laboratory" in text
    assert "registry@example.org" in text


def test_links_that_were_mailed_for_the_entry_that_is_gone_lead_to_the_one_that_stays(
    app: Flask, session: Session
) -> None:
    kite, heron = two_entries(session)
    of = {contact.email: contact for contact in contacts.speaking(session, heron.id)}
    tokens = {
        email: links.issue(session, purpose=Purpose.CONFIRM_LISTING, contact_id=of[email].id, email=email, now=now())
        for email in (KIM, ALEX)
    }
    session.commit()
    merge(session, kite, heron)
    for token in tokens.values():
        link = links.find(session, token)
        assert link is not None
        assert links.state_of(link, now()) is links.LinkState.GOOD
        contact = session.get_one(LabContact, link.contact_id)
        assert (contact.lab_id, contact.speaks) == (kite.id, True)


def test_what_is_open_about_the_entry_that_goes(app: Flask, session: Session, outbox: Any) -> None:
    kite, heron = two_entries(session)
    claim = a_submission(session, kind="claim", lab_id=heron.id)
    base = heron.profile
    edit = a_submission(
        session, replace(base, phone="(404) 555-0190"), kind="edit", lab_id=heron.id, email=KIM, base=base.to_dict()
    )
    draft = a_submission(
        session, replace(base, website="https://new.example/"), kind="edit", state="draft", lab_id=heron.id, email=KIM,
        base=base.to_dict(),
    )  # fmt: skip
    report = a_report(session, heron)
    for kind, lab in (("overdue", heron), ("cms", heron), ("cms", kite)):
        tasks.open_task(session, kind=kind, lab_id=lab.id, facts={"of": lab.slug}, now=now())
    session.commit()
    merge(session, kite, heron)
    session.expire_all()
    assert (claim.lab_id, claim.state, claim.revision) == (kite.id, "submitted", 2)
    assert (edit.lab_id, edit.state) == (heron.id, "withdrawn")
    assert (draft.lab_id, draft.state) == (kite.id, "draft")
    assert session.get_one(Report, report.id).lab_id == kite.id
    open_ones = session.scalars(select(Task).where(Task.closed_at.is_(None)).order_by(Task.kind)).all()
    assert [(task.kind, task.lab_id, task.facts["of"]) for task in open_ones] == [
        ("cms", kite.id, kite.slug),
        ("overdue", kite.id, heron.slug),
    ]
    told = {letter.recipients[0]: letter.text for letter in outbox.deliver()}
    assert "(404) 555-0190" in told[KIM]
    assert "(404) 555-0190" not in told[ROBIN]
    # The draft is brought up to the entry that it changes now: what only the draft says stays.
    found = editing.catch_up(session, draft=draft, now=now())
    assert found.may_send
    assert draft.profile == replace(session.get_one(Lab, kite.id).profile, website="https://new.example/")


def test_a_draft_stays_where_it_is_when_the_other_entry_has_one(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    drafts = [
        a_submission(session, lab.profile, kind="edit", state="draft", lab_id=lab.id, base=lab.profile_data)
        for lab in (kite, heron)
    ]
    merge(session, kite, heron)
    session.expire_all()
    assert [draft.lab_id for draft in drafts] == [kite.id, heron.id]
    assert editing.catch_up(session, draft=drafts[1], now=now()).gone


def test_a_revision_of_what_was_approved_becomes_a_change_of_the_one_entry(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    approved = a_submission(session, heron.profile, state="approved", lab_id=heron.id, email=KIM)
    proposed = replace(heron.profile, website="https://new.example/")
    draft = a_submission(session, proposed, state="draft", revises_id=approved.id, email=KIM)
    merge(session, kite, heron)
    session.expire_all()
    editing.catch_up(session, draft=draft, now=now())
    assert (draft.kind, draft.lab_id) == ("edit", kite.id)
    assert draft.profile.website == "https://new.example/"


def test_a_doubt_of_the_entry_that_goes_goes_along(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    since = now() - timedelta(days=3)
    heron.disputed_at = since
    a_report(session, heron)
    merge(session, kite, heron)
    assert session.get_one(Lab, kite.id).disputed_at == since
    assert session.get_one(Lab, heron.id).disputed_at is None


def test_the_pair_is_settled_and_the_history_is_of_both(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    third = publish(session, name="Third Laboratory")
    pair = DuplicatePair(
        first_id=kite.id, second_id=heron.id, score=0.9, parts=[], digests=[], state="open", found_at=now()
    )
    session.add(pair)
    session.commit()
    merge(session, heron, kite)
    assert (session.get_one(DuplicatePair, pair.id).state, pair.decided_by) == ("merged", "moderator@example.org")
    merge(session, third, heron)
    acts = [(event.subject_id, event.action) for event in histories.of(session, third.id)]
    assert acts == [
        *((lab.id, "merge") for lab in (kite, heron)),
        *((lab.id, "merge") for lab in (heron, kite)),
        *((lab.id, "merge") for lab in (third, heron)),
    ]


def test_mergers_of_mergers_are_followed_and_their_numbers_come_along(app: Flask, session: Session) -> None:
    first, second, third = (publish(session, name=f"Kite {number}") for number in range(3))
    merge(session, second, first)
    merge(session, third, second)
    assert contacts.became(session, session.get_one(Lab, first.id)).id == third.id
    for lab in (first, second, third):
        found = queries.listing_with_number(session, lab.clia_number)
        assert found is not None
        assert found.id == third.id
    assert ("name", "Kite 0") in identifiers(session, third)


@pytest.mark.parametrize("state", ["withdrawn", "merged"])
def test_only_what_is_on_the_list_can_be_merged(app: Flask, session: Session, state: str) -> None:
    kite, heron = two_entries(session)
    heron.state = state
    session.commit()
    for one, other in ((kite, heron), (heron, kite)):
        with pytest.raises(NotMergeable):
            merge(session, one, other)
        session.rollback()
    with pytest.raises(NotMergeable, match="one and the same"):
        merge(session, kite, kite)


def test_what_is_hidden_can_go_but_not_stay(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    heron.hide(session, reason="other", now=now())
    session.commit()
    with pytest.raises(NotMergeable, match="hidden"):
        merge(session, heron, kite)
    session.rollback()
    merge(session, kite, heron)
    assert session.get_one(Lab, heron.id).hidden_at is None


def test_what_was_changed_since_it_was_shown_is_not_merged(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    shown = {kite.id: kite.profile.digest, heron.id: "another"}
    with pytest.raises(EntriesMoved) as caught:
        merging.merge(
            session,
            kept_id=kite.id,
            gone_id=heron.id,
            profile=kite.profile,
            placed_as=kite.id,
            shown=shown,
            actor="m@example.org",
            now=now(),
        )
    assert caught.value.lab_ids == {heron.id}


def test_the_public_sees_one_entry_and_the_old_address_leads_there(app: Flask, session: Session, client: Any) -> None:
    kite, heron = two_entries(session)
    names = [item["name"] for item in client.get("/api/v1/labs?near=30303&within=any").get_json()["items"]]
    assert sorted(names) == ["Heron Laboratory", "Kite Laboratory"]
    merge(session, kite, heron)
    names = [item["name"] for item in client.get("/api/v1/labs?near=30303&within=any").get_json()["items"]]
    assert names == ["Kite Laboratory"]
    for below in ("", "/contact.vcf", "/report"):
        answer = client.get(f"/labs/{heron.slug}{below}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/labs/{kite.slug}{below}")
    assert client.post(f"/labs/{heron.slug}/report").status_code in {308, 419}
    answer = client.get(f"/api/v1/labs/{heron.slug}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"http://localhost/api/v1/labs/{kite.slug}")
