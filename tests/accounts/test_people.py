"""Administrators look after people: invitations, roles, deactivation, help with signing in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, OneUseLink, StaffSession, User
from registry.models.account import ROLES
from tests.accounts.test_sign_in import sign_in
from tests.conftest import Outbox
from tests.support.client import PageClient, page_of
from tests.support.pages import Page

Staff = Callable[..., PageClient]
NEW = "new.person@example.org"
CHOSEN = "four words nobody guesses"


def invite(admin: PageClient, email: str = NEW, role: str = "moderator") -> Page:
    return page_of(
        admin.submit(admin.load("/staff/people/invite"), button="Send the invitation", email=email, role=role)
    )


def choose(client: PageClient, link: str, password: str = CHOSEN, again: str | None = None) -> Page:
    form = client.load(link)
    return page_of(client.submit(form, button="Set the password", password=password, again=again or password))


def press(admin: PageClient, session: Session, email: str, button: str) -> Page:
    """Press *button* on the page of the account of *email*."""
    session.rollback()
    number = session.scalars(select(User.id).where(User.email == email)).one()
    # What was read is not read on: the next look sees what the press changed.
    session.rollback()
    return page_of(admin.submit(admin.load(f"/staff/people/{number}"), button=button))


def acts(session: Session) -> list[str]:
    session.rollback()
    rows = session.scalars(select(AuditEvent).where(AuditEvent.subject_type == "staff").order_by(AuditEvent.id)).all()
    assert CHOSEN not in str([(row.before, row.after, row.note) for row in rows])
    return [row.action for row in rows]


@pytest.fixture
def other(app: Flask) -> Callable[[], PageClient]:
    """A browser of somebody else."""

    def make() -> PageClient:
        client = app.test_client()
        assert isinstance(client, PageClient)
        return client

    return make


def test_an_invitation_leads_to_a_password_and_to_the_pages_of_the_role(
    staff: Staff, other: Callable[[], PageClient], outbox: Outbox, session: Session
) -> None:
    admin, person = staff("admin"), other()
    told = invite(admin, role="moderator")
    assert NEW in told.main.text
    assert "Invited" in told.main.text
    letter = outbox.one(NEW)
    assert "admin@example.org invites you" in letter.text
    assert "stop" not in letter.text.lower()
    assert session.scalars(select(OneUseLink.token_hash)).one() not in letter.link
    for _number in range(2):
        assert person.head(letter.link).status_code == 200
    assert NEW in person.load(letter.link).main.text
    done = choose(person, letter.link)
    assert done.url == "/staff/login"
    assert "Your password is set" in done.main.text
    assert sign_in(person, NEW, CHOSEN, follow=True).request.path == "/staff/queue"
    assert acts(session) == ["invite_staff", "accept_invitation"]


def test_a_password_that_may_not_be_one_spends_nothing(staff: Staff, client: PageClient, outbox: Outbox) -> None:
    invite(staff("admin"))
    link = outbox.one(NEW).link
    for password, again, said in (
        ("short", "", "at least 12 characters"),
        ("x" * 201, "", "at most 200"),
        ("my NEW.person@example.org", "", "Leave your e-mail address"),
        ("I am New.Person here", "", "Leave your e-mail address"),
        (CHOSEN, CHOSEN + "!", "not the same"),
    ):
        refused = choose(client, link, password, again or None)
        assert said in refused.main.text
        assert not any(password in one.get("value") for one in refused.all("input"))
    assert choose(client, link).url == "/staff/login"


def test_a_link_works_once_and_not_for_two_at_once(
    staff: Staff, other: Callable[[], PageClient], outbox: Outbox
) -> None:
    invite(staff("admin"))
    link = outbox.one(NEW).link
    first, second = other(), other()
    forms = [first.load(link), second.load(link)]
    fields = {"password": CHOSEN, "again": CHOSEN}
    answers = [
        client.submit(form, button="Set the password", **fields)
        for client, form in zip((first, second), forms, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [200, 410]
    assert "Each link from our mails works once" in page_of(answers[1]).main.text
    assert first.get(link).status_code == 410


def test_a_link_ends_after_a_week_and_another_takes_its_place(
    staff: Staff, client: PageClient, outbox: Outbox, session: Session, clock: time_machine.Traveller
) -> None:
    invite(staff("admin"))
    old = outbox.one(NEW).link
    clock.shift(timedelta(days=7, seconds=1))
    assert "too old" in client.load(old, 410).main.text
    admin = staff("admin", "second@example.org")
    press(admin, session, NEW, "Send the invitation again")
    new = outbox.one(NEW).link
    press(admin, session, NEW, "Send the invitation again")
    assert client.get(new).status_code == 410, "only the latest works"
    assert choose(client, outbox.one(NEW).link).url == "/staff/login"


def test_an_invitation_that_was_taken_back_is_worth_nothing(
    staff: Staff, client: PageClient, outbox: Outbox, session: Session
) -> None:
    admin = staff("admin")
    invite(admin)
    link = outbox.one(NEW).link
    assert "Invitation taken back" in press(admin, session, NEW, "Take the invitation back").main.text
    assert client.get(link).status_code == 410
    # The mail that has not left yet stays here.
    invite(admin, "late@example.org")
    press(admin, session, "late@example.org", "Take the invitation back")
    assert outbox.deliver() == []
    assert "Invited" in invite(admin, role="reader").main.text
    choose(client, outbox.one(NEW).link)
    sign_in(client, NEW, CHOSEN)
    assert "Reader" in client.load("/staff/account").main.text


def test_what_cannot_be_invited_is_said(staff: Staff, outbox: Outbox) -> None:
    admin = staff("admin")
    assert "already" in invite(admin, "ADMIN@example.org").main.text
    assert "Write an e-mail address" in invite(admin, "nobody").main.text
    assert outbox.deliver() == []


def test_a_role_is_changed_at_the_next_click(staff: Staff, session: Session) -> None:
    admin, member = staff("admin"), staff("outreach")
    number = session.scalars(select(User.id).where(User.email == "outreach@example.org")).one()
    session.rollback()
    for role in ROLES:
        admin.submit(admin.load(f"/staff/people/{number}"), button="Change the role", role=role)
        assert (member.get("/staff/people").status_code == 200) is (role == "admin"), role
    # The same again is no act.
    admin.submit(admin.load(f"/staff/people/{number}"), button="Change the role", role=ROLES[-1])
    assert acts(session) == ["change_role"] * len(ROLES)


def test_the_page_says_which_role_opens_it(staff: Staff) -> None:
    told = staff("reader").load("/staff/people", 403).main.text
    assert "Roles that open it Administrator Your role Reader" in told


def test_the_last_administrator_stays(staff: Staff, session: Session) -> None:
    admin = staff("admin")
    staff("admin", "second@example.org")
    assert "is deactivated" in press(admin, session, "second@example.org", "Deactivate the account").main.text
    number = session.scalars(select(User.id).where(User.email == "admin@example.org")).one()
    kept = page_of(admin.submit(admin.load(f"/staff/people/{number}"), button="Change the role", role="reader"))
    assert "last active administrator" in kept.main.text
    assert "last active administrator" in press(admin, session, "admin@example.org", "Deactivate the account").main.text
    # Who is only invited, or has no password at present, could not sign in and help.
    invite(admin, role="admin")
    assert "last active administrator" in press(admin, session, "admin@example.org", "Deactivate the account").main.text
    press(admin, session, "second@example.org", "Reactivate the account")
    press(admin, session, "second@example.org", "Reset the password")
    assert "last active administrator" in press(admin, session, "admin@example.org", "Deactivate the account").main.text


def test_a_deactivated_account_is_out_at_once_and_its_history_stays(
    staff: Staff, other: Callable[[], PageClient], session: Session
) -> None:
    admin, member = staff("admin"), staff("moderator")
    assert member.get("/staff/queue").status_code == 200
    press(admin, session, "moderator@example.org", "Deactivate the account")
    assert member.get("/staff/queue").status_code == 303
    assert sign_in(other(), "moderator@example.org").status_code == 422
    row = session.scalars(select(AuditEvent).where(AuditEvent.action == "deactivate_staff")).one()
    assert (row.actor, (row.after or {})["email"]) == ("admin@example.org", "moderator@example.org")
    press(admin, session, "moderator@example.org", "Reactivate the account")
    assert member.get("/staff/queue").status_code == 303, "a cookie of before stays worthless"
    assert sign_in(other(), "moderator@example.org", follow=True).request.path == "/staff/queue"
    assert acts(session) == ["deactivate_staff", "reactivate_staff"]


def test_an_administrator_signs_somebody_out_everywhere(staff: Staff, session: Session) -> None:
    admin, member = staff("admin"), staff("moderator")
    shown = press(admin, session, "moderator@example.org", "Sign out everywhere")
    assert "Not signed in anywhere" in shown.main.text
    assert member.get("/staff/queue").status_code == 303
    session.rollback()
    assert session.scalar(select(func.count()).select_from(StaffSession)) == 1


def test_a_reset_password_is_worthless_at_once_and_a_mail_leads_to_another(
    staff: Staff, client: PageClient, outbox: Outbox, session: Session, clock: time_machine.Traveller
) -> None:
    admin, member = staff("admin"), staff("moderator")
    press(admin, session, "moderator@example.org", "Reset the password")
    assert member.get("/staff/queue").status_code == 303
    assert sign_in(client, "moderator@example.org").status_code == 422
    late = outbox.one("moderator@example.org").link
    clock.shift(timedelta(days=1, seconds=1))
    assert client.get(late).status_code == 410
    admin = staff("admin", "second@example.org")
    press(admin, session, "moderator@example.org", "Reset the password")
    assert choose(client, outbox.one("moderator@example.org").link).url == "/staff/login"
    assert sign_in(client, "moderator@example.org", CHOSEN, follow=True).request.path == "/staff/queue"
    assert acts(session) == ["reset_password", "reset_password", "change_password"]


def test_a_reset_second_step_takes_everything_away(
    staff: Staff, client: PageClient, outbox: Outbox, session: Session
) -> None:
    admin = staff("admin")
    staff("moderator")
    user = session.scalars(select(User).where(User.email == "moderator@example.org")).one()
    user.tf_primary_method, user.tf_totp_secret, user.mf_recovery_codes = "authenticator", "secret", ["code"]
    session.commit()
    press(admin, session, "moderator@example.org", "Reset the second step")
    session.expire_all()
    assert (user.tf_totp_secret, user.mf_recovery_codes, user.password) == (None, [], None)
    assert "passkeys do not work any more" in outbox.one("moderator@example.org").text


def test_an_administrator_cannot_reset_themself_here(staff: Staff, session: Session) -> None:
    admin = staff("admin")
    page = admin.load("/staff/people/1")
    assert "Reset the password" not in page.main.text
    token = page.all("input", name="csrf_token")[0]["value"]
    answer = admin.post("/staff/people/1/reset-password", data={"csrf_token": token}, follow_redirects=True)
    assert "For your own account" in page_of(answer).main.text
