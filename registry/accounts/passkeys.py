"""Passkeys: what a browser is asked to sign, and whether its answer is right. The caller commits.

A challenge is kept on the server, under a key that the browser holds. It is answered once, whether rightly or not,
within ``CHALLENGE_LIFETIME``, for one purpose.
"""

import json
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import structlog
import webauthn
from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from config import Settings
from registry.links import hash_of, new_secret
from registry.models import Passkey, PasskeyChallenge, User

CHALLENGE_LIFETIME = timedelta(minutes=5)
MOST = 10
"""How many passkeys one account may have."""

LONGEST_ANSWER = 20_000
"""Characters of a browser's answer that are read."""

log = structlog.get_logger()


class Asking(StrEnum):
    """What a challenge is for."""

    REGISTER = "register"
    SIGN_IN = "sign_in"
    SECOND = "second"
    VERIFY = "verify"


class PasskeyError(Exception):
    """The answer is not right, too late, or was given before. Nobody is told which."""


def offered() -> bool:
    """Whether browsers make passkeys for this site: it must have a name, not an address number."""
    try:
        ip_address(_site()[0].strip("[]"))
    except ValueError:
        return True
    return False


def of(session: Session, user: User) -> list[Passkey]:
    """The passkeys of *user*, the oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.id)))


def ask_to_register(session: Session, *, user: User, now: datetime) -> tuple[str, dict[str, Any]]:
    """The key of a new challenge, and what the browser of *user* needs to make a passkey."""
    site, _origin = _site()
    user.passkey_handle = user.passkey_handle or new_secret()
    key, challenge = _challenge(session, Asking.REGISTER, user=user, now=now)
    options = webauthn.generate_registration_options(
        rp_id=site,
        rp_name=current_app.config["SECURITY_TOTP_ISSUER"],
        user_id=user.passkey_handle.encode(),
        user_name=user.email,
        challenge=challenge,
        timeout=_milliseconds(CHALLENGE_LIFETIME),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in of(session, user)],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return key, options_to_json_dict(options)


def register(session: Session, *, user: User, key: str, answer: str, name: str, now: datetime) -> Passkey:
    """Add the passkey that the browser of *user* made. ``PasskeyError`` when it may not be added."""
    challenge = _take(session, key, Asking.REGISTER, user=user, now=now)
    site, origin = _site()
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer), expected_challenge=challenge, expected_rp_id=site, expected_origin=origin
        )
    except Exception as error:  # what somebody sends may fail the library in ways that it does not name
        raise _wrong(error) from error
    # Whoever adds one for the same account at the same time waits here.
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    known = session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id))
    if known is not None or len(of(session, user)) >= MOST:
        raise PasskeyError
    passkey = Passkey(
        user_id=user.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        synced=made.credential_backed_up,
        created_at=now,
    )
    session.add(passkey)
    session.flush()
    return passkey


def ask_to_sign(
    session: Session, purpose: Asking, *, user: User | None = None, now: datetime
) -> tuple[str, dict[str, Any]]:
    """The key of a new challenge, and what a browser needs to sign it, with a passkey of *user* where one is given.

    Without a *user* the passkey says who signs in: it alone is worth password and code, so the device must have
    recognized its owner. As the second step after a password, having it is enough.
    """
    site, _origin = _site()
    key, challenge = _challenge(session, purpose, user=user, now=now)
    wanted = UserVerificationRequirement.PREFERRED if purpose is Asking.SECOND else UserVerificationRequirement.REQUIRED
    known = of(session, user) if user is not None else []
    options = webauthn.generate_authentication_options(
        rp_id=site,
        challenge=challenge,
        timeout=_milliseconds(CHALLENGE_LIFETIME),
        allow_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in known] or None,
        user_verification=wanted,
    )
    return key, options_to_json_dict(options)


def signed(
    session: Session, purpose: Asking, *, key: str, answer: str, user: User | None = None, now: datetime
) -> User:
    """Whose passkey gave *answer* to the challenge of *key*; of *user* where one is given.

    ``PasskeyError`` when the answer is not right.
    """
    challenge = _take(session, key, purpose, user=user, now=now)
    site, origin = _site()
    try:
        read = _read(answer)
        credential = webauthn.helpers.parse_authentication_credential_json(read)
    except Exception as error:  # as above
        raise _wrong(error) from error
    passkey = session.scalar(select(Passkey).where(Passkey.credential_id == credential.raw_id).with_for_update())
    owner = session.get(User, passkey.user_id) if passkey is not None else None
    if passkey is None or owner is None or not owner.active or (user is not None and owner.id != user.id):
        raise PasskeyError
    handle = credential.response.user_handle
    if handle and handle != (owner.passkey_handle or "").encode():
        raise PasskeyError
    try:
        proof = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site,
            expected_origin=origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=purpose is not Asking.SECOND,
        )
    except Exception as error:  # as above
        raise _wrong(error) from error
    passkey.sign_count, passkey.synced, passkey.used_at = proof.new_sign_count, proof.credential_backed_up, now
    return owner


def _challenge(session: Session, purpose: Asking, *, user: User | None, now: datetime) -> tuple[str, bytes]:
    session.execute(
        delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now).execution_options(synchronize_session=False)
    )
    key, challenge = new_secret(), secrets.token_bytes(32)
    session.add(
        PasskeyChallenge(
            key_hash=hash_of(key),
            challenge=challenge,
            purpose=purpose.value,
            user_id=user.id if user is not None else None,
            expires_at=now + CHALLENGE_LIFETIME,
        )
    )
    return key, challenge


def _take(session: Session, key: str, purpose: Asking, *, user: User | None, now: datetime) -> bytes:
    found = session.execute(
        delete(PasskeyChallenge)
        .where(PasskeyChallenge.key_hash == hash_of(key))
        .returning(
            PasskeyChallenge.challenge, PasskeyChallenge.purpose, PasskeyChallenge.user_id, PasskeyChallenge.expires_at
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    whose = user.id if user is not None else None
    if found is None or (found.purpose, found.user_id) != (purpose.value, whose) or found.expires_at <= now:
        raise PasskeyError
    return bytes(found.challenge)


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise ValueError("not an object")
    return read


def _wrong(error: Exception) -> PasskeyError:
    log.warning("passkey refused", why=type(error).__name__, told=str(error)[:200])
    return PasskeyError()


def _site() -> tuple[str, str]:
    """The name of this site, to which passkeys are bound, and the origin of its pages."""
    settings: Settings = current_app.extensions["settings"]
    parts = urlsplit(settings.base_url)
    name = parts.hostname or ""
    ordinary = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port not in {None, ordinary} else ""
    return name, f"{parts.scheme}://{name}{port}"


def _milliseconds(time: timedelta) -> int:
    return int(time.total_seconds() * 1000)
