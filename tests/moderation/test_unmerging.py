"""A merger that was a mistake is undone: both entries are as they were, with what hung on them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import tasks
from registry.domain.uniting import Take
from registry.models import DuplicatePair, Lab, LabIdentifier, LabMerge, Report, Submission, Task, User
from registry.moderation import histories, services, unmerging
from registry.moderation.merging import EntriesMoved
from registry.moderation.merging_snapshot import snapshot
from registry.moderation.unmerging import Keep, NotSeparable
from registry.registration import confirming, contacts, leaving
from registry.registration.confirming import Shown
from registry.web import now
from tests.moderation.races import agrees
from tests.support.factories import a_profile, a_submission, publish
from tests.support.mergers import ALEX, FISH, KIM, PANEL, ROBIN, merge, tell_how_they_stand, two_entries, unmerge
from tests.support.reports import a_report


def standing(session: Session, *labs: Lab) -> list[Any]:
    """Everything of laboratories that a merger touches and its undoing must bring back."""
    session.rollback()
    session.expire_all()
    return [
        (
            snapshot(lab),
            lab.clia_number,
            sorted((one.email, one.speaks) for one in contacts.all_standing(session, lab.id)),
            sorted(test.method for test in lab.offerings),
        )
        for lab in labs
    ]


def change(session: Session, lab: Lab, email: str, create_staff: Callable[..., str], **changes: Any) -> None:
    """A change of the entry by *email* is approved. Commits."""
    session.rollback()
    proposed = replace(lab.profile, **changes)
    waiting = a_submission(session, proposed, kind="edit", lab_id=lab.id, email=email, base=lab.profile_data)
    reviewer = session.scalars(select(User).where(User.email == create_staff("moderator"))).one()
    services.approve(
        session,
        submission_id=waiting.id,
        reviewer=reviewer,
        expect_revision=waiting.revision,
        digest=waiting.profile.digest,
        now=now(),
    )
    session.commit()


@pytest.mark.parametrize("taken", [{}, {"clia": Take.SECOND, "name": Take.SECOND, "address": Take.SECOND}])
def test_both_entries_are_as_they_were(app: Flask, session: Session, outbox: Any, taken: dict[str, Take]) -> None:
    kite, heron = two_entries(session)
    a_submission(session, kind="claim", lab_id=heron.id)
    heron.disputed_at = now() - timedelta(days=1)
    heron.leaving_on, heron.leaving_reason = now().date() + timedelta(days=9), "moved"
    a_report(session, heron)
    tell_how_they_stand(session, heron)
    before = standing(session, kite, heron)
    merger = merge(session, kite, heron, **taken)
    assert standing(session, kite, heron) != before
    outbox.deliver()
    unmerge(session, merger)
    assert standing(session, kite, heron) == before
    assert [agrees(session, lab.id).state for lab in (kite, heron)] == ["published", "published"]
    assert session.scalars(select(LabIdentifier)).all() == []
    assert session.scalars(select(Submission.lab_id)).all() == [heron.id]
    assert session.scalars(select(Report.lab_id)).all() == [heron.id]
    assert histories.one_with(session, kite.id) == [kite.id]
    assert sorted(letter.recipients[0] for letter in outbox.deliver()) == sorted([ROBIN, KIM, ALEX, ALEX])
    # And once more, as if it had never been.
    unmerge(session, merge(session, kite, heron))
    assert standing(session, kite, heron) == before


def test_a_hidden_entry_is_hidden_again(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    heron.hide(session, reason="other", now=now())
    session.commit()
    before = standing(session, kite, heron)
    unmerge(session, merge(session, kite, heron))
    assert standing(session, kite, heron) == before


def test_what_was_confirmed_since_stays_confirmed(app: Flask, session: Session) -> None:
    old = now() - timedelta(days=200)
    kite = publish(session, a_profile(offerings=(FISH,)), now=old)
    heron = publish(session, a_profile(offerings=(PANEL,)), now=old)
    merger = merge(session, kite, heron)
    lab = contacts.locked(session, kite.id)
    shown = Shown.of(lab.profile)
    confirming.confirm(session, lab=lab, actor=ROBIN, shown=shown, right=shown.tests, now=now())
    session.commit()
    unmerge(session, merger)
    assert {session.get_one(Lab, lab.id).last_confirmed for lab in (kite, heron)} == {now().date()}


def test_changes_and_tasks_that_the_merger_closed_wait_again(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    edit = a_submission(
        session,
        replace(heron.profile, phone="(404) 555-0190"),
        kind="edit",
        lab_id=heron.id,
        email=KIM,
        base=heron.profile_data,
    )
    for lab in (kite, heron):
        tasks.open_task(session, kind="cms", lab_id=lab.id, facts={"of": lab.slug}, now=now())
    tasks.open_task(session, kind="overdue", lab_id=heron.id, facts={}, now=now())
    session.commit()
    unmerge(session, merge(session, kite, heron))
    again = session.scalars(select(Submission).where(Submission.revises_id == edit.id)).one()
    assert (again.lab_id, again.state, again.profile.phone) == (heron.id, "submitted", "(404) 555-0190")
    assert session.get_one(Submission, edit.id).state == "withdrawn"
    found = session.execute(
        select(Task.kind, Task.lab_id).where(Task.closed_at.is_(None)).order_by(Task.kind, Task.lab_id)
    )
    assert [tuple(row) for row in found] == [("cms", kite.id), ("cms", heron.id), ("overdue", heron.id)]
    assert [agrees(session, lab.id).state for lab in (kite, heron)] == ["published", "published"]


def test_what_was_decided_for_the_one_entry_stays_decided_for_it(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    claim = a_submission(session, kind="claim", lab_id=heron.id, email="new@heron.example")
    merger = merge(session, kite, heron)
    session.expire_all()
    claim.state = "approved"
    session.commit()
    unmerge(session, merger)
    assert session.get_one(Submission, claim.id).lab_id == kite.id


@pytest.mark.parametrize("keep", Keep)
def test_after_a_change_the_entry_that_stayed_shows_what_was_chosen(
    app: Flask, session: Session, create_staff: Callable[..., str], keep: Keep
) -> None:
    kite, heron = two_entries(session)
    before = standing(session, kite, heron)
    merger = merge(session, kite, heron)
    assert not unmerging.changed_since(merger, session.get_one(Lab, kite.id))
    change(session, kite, KIM, create_staff, phone="(404) 555-0188")
    assert unmerging.changed_since(merger, session.get_one(Lab, kite.id))
    unmerge(session, merger, keep=keep)
    agrees(session, kite.id)
    assert standing(session, heron) == before[1:]
    lab = session.get_one(Lab, kite.id)
    if keep is Keep.BEFORE:
        assert lab.profile_data == before[0][0]["profile"]
    else:
        assert (lab.profile.phone, len(lab.profile.offerings)) == ("(404) 555-0188", 3)


def test_the_present_entry_cannot_stay_under_the_number_of_the_other(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    merger = merge(session, kite, heron, clia=Take.SECOND)
    with pytest.raises(NotSeparable, match="one number"):
        unmerge(session, merger, keep=Keep.PRESENT)
    session.rollback()
    unmerge(session, merger, keep=Keep.BEFORE)
    agrees(session, heron.id)


def test_a_number_that_a_third_laboratory_has_now_stands_in_the_way(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    number = heron.clia_number
    merger = merge(session, kite, heron)
    third = publish(session, clia_number=number)
    with pytest.raises(NotSeparable) as caught:
        unmerge(session, merger)
    assert caught.value.taken_by is not None
    assert caught.value.taken_by.id == third.id
    session.rollback()
    assert session.get_one(Lab, heron.id).state == "merged"


def test_the_latest_merger_is_undone_first(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    third, fourth = publish(session, name="Third"), publish(session, name="Fourth")
    first = merge(session, kite, heron)
    for kept, gone in ((kite, fourth), (third, kite)):
        later = merge(session, kept, gone)
        with pytest.raises(NotSeparable) as caught:
            unmerge(session, first)
        session.rollback()
        assert caught.value.first is not None
        assert caught.value.first.id == later.id
    for _later in range(2):
        unmerge(session, in_the_way_of(session, first))
    unmerge(session, first)
    with pytest.raises(NotSeparable, match="already"):
        unmerge(session, first)


def in_the_way_of(session: Session, merger: LabMerge) -> LabMerge:
    """The merger that must be undone before *merger*."""
    found = unmerging.obstacle(session, merger, keep=Keep.BEFORE)
    assert found is not None
    assert found.first is not None
    return found.first


def test_an_entry_that_left_meanwhile_does_not_come_back_by_this(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    merger = merge(session, kite, heron)
    lab = contacts.locked(session, kite.id)
    leaving.leave_now(session, lab=lab, plan=leaving.Plan("closed"), by=ROBIN, now=now())
    session.commit()
    unmerge(session, merger)
    assert [agrees(session, lab.id).state for lab in (kite, heron)] == ["withdrawn", "published"]


def test_a_contact_that_was_ended_since_is_not_brought_back_and_a_new_one_stays(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    merger = merge(session, kite, heron)
    kim = contacts.standing(session, lab_id=kite.id, email=KIM)
    assert kim is not None
    kim.revoked_at, kim.revoked_by = now(), ROBIN
    lab = session.get_one(Lab, kite.id)
    contacts.ensure(session, lab=lab, email="new@kite.example", name="New", role="", language="en", now=now())
    session.commit()
    unmerge(session, merger)
    assert {one.email for one in contacts.speaking(session, heron.id)} == {ALEX}
    assert {one.email for one in contacts.speaking(session, kite.id)} == {ROBIN, ALEX, "new@kite.example"}


def test_the_pair_is_what_it_was_and_an_old_page_does_nothing(app: Flask, session: Session) -> None:
    kite, heron = two_entries(session)
    pair = DuplicatePair(
        first_id=kite.id, second_id=heron.id, score=0.9, parts=[], digests=[], state="open", found_at=now()
    )
    session.add(pair)
    session.commit()
    merger = merge(session, kite, heron)
    with pytest.raises(EntriesMoved):
        unmerging.unmerge(session, merge_id=merger.id, keep=Keep.BEFORE, shown="another", actor="m", now=now())
    session.rollback()
    unmerge(session, merger)
    assert (pair.state, pair.decided_at, pair.decided_by) == ("open", None, "")
