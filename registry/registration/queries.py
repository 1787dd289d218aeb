"""What the registration asks of the database."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from registry.domain.workflow import State
from registry.links import hash_of
from registry.models import DraftKey, Lab, LabIdentifier, OutboxMessage, Submission

LONGEST_CHAIN = 50
"""Versions of one registration that are followed, back or on."""

_OFF_THE_LIST = ("withdrawn", "merged")


def submission_of_key(session: Session, key: str, *, lock: bool = False) -> Submission | None:
    """The submission that a browser holding *key* may see; *lock* keeps others from writing it."""
    if not key:
        return None
    wanted = select(Submission).where(_opened_by([hash_of(key)]))
    return session.scalar(wanted.with_for_update() if lock else wanted)


def opened_by(session: Session, keys: Sequence[str]) -> dict[str, Submission]:
    """What each of *keys* opens, in their order; a key that opens nothing is left out."""
    hashes = {hash_of(key): key for key in keys}
    added = session.scalars(select(DraftKey).where(DraftKey.key_hash.in_(hashes)))
    opens = {one.key_hash: one.submission_id for one in added}
    found = session.scalars(select(Submission).where(_opened_by(list(hashes)))).all()
    by_hash = {submission.draft_key_hash: submission for submission in found}
    by_id = {submission.id: submission for submission in found}
    opened = {key: by_hash.get(key_hash) or by_id.get(opens.get(key_hash, 0)) for key_hash, key in hashes.items()}
    return {key: submission for key, submission in opened.items() if submission is not None}


def versions_back(session: Session, submission: Submission) -> list[Submission]:
    """*submission* and the versions that it replaced, one after the other, the first sent last."""
    chain = [submission]
    while chain[-1].revises_id is not None and len(chain) < LONGEST_CHAIN:
        older = session.get(Submission, chain[-1].revises_id)
        if older is None:
            break
        chain.append(older)
    return chain


def mailbox_of_key(session: Session, key: str) -> str:
    """The mailbox that proved itself for *key*; empty where the browser itself began the draft."""
    return session.scalar(select(DraftKey.email).where(DraftKey.key_hash == hash_of(key))) or ""


def _opened_by(hashes: list[str]) -> ColumnElement[bool]:
    """By the key that began it, or by one that was added for another browser."""
    added = select(DraftKey.submission_id).where(DraftKey.key_hash.in_(hashes))
    return or_(Submission.draft_key_hash.in_(hashes), Submission.id.in_(added))


def locked_submission(session: Session, submission_id: int) -> Submission:
    """The submission as it is now, kept from other writers. ``NoResultFound`` when there is none."""
    return session.scalars(
        select(Submission)
        .where(Submission.id == submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def open_revision(session: Session, revised_id: int) -> Submission | None:
    """The draft that answers the moderator's message about the submission *revised_id*."""
    return session.scalar(
        select(Submission)
        .where(Submission.revises_id == revised_id, Submission.state == State.DRAFT.value)
        .with_for_update()
    )


def waiting_revision(session: Session, revised_id: int) -> Submission | None:
    """The version that is to replace the submission *revised_id* and waits for its mailbox to be proved."""
    return session.scalar(
        select(Submission)
        .where(Submission.revises_id == revised_id, Submission.state == State.AWAITING_EMAIL.value)
        .order_by(Submission.id.desc())
        .limit(1)
        .with_for_update()
    )


def open_edit(session: Session, lab_id: int | None) -> Submission | None:
    """The draft in which the laboratory's entry is being changed."""
    return session.scalar(
        select(Submission).where(
            Submission.lab_id == lab_id, Submission.kind == "edit", Submission.state == State.DRAFT.value
        )
    )


def revised_by(session: Session, submission: Submission) -> Submission | None:
    """The earlier submission that *submission* revises."""
    return session.get(Submission, submission.revises_id) if submission.revises_id is not None else None


def listing_with_number(session: Session, clia_number: str, *, own_lab_id: int | None = None) -> Lab | None:
    """The laboratory on the list under *clia_number*, unless it is the one whose own entry is edited.

    Also by a number that it does not show any more, because it was that of an entry that became a part of it.
    """
    found = listings_with_numbers(session, {clia_number} - {""}).get(clia_number, [])
    return next((lab for lab in found if lab.id != own_lab_id), None)


def listings_with_numbers(session: Session, numbers: Collection[str]) -> dict[str, list[Lab]]:
    """The laboratories on the list under each of *numbers*: those that show it, then those that had it before."""
    found: dict[str, list[Lab]] = {}
    if not numbers:
        return found
    on_the_list = Lab.state.not_in(_OFF_THE_LIST)
    # In this order: a merger of this moment takes a number from the first and gives it to the second.
    for lab in session.scalars(select(Lab).where(Lab.clia_number.in_(numbers), on_the_list).order_by(Lab.id)):
        found.setdefault(lab.clia_number, []).append(lab)
    former = select(LabIdentifier.value, Lab).join(Lab, Lab.id == LabIdentifier.lab_id)
    for number, lab in session.execute(
        former.where(LabIdentifier.kind == "clia", LabIdentifier.value.in_(numbers), on_the_list).order_by(Lab.id)
    ):
        found.setdefault(number, []).append(lab)
    return found


def waits_in_outbox(session: Session, *, submission_id: int, recipient: str, kind: str) -> bool:
    """Whether such a mail has not left yet."""
    return (
        session.scalar(
            select(OutboxMessage.id).where(
                OutboxMessage.submission_id == submission_id,
                OutboxMessage.recipient == recipient,
                OutboxMessage.kind == kind,
                OutboxMessage.state.in_(("waiting", "sending")),
            )
        )
        is not None
    )
