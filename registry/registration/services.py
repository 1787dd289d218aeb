"""What changes a draft of a registration. The caller commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import links
from registry.domain.profile import LabProfile, Offering
from registry.models import DraftKey, Submission
from registry.registration import queries


@dataclass(frozen=True, slots=True)
class Contact:
    """Who fills in the registration."""

    name: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class Editor:
    """Who writes: the key of the browser, and the mailbox that proved itself for it, if one did."""

    key: str = ""
    email: str = ""


NOBODY = Editor()


def start_draft(session: Session, *, key: str, language: str, now: datetime, flags: Sequence[str] = ()) -> Submission:
    """The draft of the browser that holds *key*: a new one, or the one that the first of two clicks made.

    *flags* are what spoke against a person at the form that begins a new one.
    """
    draft = Submission(
        draft_key_hash=links.hash_of(key),
        language=language,
        proposed=LabProfile().to_dict(),
        unfinished={},
        flags=list(flags),
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
    note: str | None = None,
    by: Editor = NOBODY,
) -> None:
    """Keep what *step* brought: *profile*, *contact* or *note* when in order, *unfinished* as typed when not."""
    kept = {name: typed for name, typed in draft.unfinished.items() if name != step}
    if unfinished is not None:
        kept[step] = dict(unfinished)
    draft.unfinished = kept
    if profile is not None:
        draft.proposed = profile.to_dict()
    if note is not None:
        draft.note = note
    if contact is not None:
        keep_email(session, draft=draft, email=contact.email, by=by)
        draft.contact_name, draft.contact_role = contact.name, contact.role
    written(draft, now, by=by)


def keep_email(session: Session, *, draft: Submission, email: str, by: Editor = NOBODY) -> None:
    """Note the mailbox of a draft that :func:`save_step` writes, whether or not its other answers are in order.

    Who opened a registration by a link to the mailbox that was named before can no longer do so, but for *by*:
    perhaps the address was a stranger's. Colleagues who open the draft of a listing's change stay.
    """
    former = draft.contact_email
    if former and former != email and draft.kind == "new":
        session.execute(
            delete(DraftKey)
            .where(
                DraftKey.submission_id == draft.id,
                DraftKey.email == former,
                DraftKey.key_hash != links.hash_of(by.key),
            )
            .execution_options(synchronize_session=False)
        )
    draft.contact_email = email


def save_test(
    session: Session,
    *,
    draft: Submission,
    position: int,
    now: datetime,
    offering: Offering | None,
    unfinished: Mapping[str, list[str]] | None = None,
    by: Editor = NOBODY,
) -> None:
    """Keep the test at *position* (0 is the first); one that is not in order holds its place in the list."""
    profile = draft.profile
    if offering is not None:
        profile = profile.with_offering(position, offering)
    elif position >= len(profile.offerings):
        profile = profile.with_offering(position, Offering())
    step = f"test-{position + 1}"
    save_step(session, draft=draft, step=step, now=now, unfinished=unfinished, profile=profile, by=by)


def keep_typed(
    *,
    draft: Submission,
    step: str,
    typed: Mapping[str, list[str]] | None,
    now: datetime,
    position: int | None = None,
    by: Editor = NOBODY,
) -> None:
    """Keep what somebody has typed in *step* and not sent; with None, go back to what is saved of it.

    *position* is that of a test, which takes its place in the list. The revision stays: nothing of what can be sent has
    changed, and a draft with such a step cannot be sent.
    """
    others = {name: answers for name, answers in draft.unfinished.items() if name != step}
    draft.unfinished = others if typed is None else {**others, step: dict(typed)}
    if position is not None and position >= len(draft.profile.offerings):
        draft.proposed = draft.profile.with_offering(position, Offering()).to_dict()
    draft.updated_at = now
    draft.updated_by = by.email


def open_for(session: Session, *, draft: Submission, key: str, email: str, now: datetime) -> str:
    """Let the browser that holds *key* open the draft too; returns the key that does.

    *email* is the mailbox that proved itself for it. A key that opens something else stays with that: another one is
    made then. Whoever opened the draft before goes on doing so.
    """
    holder = queries.submission_of_key(session, key)
    if holder is not None and holder.id == draft.id:
        return key
    if holder is not None:
        key = links.new_secret()
    session.add(DraftKey(key_hash=links.hash_of(key), submission_id=draft.id, email=email, created_at=now))
    session.flush()
    return key


def written(draft: Submission, now: datetime, *, by: Editor = NOBODY) -> None:
    """Note that the draft is not what it was: who was shown the former revision is told."""
    draft.revision += 1
    draft.updated_at = now
    draft.updated_by = by.email
