"""Which mailbox signed in with this browser, and for which laboratories it speaks; asked anew at each request.

A signed-in browser is a ``ContactSession`` row whose key the cookie carries, as with staff: signing out ends it on the
server. A session says whose mailbox it is and nothing more; a contact who was revoked has nothing left to see.
"""

from datetime import timedelta
from http import HTTPStatus

from flask import Response, abort, after_this_request, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from registry.extensions import SAFE_METHODS, begin_writing, db
from registry.links import hash_of
from registry.models import ContactSession, Lab, LabContact
from registry.registration import browser, contacts
from registry.web import now

LIFETIME = timedelta(days=7)
IDLE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
"""How old ``last_seen_at`` may grow before it is written again."""

SECOND_CLICK = timedelta(minutes=1)

_KEY = "contact_session"
_WANTED = "contact_wanted"
_CSRF = "csrf_token"


def mailbox() -> str:
    """The e-mail of the mailbox that is signed in with this browser, or an empty string."""
    if "contact_mailbox" not in g:
        g.contact_mailbox = _signed_in()
    found: str = g.contact_mailbox
    return found


def begin(email: str, *, key: str | None = None) -> None:
    """Sign the mailbox in: a new key, whatever the cookie held before. The caller commits.

    *key* is the one that the pressed form brought, so that :func:`begun` knows the second of two clicks.
    """
    moment = now()
    end()
    key = browser.proposed_key(key)
    session[_KEY] = key
    db.session.execute(
        delete(ContactSession)
        .where(ContactSession.email == email, ContactSession.last_seen_at <= moment - IDLE)
        .execution_options(synchronize_session=False)
    )
    db.session.add(ContactSession(key_hash=hash_of(key), email=email, created_at=moment, last_seen_at=moment))
    g.contact_mailbox = email


def begun(email: str, *, key: str) -> bool:
    """Whether the form that brought *key* signed the mailbox in a moment ago; then this browser is signed in."""
    row = db.session.scalar(
        select(ContactSession).where(ContactSession.key_hash == hash_of(key), ContactSession.email == email)
    )
    if row is None or now() - row.created_at > SECOND_CLICK:
        return False
    session[_KEY] = key
    g.contact_mailbox = email
    return True


def end() -> None:
    """Sign this browser out, on the server too. The caller commits."""
    key = session.pop(_KEY, None)
    # Forms that were shown before belong to whoever was signed in then.
    session.pop(_CSRF, None)
    g.pop(_CSRF, None)
    g.contact_mailbox = ""
    if isinstance(key, str):
        db.session.execute(
            delete(ContactSession)
            .where(ContactSession.key_hash == hash_of(key))
            .execution_options(synchronize_session=False)
        )


def required() -> str:
    """As :func:`mailbox`; without one the answer leads to the page that signs in, and from there back here."""
    email = mailbox()
    if not email:
        # Kept here and not in the address: it can be nothing but a page of ours.
        session[_WANTED] = request.path if request.method in SAFE_METHODS else ""
        abort(redirect(url_for("manage.home"), HTTPStatus.SEE_OTHER))
    return email


def wanted() -> str:
    """The path that this browser asked for before it signed in, once; or an empty string."""
    return str(session.pop(_WANTED, ""))


def contact_of(slug: str, *, lock: bool = False) -> tuple[Lab, LabContact]:
    """The laboratory of *slug* and the signed-in mailbox as its contact; with *lock* others wait to change either.

    404 when this mailbox does not speak for it, as when there is none; without a mailbox it leads to the sign-in. An
    entry that became a part of another leads to the same page of that one.
    """
    email = required()
    found = contacts.spoken_for(db.session, slug=slug, email=email, lock=lock)
    if found is None:
        _lead_on(slug, email)
        abort(HTTPStatus.NOT_FOUND)
    return found


def _lead_on(slug: str, email: str) -> None:
    former = contacts.former_entry(db.session, slug)
    successor = contacts.became(db.session, former) if former is not None else None
    if former is None or successor is None or successor is former:
        return
    if contacts.spoken_for(db.session, slug=successor.slug, email=email) is None:
        return
    flash(
        _("%(name)s is a part of this entry now: both are one laboratory. Nothing was changed.", name=former.name),
        "success",
    )
    asked = {**(request.view_args or {}), "slug": successor.slug} if request.method in SAFE_METHODS else {}
    endpoint = request.endpoint if asked and request.endpoint else "manage.lab"
    abort(redirect(url_for(endpoint, **(asked or {"slug": successor.slug})), HTTPStatus.SEE_OTHER))


def _signed_in() -> str:
    key = session.get(_KEY)
    if not isinstance(key, str):
        return ""
    moment = now()
    row = db.session.scalar(
        select(ContactSession).where(
            ContactSession.key_hash == hash_of(key),
            ContactSession.created_at > moment - LIFETIME,
            ContactSession.last_seen_at > moment - IDLE,
        )
    )
    if row is None:
        return ""
    if moment - row.last_seen_at >= SEEN_EVERY:
        after_this_request(_seen)
    return row.email


def _seen(response: Response) -> Response:
    """Note that the browser was here: when all else is done, so that nobody who ends it waits for what it does."""
    key = session.get(_KEY)
    if isinstance(key, str):
        db.session.rollback()
        begin_writing(db.session)
        db.session.execute(
            update(ContactSession)
            .where(ContactSession.key_hash == hash_of(key))
            .values(last_seen_at=now())
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
    return response
