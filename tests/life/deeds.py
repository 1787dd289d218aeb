"""How a laboratory and a moderator act upon the services, as the pages do: locked first, then done, or refused."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import links
from registry.domain.profile import LabProfile
from registry.links import LinkState, Purpose
from registry.models import Lab, LabContact, OneUseLink, Submission, User
from registry.moderation.publishing import AlreadyListed, NotPublishable
from registry.registration import (
    claiming,
    confirming,
    contacts,
    editing,
    ending,
    handing_over,
    leaving,
    queries,
    sending,
    services,
    spending,
)
from registry.registration.confirming import Shown
from registry.registration.handing_over import Colleague, NotNamed
from registry.registration.leaving import NotPossible, NumberTaken, Plan
from registry.transitions import Conflict


class Refused(Exception):
    """A page would not let anybody do this."""


REFUSALS = (Refused, Conflict, NotPublishable, AlreadyListed, NotNamed, NotPossible, NumberTaken, sending.Silenced)


def key_of(email: str) -> str:
    """The key of the browser in which somebody fills in a form."""
    return links.hash_of(f"{email} {links.new_secret()}")


def join(session: Session, *, profile: LabProfile, email: str, now: datetime) -> Submission:
    """Fill in the form."""
    draft = services.start_draft(session, key=key_of(email), language="en", now=now)
    contact = services.Contact(name="Ada Invented", email=email, role="Manager")
    services.save_step(session, draft=draft, step="laboratory", now=now, profile=profile, contact=contact)
    session.flush()
    return draft


def rewrite(session: Session, number: int, *, profile: LabProfile, now: datetime) -> None:
    """Change a draft; what was sent can only be looked at."""
    draft = queries.locked_submission(session, number)
    if draft.state != "draft":
        raise Refused
    services.save_step(session, draft=draft, step="laboratory", now=now, profile=profile)


def readdress(session: Session, number: int, *, email: str, now: datetime) -> None:
    """Change the mailbox of a draft."""
    draft = queries.locked_submission(session, number)
    if draft.state != "draft" or draft.kind != "new":
        raise Refused
    contact = services.Contact(name="Ada Invented", email=email, role="Manager")
    services.save_step(session, draft=draft, step="you", now=now, contact=contact)


def send(session: Session, number: int, *, revision: int, now: datetime) -> None:
    """Send a draft as it was shown."""
    draft = session.get_one(Submission, number)
    if draft.kind == "edit" and draft.lab_id is not None:
        contacts.locked(session, draft.lab_id)
    sending.send(session, draft=draft, revision=revision, now=now, limit=None)


def catch_up(session: Session, number: int, *, theirs: bool, now: datetime) -> None:
    """Look at the last page before sending: what changed on the list meanwhile is taken over."""
    draft = queries.locked_submission(session, number)
    if draft.state != "draft":
        raise Refused
    found = editing.catch_up(session, draft=draft, now=now)
    if found.clashes:
        keys = [clash.key for clash in found.clashes] if theirs else []
        editing.catch_up(session, draft=draft, now=now, theirs=keys)


def reopen(session: Session, number: int, *, now: datetime) -> None:
    """Take back what waits for its mailbox to be proved."""
    sending.reopen(session, submission=queries.locked_submission(session, number), now=now)


def withdraw(session: Session, number: int, *, by: str, now: datetime) -> None:
    """Take a request back, or throw a draft away."""
    found = _acted_upon(session, number, by)
    sending.withdraw(session, submission=found, actor=by, now=now)


def change(session: Session, number: int, *, by: str, now: datetime) -> Submission:
    """Begin another version of what waits for an answer."""
    found = _acted_upon(session, number, by)
    if found.kind == "claim" or found.state not in editing.UNDECIDED:
        raise Refused
    return sending.revise(session, submission=found, key=key_of(by), now=now, email=by)[0]


def edit(session: Session, lab_id: int, *, by: str, now: datetime) -> Submission:
    """Begin to change the entry."""
    lab, contact = _spoken_for(session, lab_id, by)
    if lab.state in editing.GONE:
        raise Refused
    return editing.start(session, lab=lab, contact=contact, key=key_of(by), now=now)[0]


def claim(session: Session, lab_id: int, *, by: str, now: datetime) -> Submission:
    """Ask to speak for the entry."""
    lab = claiming.claimable(session, session.get_one(Lab, lab_id).slug, now=now)
    if lab is None:
        raise Refused
    claimant = claiming.Claimant(name="Grace Invented", email=by, role="Director", phone="(404) 555-0123")
    return claiming.ask(session, lab=lab, claimant=claimant, language="en", now=now, limit=None)


def invite(session: Session, lab_id: int, *, by: str, email: str, instead: bool, now: datetime) -> LabContact:
    """Name a colleague, beside oneself or in one's place."""
    lab, contact = _spoken_for(session, lab_id, by)
    colleague = Colleague(name="Ben Invented", email=email, role="Manager")
    return handing_over.invite(
        session, lab=lab, by=contact, colleague=colleague, hand_over=instead, language="en", now=now, limit=None
    )


def end(session: Session, lab_id: int, *, by: str, number: int, now: datetime) -> None:
    """End a contact, oneself among them, or take an invitation back."""
    lab, me = _spoken_for(session, lab_id, by)
    target = next((one for one in contacts.all_standing(session, lab_id) if one.id == number), None)
    if target is None:
        raise Refused
    how = ending.How.TAKEN_BACK if target.verified_at is None else ending.How.REVOKED
    how = ending.How.STEPPED_DOWN if target.id == me.id else how
    ending.end(session, lab=lab, contact=target, by=by, how=how, heir=None if target.id == me.id else me, now=now)


def confirm(session: Session, lab_id: int, *, by: str, shown: Shown, right: set[str], now: datetime) -> None:
    """Say that tests are still right, as they were shown."""
    lab, contact = _spoken_for(session, lab_id, by)
    if lab.state not in confirming.CONFIRMABLE:
        raise Refused
    if not confirming.confirm(session, lab=lab, actor=contact.email, shown=shown, right=right, now=now).tests:
        raise Refused


def leave(session: Session, lab_id: int, *, by: str, day: Any, now: datetime) -> None:
    """Leave the list at once, or on a day."""
    lab, contact = _spoken_for(session, lab_id, by)
    plan = Plan(reason="closed")
    if day is None:
        leaving.leave_now(session, lab=lab, plan=plan, by=contact.email, now=now)
    else:
        leaving.leave_on(session, lab=lab, day=day, plan=plan, by=contact.email, now=now)


def stay(session: Session, lab_id: int, *, by: str, now: datetime) -> None:
    """Take back that the laboratory leaves on a day."""
    lab, contact = _spoken_for(session, lab_id, by)
    leaving.cancel(session, lab=lab, by=contact.email, now=now)


def come_back(session: Session, lab_id: int, *, by: str, now: datetime) -> None:
    """Bring the entry back."""
    lab, contact = _spoken_for(session, lab_id, by)
    leaving.come_back(session, lab=lab, by=contact.email, now=now)


def press(session: Session, token: str, *, agree: bool, now: datetime) -> Any:
    """Press the button of a mailed link's page; what the press made, where it makes something."""
    link = links.find(session, token)
    assert link is not None, "it was mailed"
    purpose = Purpose(link.purpose)
    if purpose in spending.ABOUT_A_SUBMISSION:
        found = spending.standing(session, token, now=now, lock=True)
        assert found is not None, "it is about a request"
        key = key_of(link.email)
        opened = spending.spend(session, found=found, key=key, now=now)
        if opened is None:
            raise Refused
        return queries.submission_of_key(session, opened) if opened else None
    contact = session.get(LabContact, link.contact_id) if link.contact_id is not None else None
    if contact is not None:
        contacts.locked(session, contact.lab_id)
        session.refresh(contact)
    elif link.submission_id is not None:
        queries.locked_submission(session, link.submission_id)
    session.refresh(link)
    if links.state_of(link, now) is not LinkState.GOOD or (contact is not None and contact.revoked_at is not None):
        raise Refused
    _do(session, link, contact, agree=agree, now=now)
    return None


def _do(session: Session, link: OneUseLink, contact: LabContact | None, *, agree: bool, now: datetime) -> None:
    if contact is None:
        submission = session.get(Submission, link.submission_id) if link.submission_id is not None else None
        if submission is not None and not claiming.may_answer(session, submission=submission, email=link.email):
            raise Refused
        _spend(session, link, now)
        if submission is not None and agree:
            claiming.grant(session, submission=submission, actor_kind="laboratory", actor=link.email, now=now)
        elif submission is not None:
            claiming.refuse(session, submission=submission, actor=link.email, now=now)
        return
    lab = session.get_one(Lab, contact.lab_id)
    if link.purpose == Purpose.CONFIRM_LISTING:
        if lab.state not in confirming.CONFIRMABLE:
            raise Refused
        _spend(session, link, now)
        shown = Shown.of(lab.profile)
        confirming.confirm(session, lab=lab, actor=contact.email, shown=shown, right=shown.tests, now=now)
        return
    if contact.verified_at is not None:
        raise Refused
    _spend(session, link, now)
    if agree:
        handing_over.accept(session, lab=lab, contact=contact, language="en", now=now)
    else:
        handing_over.refuse(session, lab=lab, contact=contact, now=now)


def _spend(session: Session, link: OneUseLink, now: datetime) -> None:
    if not links.spend(session, link, now=now):
        raise Refused


def moderator(session: Session) -> User:
    """Who decides."""
    return session.scalars(select(User)).one()


def _acted_upon(session: Session, number: int, by: str) -> Submission:
    found = session.get_one(Submission, number)
    if found.kind == "edit" and found.lab_id is not None:
        contacts.locked(session, found.lab_id)
    session.refresh(found, with_for_update=True)
    if not editing.may_act(session, found, by):
        raise Refused
    return found


def _spoken_for(session: Session, lab_id: int, by: str) -> tuple[Lab, LabContact]:
    slug = session.get_one(Lab, lab_id).slug
    found = contacts.spoken_for(session, slug=slug, email=by, lock=True)
    if found is None:
        raise Refused
    return found
