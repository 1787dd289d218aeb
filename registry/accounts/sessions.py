"""Signed-in browsers of staff: who they are at each request, what they may open, and how they end.

A signed-in browser is a ``StaffSession`` row whose key the cookie carries: without the row a copy of the
cookie is worth nothing.
"""

from datetime import timedelta
from typing import Any, cast

import structlog
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import Security, current_user, logout_user, user_authenticated, user_failed_authn
from flask_security.utils import set_request_attr
from sqlalchemy import delete, select, update

from registry.accounts import failures
from registry.accounts.forms import FIRST_STEP_AT, commit_after_this_request, is_staff_page, utc_now
from registry.extensions import begin_writing, db
from registry.links import hash_of, new_secret
from registry.models import StaffSession, User

SESSION_LIFETIME = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=4)
SEEN_EVERY = timedelta(minutes=5)
"""How old ``last_seen_at`` may grow before it is written again."""

SECOND_FACTOR_WITHIN = timedelta(minutes=10)
"""How long a right password is good for when the code is still to come."""

SIGN_IN = frozenset(
    {
        "security.login",
        "security.two_factor_setup",
        "security.two_factor_token_validation",
        "security.mf_recovery",
        "people.ask_passkey",
        "people.passkey_sign_in",
    }
)
"""The only addresses below ``/staff`` that are open to everybody."""

# Rescue by mail and a choice between several methods: the library routes them, this registry has neither.
_NOT_OFFERED = frozenset({"security.two_factor_rescue", "security.tf_select"})
# What somebody may open who has no recovery codes (any more): the rest waits until they are made.
_WITHOUT_CODES = frozenset({"security.mf_recovery_codes", "security.verify", "security.logout"})
_KEY = "staff_session"
_KEPT_AT_SIGN_IN = ("_user_id", "_fresh", "_id")

log = structlog.get_logger()


def init_sessions(app: Flask, security: Security) -> None:
    """Make *app* know its staff by their sessions and refuse everybody else below ``/staff``."""
    security.login_manager.user_loader(_signed_in_user)
    app.view_functions["security.logout"] = _sign_out
    app.before_request(_guard)
    user_authenticated.connect(_signed_in, app)
    user_failed_authn.connect(_failed, app)


def _signed_in_user(user_id: str) -> User | None:
    # Only while the account is active and the server knows the session.
    key = session.get(_KEY)
    if not isinstance(key, str):
        return None
    now = utc_now()
    found = db.session.execute(
        select(User, StaffSession)
        .join(StaffSession, StaffSession.user_id == User.id)
        .where(
            StaffSession.key_hash == hash_of(key),
            StaffSession.created_at > now - SESSION_LIFETIME,
            StaffSession.last_seen_at > now - SESSION_IDLE,
            User.fs_uniquifier == user_id,
            User.active,
        )
    ).first()
    if found is None:
        return None
    g.staff_session = found.StaffSession
    set_request_attr("fs_authn_via", "session")
    proved = found.StaffSession.proved_at
    set_request_attr("fs_paa", proved.timestamp() if proved is not None else 0)
    return cast(User, found.User)


def _guard() -> ResponseReturnValue | None:
    rule = request.url_rule.rule if request.url_rule else ""
    if not any(path == "/staff" or path.startswith("/staff/") for path in (request.path, rule)):
        return None
    if request.endpoint in _NOT_OFFERED:
        abort(404)
    if not is_staff_page(request.values.get("next") or "/staff"):
        return redirect(request.path, 303)
    if current_user.is_authenticated:
        _mark_seen()
        if _lacks_recovery_codes() and request.endpoint not in _WITHOUT_CODES:
            return redirect(url_for("security.mf_recovery_codes"), 303)
        return None
    if request.endpoint in SIGN_IN:
        _forget_stale_first_step()
        return None
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=target), 303)


def _lacks_recovery_codes() -> bool:
    """Whether the second step was set up, and who loses their phone now is locked out."""
    member = cast(User, current_user._get_current_object())
    required = current_app.config["SECURITY_TWO_FACTOR_REQUIRED"]
    return required and bool(member.tf_totp_secret) and not member.mf_recovery_codes


def _mark_seen() -> None:
    row: StaffSession = g.staff_session
    now = utc_now()
    if now - row.last_seen_at < SEEN_EVERY:
        return
    reading_only = request.method in {"GET", "HEAD", "OPTIONS"}
    row_id = row.id
    if reading_only:
        # This request has read already; a transaction that writes has to say so before.
        db.session.rollback()
        begin_writing(db.session)
    db.session.execute(
        update(StaffSession)
        .where(StaffSession.id == row_id)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )
    if reading_only:
        db.session.commit()


def _forget_stale_first_step() -> None:
    if "tf_user_id" not in session:
        return
    since = session.get(FIRST_STEP_AT)
    stale = not isinstance(since, int) or utc_now().timestamp() - since > SECOND_FACTOR_WITHIN.total_seconds()
    if not stale and session.get("tf_state") in {"setup_from_login", "validating_profile"}:
        # An old cookie from before the second factor was set up must not set up another.
        user = db.session.scalar(select(User).where(User.fs_uniquifier == session["tf_user_id"]))
        stale = user is None or bool(user.tf_totp_secret)
    if stale:
        for name in [name for name in session if name.startswith("tf_")]:
            session.pop(name)


def _signed_in(app: Flask, user: User, **details: Any) -> None:
    now = utc_now()
    # Nothing that was in the cookie before may steer what comes after.
    kept = {name: session[name] for name in _KEPT_AT_SIGN_IN if name in session}
    session.clear()
    g.pop("csrf_token", None)
    session.update(kept)
    session[_KEY] = new_secret()
    db.session.execute(
        delete(StaffSession)
        .where(StaffSession.user_id == user.id, StaffSession.last_seen_at <= now - SESSION_IDLE)
        .execution_options(synchronize_session=False)
    )
    db.session.add(
        StaffSession(
            key_hash=hash_of(session[_KEY]),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            proved_at=now,
            address=(request.remote_addr or "")[:64],
            agent=_described(request.user_agent.string),
        )
    )
    failures.forget(db.session, user, now=now)
    log.info("staff signed in", user=user.id)


def _described(agent: str) -> str:
    # What a program says of itself may hold anything; PostgreSQL takes no NUL in a text.
    return "".join(letter for letter in agent if letter.isprintable())[:300]


def _sign_out() -> ResponseReturnValue:
    db.session.delete(g.staff_session)
    db.session.commit()
    logout_user()
    session.clear()
    return redirect(url_for("security.login"), 303)


def _failed(app: Flask, user: User, **details: Any) -> None:
    failures.count(db.session, user, now=utc_now())
    commit_after_this_request()
