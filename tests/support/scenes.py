"""The rows that make the looks of ``looks.py`` appear, and what the browsers of those who look hold."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.orm import Session

from registry import accounts, mailboxes
from registry.domain.profile import Offering
from registry.domain.workflow import State
from registry.links import Purpose, find, issue, spend
from registry.registration import tests_services
from tests.support.changed import KEY as EDITORS_KEY
from tests.support.changed import set_changed
from tests.support.factories import a_profile, a_submission, an_offering, publish
from tests.support.hostile import set_hostile
from tests.support.known import set_known
from tests.support.looks import ADMIN, AUTHOR, BEGINNER, CONTACT, EDITOR, MODERATOR, OUTREACH, SENDER, Look
from tests.support.managed import KEY, set_managed
from tests.support.mergers import set_merged
from tests.support.moderated import set_moderated
from tests.support.queued import set_queued
from tests.support.reports import a_report
from tests.support.staff import set_staff
from tests.support.twins import a_pair
from tests.support.whole import whole_profile

PASSWORD = "correct horse battery staple 7"
LONG_NAME = "Invented Laboratory of Molecular and Anatomic Pathology with a Name that Goes on " + "and on " * 12

_KEYS = {AUTHOR: "a" * 43, BEGINNER: "b" * 43, SENDER: "c" * 43, EDITOR: EDITORS_KEY}
STAFF = {MODERATOR: "moderator@scene.example", OUTREACH: "outreach@scene.example", ADMIN: "admin@scene.example"}


@dataclass(frozen=True)
class Scene:
    """The rows of the looks; ``names`` fills their addresses."""

    names: dict[str, str]

    def address(self, look: Look) -> str:
        """Where *look* is in this scene."""
        return look.address.format(**self.names)


def set_scene(app: Flask, own: Session) -> Scene:
    """Write what the looks show into the database of *app*, through *own*."""
    moment = datetime.now(UTC)
    fish = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none")
    lab = publish(own, a_profile(offerings=(an_offering(), fish)))
    long = publish(own, a_profile(name=LONG_NAME[:200].strip(), website="", public_email=""))
    for number in range(24):
        publish(own, at=(33.75 + number / 50, -84.39))
    closed = an_offering(accepts_outside_specimens="no", tat_min=None, tat_max=None, tat_unit="", tat_clock_start="")
    publish(own, a_profile(city="Anchorage", state="AK", zip="99501", offerings=(closed,)), at=(61.22, -149.86))
    three = a_profile(offerings=(an_offering(), fish, an_offering(name=LONG_NAME[:200].strip())))
    author = a_submission(own, three, state=State.DRAFT, draft_key=_KEYS[AUTHOR])
    tests_services.remove_test(draft=author, position=2, now=moment)
    empty = replace(type(a_profile())(), offerings=(Offering(),))
    a_submission(own, empty, state=State.DRAFT, draft_key=_KEYS[BEGINNER], contact_name="", contact_email="")
    whole = publish(own, whole_profile(fish))
    overdue = publish(own, now=moment - timedelta(days=400))
    overdue.dispute(own, moment)
    told = a_report(own, lab, flags=["honeypot", "no_proof_of_work"])
    a_report(own, whole, kind="closed", state="handled", handled_at=moment, handled_by=STAFF[MODERATOR])
    a_pair(own, whole, lab)
    sent = a_submission(own, state=State.AWAITING_EMAIL, draft_key=_KEYS[SENDER])
    waiting = a_submission(own, flags=["too_fast", "no_proof_of_work"])
    rejected = a_submission(own, state=State.REJECTED, message="This is not a laboratory.")
    stop, stopped = (
        mailboxes.stop_token(str(app.secret_key), recipient=reader, kind="confirm_email")
        for reader in ("reader@example.org", "stopped@example.org")
    )
    stopped_hash = mailboxes.hash_of("stopped@example.org")
    mailboxes.stop(own, email_hash=stopped_hash, scope=mailboxes.Scope.UNASKED, now=moment)
    tokens = set_known(own, listed=lab, draft=three, moment=moment)
    tokens |= set_managed(own, successor=whole, moment=moment) | set_merged(own)
    tokens |= set_queued(own, lab=whole, moment=moment)
    tokens |= set_changed(own, moment=moment) | set_moderated(own, moment=moment) | set_hostile(own)
    for name in ("confirm", "used"):
        tokens[name] = issue(
            own, purpose=Purpose.CONFIRM_EMAIL, submission_id=sent.id, email=sent.contact_email, now=moment
        )
    own.flush()
    used = find(own, tokens["used"])
    assert used is not None
    spend(own, used, now=moment)
    own.commit()
    with app.app_context():
        for role, email in STAFF.items():
            accounts.create_staff(own, email=email, password=PASSWORD, role=role, now=moment)
        own.commit()
    tokens |= set_staff(own, owner=STAFF[ADMIN], colleague=STAFF[MODERATOR], moment=moment)
    return Scene(
        {
            "lab": lab.slug,
            "long": long.slug,
            "whole": whole.slug,
            "overdue": overdue.slug,
            "told": str(told.id),
            "draft": author.handle,
            "waiting": str(waiting.id),
            "rejected": str(rejected.id),
            "stop": stop,
            "stopped": stopped,
            **tokens,
        }
    )


def held_by(who: str) -> dict[str, object]:
    """What the browser of *who* holds in its session cookie."""
    if who == CONTACT:
        return {"contact_session": KEY}
    return {"drafts": [_KEYS[who]]} if who in _KEYS else {}


def cookie_of(app: Flask, held: dict[str, object]) -> str:
    """The session cookie of a browser that holds *held*."""
    with app.test_request_context("/"):
        session.update(held)
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer is not None
        return str(serializer.dumps(dict(session)))
