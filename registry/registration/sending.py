"""Sending what a laboratory proposes: to be proved, to the moderators, again in another version. The caller commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import links, mail, mailboxes, transitions
from registry.domain.changes import told
from registry.domain.partly import corrected
from registry.domain.workflow import Action, State, sources
from registry.models import Lab, Submission
from registry.registration import contacts, link_mail, queries
from registry.registration.services import open_for


class Silenced(Exception):
    """The mailbox does not speak for the laboratory, or no longer. Nothing was written."""


def send(
    session: Session,
    *,
    draft: Submission,
    revision: int,
    now: datetime,
    sender: str = "",
    limit: int | None = link_mail.MAILS_AN_HOUR,
) -> Submission:
    """Send the draft as shown at *revision*: to the moderators when its mailbox is proved, else to be proved.

    *sender* is the mailbox that sends a change of an entry; the draft's own when not given. Raises
    :class:`~registry.transitions.Conflict` when it is no draft any more, was changed since, or what it replaces was
    decided since; :class:`Silenced` when *sender* may not send a change of this entry.
    """
    # What it replaces comes first, as in a decision on it.
    revised = queries.locked_submission(session, draft.revises_id) if draft.revises_id is not None else None
    proved = None
    # Whoever sends has nothing unfinished left but what was removed from the list of tests, and that for good now.
    changes: dict[str, Any] = {"consented_at": now, "unfinished": {}}
    if draft.kind == "edit":
        proved, changes = now, {**changes, **_sender(session, draft, sender or draft.contact_email)}
    elif revised is not None and revised.contact_email == draft.contact_email:
        proved = revised.email_verified_at
    changes["email_verified_at"] = proved
    if proved is not None:
        changes |= {"submitted_at": now, "remarks": {}}
    sent = transitions.apply(
        session,
        draft.id,
        Action.SEND if proved is None else Action.SEND_VERIFIED,
        actor_kind="laboratory",
        actor=changes.get("contact_email", draft.contact_email),
        now=now,
        expect_revision=revision,
        changes=changes,
    )
    if proved is None:
        link_mail.mail_link(session, submission=sent, now=now, limit=limit)
    else:
        _received(session, sent, now=now)
    return sent


def reopen(session: Session, *, submission: Submission, now: datetime) -> Submission:
    """Make a sent but unconfirmed registration a draft again; the links mailed for it stop working."""
    reopened = transitions.apply(
        session,
        submission.id,
        Action.REOPEN,
        actor_kind="laboratory",
        actor=submission.contact_email,
        now=now,
    )
    for purpose in (links.Purpose.CONFIRM_EMAIL, links.Purpose.RESUME_DRAFT):
        link_mail.revoke_links(session, submission=reopened, purpose=purpose, now=now)
    return reopened


def confirmed(session: Session, *, submission: Submission, now: datetime) -> Submission:
    """The mailbox is proved: hand the registration to the moderators, and tell the laboratory."""
    revised = queries.locked_submission(session, submission.revises_id) if submission.revises_id is not None else None
    confirmed = transitions.apply(
        session,
        submission.id,
        Action.CONFIRM_EMAIL,
        actor_kind="laboratory",
        actor=submission.contact_email,
        now=now,
        changes={
            "email_verified_at": now,
            "submitted_at": now,
            "remarks": {},
            # What it was to replace came on the list meanwhile: a moderator decides on it as on a change of that.
            **(edit_of(session, revised) | _speaker(revised) if revised is not None and _is_listed(revised) else {}),
        },
    )
    _received(session, confirmed, now=now)
    return confirmed


def revise(
    session: Session, *, submission: Submission, key: str, now: datetime, email: str = ""
) -> tuple[Submission, str]:
    """The draft that is to replace *submission*: the open one, else a copy; and the key to it.

    What waits stays decidable until the draft is sent. The draft opens for *email*, or for the mailbox that sent
    *submission*. One that waits for its mailbox to be proved is a draft again; where a colleague is at work on the
    entry already, theirs is the draft.
    """
    draft = queries.open_revision(session, submission.id)
    waiting = queries.waiting_revision(session, submission.id) if draft is None else None
    if waiting is not None:
        draft = reopen(session, submission=waiting, now=now)
    if draft is None:
        draft = Submission(
            kind=submission.kind,
            draft_key_hash=links.hash_of(links.new_secret()),
            lab_id=submission.lab_id,
            revises_id=submission.id,
            contact_name=submission.contact_name,
            contact_email=submission.contact_email,
            contact_role=submission.contact_role,
            contact_phone=submission.contact_phone,
            email_verified_at=submission.email_verified_at,
            language=submission.language,
            base=submission.base,
            # With what a moderator put right of it, so that it does not come back.
            proposed=corrected(submission.profile, submission.corrections).to_dict(),
            unfinished={},
            note=submission.note,
            remarks=submission.remarks,
            flags=submission.flags,
            created_at=now,
            updated_at=now,
        )
        try:
            with session.begin_nested():
                session.add(draft)
        except IntegrityError:
            found = queries.open_revision(session, submission.id) or queries.open_edit(session, submission.lab_id)
            if found is None:
                raise
            draft = found
    return draft, open_for(session, draft=draft, key=key, email=email or submission.contact_email, now=now)


def withdraw(session: Session, *, submission: Submission, actor: str, now: datetime) -> Submission:
    """Take back what was asked, or throw a draft away, and tell everybody who speaks for the laboratory.

    Raises :class:`~registry.transitions.Conflict` when it was decided meanwhile.
    """
    was_draft = submission.status is State.DRAFT
    withdrawn = transitions.apply(
        session, submission.id, Action.WITHDRAW, actor_kind="laboratory", actor=actor, now=now
    )
    for purpose in (links.Purpose.CONFIRM_EMAIL, links.Purpose.RESUME_DRAFT, links.Purpose.REVISE):
        link_mail.revoke_links(session, submission=withdrawn, purpose=purpose, now=now)
    for email, language in _who_hears(session, withdrawn, but=actor if was_draft else "").items():
        mail.enqueue(
            session,
            kind="request_withdrawn",
            recipient=email,
            language=language,
            context={
                "laboratory": withdrawn.profile.name,
                "kind": withdrawn.kind,
                "draft": was_draft,
                "by": actor,
                "own": email == actor,
            },
            now=now,
            submission_id=withdrawn.id,
            once_key=f"request_withdrawn:{withdrawn.id}:{mailboxes.hash_of(email)[:16]}",
        )
    return withdrawn


def newer(session: Session, submission: Submission) -> Submission | None:
    """The latest version that was sent to replace *submission*; None when there is none."""
    found = None
    following: int | None = submission.id
    for _step in range(queries.LONGEST_CHAIN):
        next_one = session.scalar(
            select(Submission)
            .where(Submission.revises_id == following, Submission.submitted_at.is_not(None))
            .order_by(Submission.id.desc())
            .limit(1)
        )
        if next_one is None:
            break
        found, following = next_one, next_one.id
    return found


def edit_of(session: Session, revised: Submission) -> dict[str, Any]:
    """What makes a draft that was to replace *revised*, which was approved, a change of the entry that it became."""
    listed = session.get(Lab, revised.lab_id) if revised.lab_id is not None else None
    return {
        "kind": "edit",
        # That entry may have become a part of another since.
        "lab_id": contacts.became(session, listed).id if listed is not None else None,
        # Both started from what was approved, whatever became of the entry since.
        "base": revised.proposed,
        "revises_id": None,
        "remarks": {},
    }


def _is_listed(revised: Submission) -> bool:
    return revised.status is State.APPROVED


def _speaker(revised: Submission) -> dict[str, Any]:
    """In whose name the entry is changed: another mailbox than the one that was proved for it does not speak for it."""
    return {name: getattr(revised, name) for name in ("contact_email", "contact_name", "contact_role", "language")}


def _sender(session: Session, draft: Submission, email: str) -> dict[str, Any]:
    contact = contacts.standing(session, lab_id=draft.lab_id or 0, email=email)
    if contact is None or not contact.speaks:
        raise Silenced(f"{draft.kind} {draft.id}")
    if contact.email == draft.contact_email:
        return {}
    # A colleague went on with it: whoever sends it is asked about it.
    return {
        "contact_email": contact.email,
        "contact_name": contact.name,
        "contact_role": contact.role,
        "language": contact.language,
    }


def _who_hears(session: Session, submission: Submission, *, but: str) -> dict[str, str]:
    """Mailbox to language of all who are told of what became of the request."""
    if submission.lab_id is None or submission.kind == "claim":
        told_of = {submission.contact_email: submission.language}
    else:
        told_of = {contact.email: contact.language for contact in contacts.speaking(session, submission.lab_id)}
    return {email: language for email, language in told_of.items() if email and email != but}


def _received(session: Session, submission: Submission, *, now: datetime) -> None:
    revised = queries.revised_by(session, submission)
    if revised is not None and revised.status is State.APPROVED:
        raise transitions.Conflict(revised, Action.SUPERSEDE)
    if revised is not None and revised.status in sources(Action.SUPERSEDE):
        transitions.apply(
            session,
            revised.id,
            Action.SUPERSEDE,
            actor_kind="laboratory",
            actor=submission.contact_email,
            now=now,
            note=f"revised by submission {submission.id}",
        )
        link_mail.revoke_links(session, submission=revised, purpose=links.Purpose.REVISE, now=now)
    kind = "edit_received" if submission.kind == "edit" else "submission_received"
    mail.enqueue(
        session,
        kind=kind,
        recipient=submission.contact_email,
        context=link_mail.context_of(submission, kind) | _changed(submission),
        now=now,
        language=submission.language,
        submission_id=submission.id,
        once_key=f"{kind}:{submission.id}",
    )


def _changed(submission: Submission) -> dict[str, Any]:
    started_from = submission.started_from
    return {"changes": told(started_from, submission.profile)} if started_from is not None else {}
