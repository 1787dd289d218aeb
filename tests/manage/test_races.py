"""Two at once about one laboratory: one wins, the other is told, and nobody waits for ever."""

import threading
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.models import AuditEvent, ContactSession, Lab, LabContact, Submission, User
from registry.moderation import services
from registry.moderation.publishing import NotPublishable
from registry.registration import contacts, leaving
from registry.registration.leaving import NotPossible, Plan
from registry.transitions import Conflict
from registry.web import now
from tests.manage.people import ALEX, KIM, ROBIN, a_lab, browser, link_for, sign_in
from tests.manage.test_contacts import name
from tests.moderation.test_races import at_once
from tests.support.client import PageClient
from tests.support.factories import a_submission
from tests.support.pages import Page

Press = Callable[[], TestResponse]


def pressed_at_once(presses: Sequence[Press]) -> list[int]:
    """The statuses that browsers get which press from one starting line."""
    line = threading.Barrier(len(presses))
    answers: list[TestResponse | None] = [None] * len(presses)

    def run(place: int) -> None:
        line.wait(10)
        answers[place] = presses[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(presses))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(answer.status_code for answer in answers if answer is not None)


def press(client: PageClient, page: Page, button: str, **fields: Any) -> Press:
    return lambda: client.submit(page, button=button, follow=False, **fields)


def looking(app: Flask, link: str, button: str, count: int = 1) -> list[Press]:
    """Browsers that opened the link, each about to press its button."""
    clients = [browser(app) for _ in range(count)]
    return [press(client, client.load(link), button) for client in clients]


def speaking(session: Session, lab: Lab) -> list[str]:
    session.rollback()
    return [one.email for one in contacts.speaking(session, lab.id)]


def acts(session: Session, action: str) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.action == action)) or 0


def test_of_many_who_press_a_link_to_sign_in_one_is_let_in(app: Flask, session: Session, outbox: Any) -> None:
    a_lab(session)
    link = link_for(browser(app), outbox, ROBIN)
    assert pressed_at_once(looking(app, link, "Sign in", count=4)) == [303, 410, 410, 410]
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ContactSession)) == 1


def test_two_who_were_handed_the_entry_agree_at_once(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session)
    robin = sign_in(app, outbox)
    for email in (KIM, ALEX):
        name(robin, lab, email, sharing="instead")
    links = [letter.link for letter in outbox.deliver()]
    presses = [press for link in links for press in looking(app, link, "I agree", count=2)]
    assert pressed_at_once(presses)[-2:] == [410, 410]
    assert len(speaking(session, lab)) == 1
    assert speaking(session, lab) != [ROBIN]
    assert (acts(session, "accept_contact"), acts(session, "end_contact")) == (1, 1)


def test_an_invitation_accepted_while_its_writer_is_ended(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session, ROBIN, ALEX)
    robin, alex = sign_in(app, outbox), sign_in(app, outbox, ALEX)
    name(robin, lab, KIM)
    link = outbox.one(KIM).link
    session.rollback()
    contact = session.scalars(select(LabContact).where(LabContact.email == ROBIN)).one()
    page = alex.load(f"/manage/labs/{lab.slug}/contacts/{contact.id}/end")
    answers = pressed_at_once([*looking(app, link, "I agree"), press(alex, page, "Remove a contact")])
    assert answers in ([200, 303], [303, 410])
    # Either they agreed in time, or the invitation was worth nothing any more.
    assert set(speaking(session, lab)) == ({ALEX, KIM} if answers == [200, 303] else {ALEX})


def test_two_contacts_end_each_other_at_once(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session, ROBIN, KIM)
    clients = {email: sign_in(app, outbox, email) for email in (ROBIN, KIM)}
    session.rollback()
    numbers = {one.email: one.id for one in session.scalars(select(LabContact))}
    presses = [
        press(one, one.load(f"/manage/labs/{lab.slug}/contacts/{numbers[other]}/end"), "Remove a contact")
        for one, other in ((clients[ROBIN], KIM), (clients[KIM], ROBIN))
    ]
    # Whoever came second has nothing left to end with.
    assert pressed_at_once(presses) in ([303, 303], [303, 404])
    assert len(speaking(session, lab)) == 1
    assert acts(session, "end_contact") == 1


def test_leaving_while_a_moderator_approves_a_change(
    app: Flask, session: Session, create_staff: Callable[..., str]
) -> None:
    email = create_staff("moderator")
    for _round in range(4):
        lab = a_lab(session)
        change = a_submission(session, lab.profile, email=ROBIN, kind="edit", lab_id=lab.id)
        shown = {
            "submission_id": change.id,
            "expect_revision": change.revision,
            "digest": change.profile.digest,
            "listing_digest": lab.profile.digest,
        }
        lab_id = lab.id
        session.rollback()

        def approve(own: Session, shown: dict[str, Any] = shown) -> str:
            reviewer = own.scalars(select(User).where(User.email == email)).one()
            return services.approve(own, reviewer=reviewer, now=now(), **shown).state

        def leave(own: Session, lab_id: int = lab_id) -> str:
            lab = contacts.locked(own, lab_id)
            leaving.leave_now(own, lab=lab, plan=Plan("closed"), by=ROBIN, now=now())
            return lab.state

        results = at_once(app, [approve, leave])
        assert results[1] == "withdrawn", results
        assert results[0] == "published" or isinstance(results[0], Conflict | NotPublishable), results
        session.rollback()
        assert session.get_one(Lab, lab_id).state == "withdrawn"
        assert session.get_one(Submission, shown["submission_id"]).state in {"approved", "withdrawn"}


def test_two_workers_and_a_contact_take_a_laboratory_off_the_list_once(app: Flask, session: Session) -> None:
    lab = a_lab(session)
    lab.leaving_on, lab.leaving_reason = date(2020, 1, 1), "closed"
    session.commit()
    lab_id = lab.id
    session.rollback()

    def work(own: Session) -> int:
        return leaving.leave_due(own, now=now())

    def leave(own: Session) -> int:
        leaving.leave_now(own, lab=contacts.locked(own, lab_id), plan=Plan("closed"), by=ROBIN, now=now())
        return 1

    results = at_once(app, [work, work, leave])
    assert sorted(str(type(result).__name__) for result in results) in (["int"] * 3, ["NotPossible", "int", "int"])
    assert sum(result for result in results if isinstance(result, int)) == 1
    assert not [result for result in results if isinstance(result, Exception) and not isinstance(result, NotPossible)]
    assert acts(session, "leave") == 1


def test_one_colleague_named_twice_at_once(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session, ROBIN, ALEX)
    typed = {"name": "Kim", "email": KIM, "sharing": "beside"}
    clients = [sign_in(app, outbox, email) for email in (ROBIN, ALEX)]
    pages = [(client, client.load(f"/manage/labs/{lab.slug}/contacts")) for client in clients]
    assert pressed_at_once([press(*pair, "Ask the colleague", **typed) for pair in pages]) == [303, 422]
    assert len(outbox.deliver()) == 1
