"""What reading needs and publishing writes, written again when the code that derives it has changed."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.models import DirectoryVersion, Lab
from registry.models.lab import SHAPE

_AT_ONCE = 500


def is_outdated(session: Session) -> bool:
    """Whether the laboratories' derived columns were written by other code than this."""
    return session.scalar(select(DirectoryVersion.shape)) != SHAPE


def renew(session: Session) -> int:
    """Derive every laboratory's columns again, under one new directory version. Returns how many there are."""
    version = DirectoryVersion.advance(session)
    done = 0
    last = 0
    while labs := session.scalars(select(Lab).where(Lab.id > last).order_by(Lab.id).limit(_AT_ONCE)).all():
        for lab in labs:
            lab.derive()
            lab.version = version
        last = labs[-1].id
        done += len(labs)
        session.flush()
        # A large directory must not stay in memory whole.
        session.expunge_all()
    session.execute(update(DirectoryVersion).values(shape=SHAPE))
    return done
