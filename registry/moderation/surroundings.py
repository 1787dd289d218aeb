"""What stands around a submission: where its places lie, which listings are like it, what its sender sent before.

Bounded work whatever the size of the list and of the past: everything comes from an index and has a limit.
"""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from registry.domain.geometry import Point
from registry.domain.mail_services import is_free
from registry.domain.profile import LabProfile
from registry.domain.workflow import State
from registry.models import CliaRecord, DuplicatePair, Lab, Submission
from registry.models.submission import domain_of
from registry.moderation import duplicates
from registry.moderation.findings import Earlier, Near, Sender, Spots
from registry.moderation.sender_checks import MOST_COUNTED
from registry.places.gazetteer import gazetteer

NEAR_SHOWN = 5
EARLIER_SHOWN = 10

_NEVER_SENT = (State.DRAFT.value, State.AWAITING_EMAIL.value)


def spots(profile: LabProfile, listing: Lab | None, record: CliaRecord | None) -> Spots:
    """The points of *profile*'s ZIP code and town, of *listing*, and of the ZIP code of *record*."""
    towns = gazetteer().towns(profile.city, profile.state) if profile.city else []
    return Spots(
        zip=_of_zip(profile.zip),
        town=Point(towns[0].lat, towns[0].lon) if towns else None,
        live=Point(listing.lat, listing.lon) if listing is not None else None,
        filed=_of_zip(record.zip) if record is not None else None,
    )


def near(session: Session, submission: Submission, profile: LabProfile) -> tuple[Near, ...]:
    """The listings that may be the same laboratory as *profile*, the likeliest first; none for a claim."""
    if submission.kind not in ("new", "edit"):
        return ()
    found = duplicates.near(session, profile, own_lab_id=submission.lab_id, limit=NEAR_SHOWN)
    two = _known_to_be_two(session, submission.lab_id) if found else frozenset[int]()
    return tuple(
        Near(
            id=one.lab.id,
            slug=one.lab.slug,
            state=one.lab.state,
            profile=one.lab.profile,
            point=Point(one.lab.lat, one.lab.lon),
            likeness=one.likeness,
            same_number=one.same_number,
            dismissed=one.lab.id in two,
        )
        for one in found
    )


def _known_to_be_two(session: Session, lab_id: int | None) -> frozenset[int]:
    """The listings of which a moderator said that they are another laboratory than *lab_id*'s."""
    if lab_id is None:
        return frozenset()
    pairs = session.scalars(
        select(DuplicatePair).where(
            DuplicatePair.state == duplicates.DISMISSED,
            or_(DuplicatePair.first_id == lab_id, DuplicatePair.second_id == lab_id),
        )
    )
    return frozenset(pair.second_id if pair.first_id == lab_id else pair.first_id for pair in pairs)


def sender(session: Session, submission: Submission) -> Sender:
    """What the mailbox of *submission* sent beside it, and how much came from others of its domain."""
    mailbox = submission.contact_email
    theirs = (
        Submission.contact_email == mailbox,
        Submission.id != submission.id,
        Submission.state.not_in(_NEVER_SENT),
    )
    rows = session.execute(
        select(
            Submission.id,
            Submission.kind,
            Submission.proposed["name"].as_string().label("name"),
            Submission.state,
            Submission.submitted_at,
        )
        .where(*theirs)
        .order_by(Submission.id.desc())
        .limit(EARLIER_SHOWN)
    ).all()
    count = len(rows) if len(rows) < EARLIER_SHOWN else _counted(session, *theirs)
    rejected = _counted(session, *theirs, Submission.state == State.REJECTED.value) if rows else 0
    return Sender(
        earlier=tuple(Earlier(row.id, row.kind, row.name or "", row.state, row.submitted_at) for row in rows),
        count=count,
        rejected=rejected,
        of_domain=_of_domain(session, mailbox),
    )


def _of_domain(session: Session, mailbox: str) -> int | None:
    domain = domain_of(mailbox)
    if not domain or is_free(domain):
        return None
    return _counted(
        session,
        Submission.contact_domain == domain,
        Submission.contact_email != mailbox,
        Submission.state.not_in(_NEVER_SENT),
    )


def _counted(session: Session, *which: object) -> int:
    """How many submissions there are of *which*, counted to ``MOST_COUNTED`` at most."""
    some = select(Submission.id).where(*which).limit(MOST_COUNTED).subquery()  # type: ignore[arg-type]
    return session.scalar(select(func.count()).select_from(some)) or 0


def _of_zip(code: str) -> Point | None:
    entry = gazetteer().zip(code[:5])
    if entry is None or entry.lat is None or entry.lon is None:
        return None
    return Point(entry.lat, entry.lon)
