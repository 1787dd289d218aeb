"""Nothing is kept that is not needed any more: of a deleted draft nothing, of links, sign-ins and mails for a time."""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from registry import mail
from registry.links import Purpose, hash_of
from registry.models import AuditEvent, ContactSession, DraftKey, OneUseLink, OutboxMessage, Submission
from registry.registration import services
from tests.registration.test_upkeep import a_draft, a_link, days, run
from tests.support.factories import a_submission

NAMES = ("Ada Invented", "Laboratory manager", "Invented Street", "Invented Laboratory")


def a_mail(session: Session, draft: Submission, **changes: Any) -> OutboxMessage:
    mail.enqueue(
        session,
        kind="resume_draft",
        recipient=draft.contact_email,
        context={"name": draft.contact_name, "laboratory": draft.profile.name},
        now=draft.updated_at,
        link_purpose=Purpose.RESUME_DRAFT,
        submission_id=draft.id,
    )
    session.flush()
    message = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()
    for name, value in changes.items():
        setattr(message, name, value)
    session.commit()
    return message


def test_a_mail_that_is_just_leaving_is_waited_for(session: Session) -> None:
    draft = a_draft(session, idle=61, asked=False)
    a_mail(session, draft, state="sending")
    assert run(session) == {}
    session.execute(update(OutboxMessage).values(state="sent"))
    session.commit()
    assert run(session) == {"drafts deleted": 1}


def test_nothing_of_it_is_left(session: Session, outbox: Any) -> None:
    draft = a_draft(session, idle=95, contact_phone="404-555-0123", note="Ada asks", unfinished={"you": {"x": ["Ada"]}})
    services.open_for(session, draft=draft, key="k" * 43, email=draft.contact_email, now=days(95))
    a_mail(session, draft)
    a_mail(session, draft, state="sent")
    number, email = draft.id, draft.contact_email
    a_submission(session)
    assert run(session)["drafts deleted"] == 1
    assert session.get(Submission, number) is None
    for model in (OneUseLink, DraftKey):
        assert session.scalars(select(func.count()).select_from(model)).one() == 0
    assert [(one.state, one.context) for one in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))] == [
        ("cancelled", {}),
        ("sent", {}),
    ]
    assert outbox.deliver() == []
    event = session.scalars(select(AuditEvent)).one()
    assert (event.actor_kind, event.actor, event.action, event.subject_id) == ("system", "", "withdraw", number)
    assert event.note == "draft deleted: not changed for 60 days"
    told = f"{event.before} {event.after} {event.note}"
    assert not [name for name in (*NAMES, email) if name in told]


def test_a_number_is_not_given_out_again(session: Session) -> None:
    a_submission(session)
    last = a_draft(session, idle=61, asked=False).id
    assert run(session) == {"drafts deleted": 1}
    emptied = session.get_one(Submission, last)
    kept = " ".join(str(value) for value in vars(emptied).values())
    assert not [name for name in (*NAMES, "example.org") if name in kept]
    assert emptied.state == "withdrawn"
    assert a_submission(session).id > last
    assert run(session) == {"empty rows removed": 1}
    assert session.get(Submission, last) is None
    assert run(session) == {}


def test_links_are_forgotten_when_nobody_asks_for_them_any_more(session: Session) -> None:
    submission = a_submission(session, state="changes_requested")
    used, replaced, late, good = (
        a_link(session, submission, idle=idle, purpose=Purpose.REVISE) for idle in (100, 100, 151, 100)
    )
    used.used_at = replaced.revoked_at = days(91)
    good.used_at = days(89)
    session.commit()
    assert run(session) == {"links forgotten": 3}
    assert session.scalars(select(OneUseLink.id)).all() == [good.id]
    assert late


def test_sign_ins_that_nobody_uses_end(session: Session) -> None:
    for idle in (31, 29):
        session.add(
            ContactSession(key_hash=hash_of(str(idle)), email="a@b.org", created_at=days(60), last_seen_at=days(idle))
        )
    session.commit()
    assert run(session) == {"sign-ins ended": 1}
    assert session.scalars(select(ContactSession.key_hash)).all() == [hash_of("29")]


def test_old_mails_forget_to_whom_they_went(session: Session) -> None:
    submission = a_submission(session, now=days(1))
    for state, age in (("sent", 91), ("failed", 91), ("cancelled", 91), ("waiting", 91), ("sent", 89)):
        a_mail(session, submission, state=state, created_at=days(age), due_at=days(age))
    assert run(session) == {"mails emptied": 3}
    kept = session.scalars(select(OutboxMessage).where(OutboxMessage.recipient != "").order_by(OutboxMessage.id)).all()
    assert [(one.state, "name" in one.context) for one in kept] == [("waiting", True), ("sent", True)]
    emptied = session.scalars(select(OutboxMessage.context).where(OutboxMessage.recipient == "")).all()
    assert emptied == [{}, {}, {}]
