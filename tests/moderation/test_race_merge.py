"""Mergers against what happens at the same moment: one wins, the other is told, audit and public state agree."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.uniting import Side, presets, unite
from registry.models import Lab, LabMerge, Submission, User
from registry.moderation import merging, services, unmerging
from registry.moderation.merging import EntriesMoved, NotMergeable
from registry.moderation.publishing import ListingMoved
from registry.moderation.unmerging import Keep, NotSeparable
from registry.registration import queries, sending
from registry.transitions import Conflict
from registry.web import now
from tests.moderation.races import ROUNDS, Deed, agrees, at_once
from tests.support.factories import a_submission
from tests.support.mergers import KIM, MODERATOR, ROBIN, two_entries
from tests.support.mergers import merge as merged

CreateStaff = Callable[..., str]
FEWER = 10


def a_merger(kept: Lab, gone: Lab, *, by: str = MODERATOR) -> Deed:
    """A moderator presses the button of the page as it proposes."""
    one, other, numbers = kept.profile, gone.profile, (kept.id, gone.id)
    taken = presets(one, other, stays=Side.FIRST, days={Side.FIRST: {}, Side.SECOND: {}})
    united = unite(one, other, stays=Side.FIRST, taken=taken)
    shown = {kept.id: one.digest, gone.id: other.digest}

    def deed(session: Session) -> str:
        kept_id, gone_id = numbers
        merging.merge(
            session,
            kept_id=kept_id,
            gone_id=gone_id,
            profile=united,
            placed_as=kept_id,
            shown=shown,
            actor=by,
            now=now(),
        )
        return "merged"

    return deed


def an_approval(submission: Submission, listing: Lab, moderator: str) -> Deed:
    shown: dict[str, Any] = {
        "submission_id": submission.id,
        "expect_revision": submission.revision,
        "digest": submission.profile.digest,
        "listing_digest": listing.profile.digest,
    }

    def deed(session: Session) -> str:
        reviewer = session.scalars(select(User).where(User.email == moderator)).one()
        return services.approve(session, reviewer=reviewer, now=now(), **shown).slug

    return deed


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_change_of_either_entry_is_approved_while_they_are_merged(
    app: Flask, session: Session, create_staff: CreateStaff
) -> None:
    moderator = create_staff("moderator")
    won = {"merged": 0, "approved": 0}
    for number in range(ROUNDS):
        session.rollback()
        kite, heron = two_entries(session)
        lab, sender = (kite, ROBIN) if number % 2 else (heron, KIM)
        proposed = replace(lab.profile, phone="(404) 555-0190")
        edit = a_submission(session, proposed, kind="edit", lab_id=lab.id, email=sender, base=lab.profile_data)
        deeds = [a_merger(kite, heron), an_approval(edit, lab, moderator)]
        number_of = heron.clia_number
        session.rollback()
        result, approved = at_once(app, deeds if number % 4 < 2 else deeds[::-1])[:: 1 if number % 4 < 2 else -1]
        kept, gone = agrees(session, kite.id), agrees(session, heron.id)
        if result == "merged":
            won["merged"] += 1
            # The change was made of another text: the moderator is told, and nothing of it is published.
            assert isinstance(approved, ListingMoved | Conflict), approved
            assert (kept.state, gone.state) == ("published", "merged")
            assert "0190" not in kept.profile.phone
            assert session.get_one(Submission, edit.id).state == ("submitted" if lab is kite else "withdrawn")
            found = queries.listing_with_number(session, number_of)
            assert found is not None
            assert found.id == kept.id
        else:
            won["approved"] += 1
            assert isinstance(result, EntriesMoved), result
            assert isinstance(approved, str), approved
            assert (kept.state, gone.state) == ("published", "published")
            assert session.get_one(Lab, lab.id).profile == proposed
        assert len(session.scalars(select(LabMerge).where(LabMerge.kept_id == kite.id)).all()) == (result == "merged")
    print(won)


def test_each_entry_is_merged_into_the_other_at_once(app: Flask, session: Session) -> None:
    for _round in range(FEWER):
        session.rollback()
        kite, heron = two_entries(session)
        deeds = [a_merger(kite, heron), a_merger(heron, kite, by="second@example.org")]
        session.rollback()
        results = at_once(app, deeds)
        assert {type(result) for result in results} == {str, NotMergeable}, results
        states = sorted(agrees(session, lab.id).state for lab in (kite, heron))
        assert states == ["merged", "published"]


def test_a_change_is_sent_while_the_entry_becomes_a_part_of_another(app: Flask, session: Session) -> None:
    for _round in range(FEWER):
        session.rollback()
        kite, heron = two_entries(session)
        proposed = replace(heron.profile, phone="(404) 555-0190")
        draft = a_submission(
            session, proposed, kind="edit", state="draft", lab_id=heron.id, email=KIM, base=heron.profile_data
        )
        number, revision = draft.id, draft.revision

        def send(session: Session, number: int = number, revision: int = revision) -> str:
            draft = session.get_one(Submission, number)
            return sending.send(session, draft=draft, revision=revision, now=now(), limit=None).state

        deeds = [a_merger(kite, heron), send]
        session.rollback()
        result, sent = at_once(app, deeds)
        assert result == "merged"
        kept = agrees(session, kite.id)
        stands = session.get_one(Submission, number)
        if sent == "submitted":
            assert (stands.state, stands.lab_id) == ("withdrawn", heron.id)
        else:
            # It is a change of the one entry now, and is shown once more before it is sent.
            assert isinstance(sent, Conflict), sent
            assert (stands.state, stands.lab_id) == ("draft", kept.id)


def test_a_merger_is_undone_twice_at_once(app: Flask, session: Session) -> None:
    for _round in range(FEWER // 2):
        session.rollback()
        kite, heron = two_entries(session)
        merger = merged(session, kite, heron)
        number, shown = merger.id, session.get_one(Lab, kite.id).profile.digest

        def undo(session: Session, number: int = number, shown: str = shown) -> str:
            unmerging.unmerge(session, merge_id=number, keep=Keep.BEFORE, shown=shown, actor=MODERATOR, now=now())
            return "undone"

        session.rollback()
        results = at_once(app, [undo, undo])
        assert {type(result) for result in results} == {str, NotSeparable}, results
        assert [agrees(session, lab.id).state for lab in (kite, heron)] == ["published", "published"]
