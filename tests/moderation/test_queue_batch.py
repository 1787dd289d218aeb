"""Several approved at once: only what is green, only as it was shown, each by itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import AuditEvent, Lab, OutboxMessage, Submission
from registry.moderation.batch import MOST, Shown
from registry.web import now
from tests.support.client import PageClient, page_of
from tests.support.factories import a_contact, a_profile, a_submission, publish
from tests.support.pages import Page

Staff = Callable[..., PageClient]
SENDER = "desk@example.org"


def sound(number: int, **changes: Any) -> LabProfile:
    """An entry at which no check has anything to look at."""
    own = {"zip": "30303", "clia_number": f"11D00001{number:02}", "phone": f"(404) 656-20{number:02}"}
    address = {"address_line1": f"{number} Peachtree Street", "website": f"https://lab{number}.example.org/"}
    return a_profile(
        **{"name": f"Sound {number} {['Amber', 'Birch', 'Cedar', 'Dogwood'][number % 4]}", **own, **address, **changes}
    )


def a_sound_one(session: Session, number: int, **changes: Any) -> Submission:
    profile = sound(number, **changes.pop("profile", {}))
    return a_submission(session, profile, email=f"desk@lab{number}.example.org", **changes)


def ticked(page: Page) -> list[str]:
    return [box["value"] for box in page.main.all("input", type="checkbox", name="pick")]


def told(page: Page) -> dict[str, str]:
    return {
        item.one("h2").text: item.one("span", class_="badge").text
        for item in page.main.one("ul", class_="queue").all("li")
    }


def look(client: PageClient, *submissions: Submission) -> Page:
    numbers = "&".join(f"pick={submission.id}" for submission in submissions)
    return client.load(f"/staff/queue/approve?{numbers}")


def publish_all(client: PageClient, page: Page) -> Page:
    return page_of(client.submit(page, button="Approve and publish the ticked ones"))


def test_only_what_is_green_can_be_ticked(staff: Staff, session: Session) -> None:
    green = a_sound_one(session, 1)
    a_sound_one(session, 2, profile={"certificate_type": "waiver"})
    a_sound_one(session, 3, flags=["too_fast"])
    a_submission(session, LabProfile(), kind="claim", lab_id=publish(session).id)
    a_sound_one(session, 4, held_until=now() + timedelta(days=2))
    ada, eve = staff("moderator", "ada@example.org"), staff("moderator", "eve@example.org")
    page = eve.load("/staff/queue")
    assert ticked(page) == [str(green.id)]
    assert {box["form"] for box in page.all("input", name="pick")} == {page.form("Look at the ticked ones")["id"]}
    shown = look(eve, green)
    assert shown.h1 == "This one is about to be published"
    ada.load(f"/staff/submissions/{green.id}")
    assert ticked(eve.load("/staff/queue")) == []
    theirs = look(eve, green)
    assert theirs.h1 == "Nothing of this can be published at once"
    assert "ada@example.org has it open" in theirs.main.text


def test_several_are_seen_and_then_published(staff: Staff, session: Session) -> None:
    lab = publish(session, sound(1))
    a_contact(session, lab, email="desk@lab1.example.org")
    edit = a_submission(
        session,
        replace(lab.profile, phone="(404) 656-2099"),
        kind="edit",
        lab_id=lab.id,
        email="desk@lab1.example.org",
        base=lab.profile.to_dict(),
    )
    new = a_sound_one(session, 2)
    client = staff("moderator")
    page = look(client, edit, new)
    assert page.h1 == "These 2 are about to be published"
    assert "1 change: Phone" in page.main.text
    assert lab.profile.name in page.main.text
    session.rollback()
    assert session.get_one(Submission, new.id).state == "submitted"
    done = publish_all(client, page)
    assert done.h1 == "2 of 2 are published"
    again = publish_all(client, page)
    assert set(told(again).values()) == {"Approved and published"}
    session.rollback()
    assert len(session.scalars(select(Lab)).all()) == 2
    assert session.get_one(Lab, lab.id).profile.phone == "(404) 656-2099"
    acts = session.scalars(select(AuditEvent.subject_id).where(AuditEvent.action == "approve")).all()
    assert sorted(acts) == [edit.id, new.id]
    assert len(session.scalars(select(OutboxMessage)).all()) == 2


def test_one_that_moved_on_or_is_not_green_keeps_nothing_from_the_others(staff: Staff, session: Session) -> None:
    moved, spoiled, taken, good = (a_sound_one(session, number) for number in range(1, 5))
    client = staff("moderator")
    page = look(client, moved, spoiled, taken, good)
    session.rollback()
    session.get_one(Submission, moved.id).revision += 1
    session.get_one(Submission, spoiled.id).flags = ["too_fast"]
    session.get_one(Submission, taken.id).state = "rejected"
    session.commit()
    done = publish_all(client, page)
    assert done.h1 == "1 of 4 is published"
    assert [text.partition(";")[0] for text in told(done).values()] == [
        "It has moved on meanwhile",
        "A check is not well any more",
        "It has moved on meanwhile",
        "Approved and published",
    ]
    session.rollback()
    assert [lab.name for lab in session.scalars(select(Lab))] == [good.profile.name]
    states = [session.get_one(Submission, one.id).state for one in (moved, spoiled, taken, good)]
    assert states == ["submitted", "submitted", "rejected", "approved"]


def test_the_same_number_twice_is_published_once(staff: Staff, session: Session) -> None:
    first = a_sound_one(session, 1)
    client = staff("moderator")
    one = look(client, first)
    second = a_sound_one(session, 2, profile={"clia_number": first.profile.clia_number})
    assert look(client, first, second).h1 == "Nothing of this can be published at once"
    assert set(told(publish_all(client, one)).values()) == {"A check is not well any more; nothing was done"}


def test_what_was_unticked_stays(staff: Staff, session: Session) -> None:
    first, second = a_sound_one(session, 1), a_sound_one(session, 2)
    client = staff("moderator")
    page = look(client, first, second)
    boxes = [box["value"] for box in page.main.all("input", type="checkbox", name="shown")]
    client.submit(page, button="Approve and publish the ticked ones", shown=boxes[1:])
    session.rollback()
    assert session.get_one(Submission, first.id).state == "submitted"
    assert session.get_one(Submission, second.id).state == "approved"


def test_what_no_page_showed_is_refused(staff: Staff, session: Session) -> None:
    a_sound_one(session, 1)
    client = staff("moderator")
    token = client.load("/staff/queue").all("input", name="csrf_token")[0]["value"]
    answers = {}
    for shown in ("", "x", "1:1:a", "1:1:a:b:c", "-1:1:a:b", f"{9**30}:1:a:b", "1:1:\x00:b", "1:1:a:b", "77:1:a:b"):
        data = {"csrf_token": token, "shown": [shown]} if shown else {"csrf_token": token}
        answers[shown] = client.post("/staff/queue/approve", data=data)
    accepted = {shown: answer for shown, answer in answers.items() if answer.status_code != 400}
    assert set(accepted) == {"", "1:1:\x00:b", "1:1:a:b", "77:1:a:b"}
    assert accepted.pop("").status_code == 303
    assert all("0 of 1" in answer.text for answer in accepted.values())
    session.rollback()
    assert session.scalars(select(Lab)).all() == []


def test_more_than_most_go_in_several_rounds(staff: Staff, session: Session) -> None:
    client = staff("moderator")
    token = client.load("/staff/queue").all("input", name="csrf_token")[0]["value"]
    many = [str(Shown(number, 1, "a")) for number in range(1, MOST + 2)]
    assert client.post("/staff/queue/approve", data={"csrf_token": token, "shown": many}).status_code == 400
    one = a_sound_one(session, 1)
    picks = "&".join(f"pick={number}" for number in [one.id, *range(500, 500 + MOST)])
    page = client.load(f"/staff/queue/approve?{picks}")
    assert f"At most {MOST} go at once" in page.main.text
    for odd in ("", "pick=x", f"pick={2**63}", "pick=0"):
        assert client.load(f"/staff/queue/approve?{odd}").h1 == "Nothing of this can be published at once"
