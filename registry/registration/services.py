"""What changes a registration, from the first draft to the moderators. The caller commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import links, mail, transitions
from registry.domain.profile import LabProfile, Offering
from registry.domain.workflow import Action, State
from registry.models import Submission
from registry.registration import link_mail, queries


@dataclass(frozen=True, slots=True)
class Contact:
    """Who fills in the registration."""

    name: str
    email: str
    role: str


def start_draft(session: Session, *, key: str, language: str, now: datetime) -> Submission:
    """The draft of the browser that holds *key*: a new one, or the one that the first of two clicks made."""
    draft = Submission(
        draft_key_hash=links.hash_of(key),
        language=language,
        proposed=LabProfile().to_dict(),
        unfinished={},
        created_at=now,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        found = queries.submission_of_key(session, key, lock=True)
        if found is None:
            raise
        return found
    return draft


def save_step(
    session: Session,
    *,
    draft: Submission,
    step: str,
    now: datetime,
    unfinished: Mapping[str, list[str]] | None = None,
    profile: LabProfile | None = None,
    contact: Contact | None = None,
) -> None:
    """Keep what *step* brought: *profile* or *contact* when in order, *unfinished* as typed when not."""
    kept = {name: typed for name, typed in draft.unfinished.items() if name != step}
    if unfinished is not None:
        kept[step] = dict(unfinished)
    draft.unfinished = kept
    if profile is not None:
        draft.proposed = profile.to_dict()
    if contact is not None:
        draft.contact_name, draft.contact_email, draft.contact_role = (
            contact.name,
            contact.email,
            contact.role,
        )
    _written(draft, now)


def keep_email(*, draft: Submission, email: str, now: datetime) -> None:
    """Note the mailbox of a draft whose other answers are not in order yet."""
    draft.contact_email = email
    _written(draft, now)


def save_test(
    session: Session,
    *,
    draft: Submission,
    position: int,
    now: datetime,
    offering: Offering | None,
    unfinished: Mapping[str, list[str]] | None = None,
) -> None:
    """Keep the test at *position* (0 is the first); one that is not in order holds its place in the list."""
    profile = draft.profile
    if offering is not None:
        profile = profile.with_offering(position, offering)
    elif position >= len(profile.offerings):
        profile = profile.with_offering(position, Offering())
    save_step(session, draft=draft, step=f"test-{position + 1}", now=now, unfinished=unfinished, profile=profile)


def remove_test(*, draft: Submission, position: int, now: datetime) -> None:
    """Take the test at *position* out; those behind it move up, with what was typed for them."""
    draft.proposed = draft.profile.without_offering(position).to_dict()
    moved: dict[str, Any] = {}
    for step, typed in draft.unfinished.items():
        name, _, number = step.partition("-")
        if name != "test":
            moved[step] = typed
        elif int(number) - 1 != position:
            moved[f"test-{int(number) - (int(number) - 1 > position)}"] = typed
    draft.unfinished = moved
    _written(draft, now)


def send(
    session: Session,
    *,
    draft: Submission,
    revision: int,
    now: datetime,
    limit: int | None = link_mail.MAILS_AN_HOUR,
) -> Submission:
    """Send the draft as shown at *revision*: to the moderators when its mailbox is proved, else to be proved.

    Raises :class:`~registry.transitions.Conflict` when it is no draft any more or was changed since.
    """
    revised = queries.revised_by(session, draft)
    proved = revised.email_verified_at if revised is not None and revised.contact_email == draft.contact_email else None
    changes: dict[str, Any] = {"consented_at": now, "email_verified_at": proved}
    if proved is not None:
        changes["submitted_at"] = now
    sent = transitions.apply(
        session,
        draft.id,
        Action.SEND if proved is None else Action.SEND_VERIFIED,
        actor_kind="laboratory",
        actor=draft.contact_email,
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
    confirmed = transitions.apply(
        session,
        submission.id,
        Action.CONFIRM_EMAIL,
        actor_kind="laboratory",
        actor=submission.contact_email,
        now=now,
        changes={"email_verified_at": now, "submitted_at": now},
    )
    _received(session, confirmed, now=now)
    return confirmed


def take_over(session: Session, *, draft: Submission, key: str, now: datetime) -> str:
    """Make *key* the one that opens the draft, and the former holder's not; returns the key in force."""
    holder = queries.submission_of_key(session, key)
    if holder is not None and holder.id != draft.id:
        key = links.new_secret()
    draft.draft_key_hash = links.hash_of(key)
    draft.updated_at = now
    return key


def revise(session: Session, *, submission: Submission, key: str, now: datetime) -> tuple[Submission, str]:
    """The draft that answers the moderator's message: the open one, else a copy; and the key to it."""
    draft = queries.open_revision(session, submission.id)
    if draft is None:
        draft = Submission(
            kind=submission.kind,
            draft_key_hash=links.hash_of(links.new_secret()),
            lab_id=submission.lab_id,
            revises_id=submission.id,
            contact_name=submission.contact_name,
            contact_email=submission.contact_email,
            contact_role=submission.contact_role,
            email_verified_at=submission.email_verified_at,
            language=submission.language,
            proposed=submission.proposed,
            unfinished={},
            created_at=now,
            updated_at=now,
        )
        session.add(draft)
        session.flush()
    return draft, take_over(session, draft=draft, key=key, now=now)


def _received(session: Session, submission: Submission, *, now: datetime) -> None:
    revised = queries.revised_by(session, submission)
    if revised is not None and revised.status is State.CHANGES_REQUESTED:
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
    mail.enqueue(
        session,
        kind="submission_received",
        recipient=submission.contact_email,
        context=link_mail.context_of(submission, "submission_received"),
        now=now,
        language=submission.language,
        submission_id=submission.id,
        once_key=f"submission_received:{submission.id}",
    )


def _written(draft: Submission, now: datetime) -> None:
    draft.revision += 1
    draft.updated_at = now
