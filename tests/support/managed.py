"""Laboratories for which a signed-in mailbox speaks: on the list, leaving it, gone."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from registry.domain.hiding import UNCONFIRMED
from registry.links import Purpose, hash_of, issue
from registry.models import ContactSession, Lab, LabContact
from registry.registration import contacts, leaving
from registry.registration.leaving import Plan
from tests.support.factories import a_submission, publish

MAILBOX = "contact@scene.example"
KEY = "d" * 43
"""The key of the browser in which it is signed in."""


def set_managed(own: Session, *, successor: Lab, moment: datetime) -> dict[str, str]:
    """Write what the looks show of it; *successor* is on the list. Commits.

    The names for addresses: the slugs ``managed``, ``leaving``, ``left`` and ``lapsed``, the number ``me`` of the
    mailbox as the contact of ``leaving``, the links ``signs_in`` and ``accepts``.
    """
    own.add(ContactSession(key_hash=hash_of(KEY), email=MAILBOX, created_at=moment, last_seen_at=moment))
    managed, leaves, left = (publish(own, now=moment - timedelta(days=days)) for days in (400, 3, 3))
    lapsed = publish(own, now=moment - timedelta(days=600))
    lapsed.hide(own, reason=UNCONFIRMED, now=moment - timedelta(days=10))
    speaks = [_speaks(own, lab, MAILBOX, moment) for lab in (managed, leaves, left, lapsed)]
    _speaks(own, managed, "colleague@scene.example", moment)
    invited = LabContact(
        lab_id=managed.id,
        email="invited@scene.example",
        name="Alex Invented",
        role="Supervisor of the laboratory of molecular pathology",
        added_by=MAILBOX,
        replaces_id=speaks[0].id,
        created_at=moment,
    )
    own.add(invited)
    plan = Plan("moved", successor=successor)
    leaving.leave_on(own, lab=leaves, day=(moment + timedelta(days=30)).date(), plan=plan, by=MAILBOX, now=moment)
    leaving.leave_now(own, lab=left, plan=plan, by=MAILBOX, now=moment)
    a_submission(own, email=MAILBOX, state="rejected", message="This is not a laboratory.")
    own.flush()
    tokens = {
        "signs_in": issue(own, purpose=Purpose.SIGN_IN, email=MAILBOX, now=moment),
        "accepts": issue(own, purpose=Purpose.ACCEPT_CONTACT, contact_id=invited.id, email=invited.email, now=moment),
    }
    own.commit()
    return {
        "managed": managed.slug,
        "leaving": leaves.slug,
        "left": left.slug,
        "lapsed": lapsed.slug,
        "me": str(speaks[1].id),
        **tokens,
    }


def _speaks(own: Session, lab: Lab, email: str, moment: datetime) -> LabContact:
    return contacts.ensure(own, lab=lab, email=email, name="Kim Invented", role="Manager", language="en", now=moment)
