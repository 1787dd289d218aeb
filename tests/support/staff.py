"""What the looks of the pages about staff show: an invitation that waits, and a passkey."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts import people
from registry.links import Purpose, issue
from registry.models import Passkey, User


def set_staff(session: Session, *, owner: str, colleague: str, moment: datetime) -> dict[str, str]:
    """Invite somebody, and give *owner* a passkey; what fills the addresses of the looks. Commits."""
    invited = people.invite(session, email="invited@scene.example", role="reader", actor=owner, now=moment)
    numbers = {user.email: user.id for user in session.scalars(select(User))}
    session.add(
        Passkey(
            user_id=numbers[owner],
            credential_id=b"scene",
            public_key=b"scene",
            sign_count=0,
            name="Laptop of the office",
            synced=True,
            created_at=moment,
            used_at=moment,
        )
    )
    token = issue(session, purpose=Purpose.STAFF_INVITE, staff_user_id=invited.id, email=invited.email, now=moment)
    session.commit()
    return {"moderator": str(numbers[colleague]), "invited": str(invited.id), "invites": token}
