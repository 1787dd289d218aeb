"""Proof of work: a calculation that a browser does for each form it sends, and that is accepted once."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import altcha
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.models import SpentChallenge

ALGORITHM = "PBKDF2/SHA-256"
ROUNDS = 1_000
"""PBKDF2 rounds of one attempt: 0.4 ms on the server, once to ask and once to check."""

ATTEMPTS = range(200, 600)
"""How many attempts the answer takes: bounded, so that nobody is unlucky; 0.2 to 1.2 s on a phone of 2018."""

LIFETIME = timedelta(hours=24)
"""How long a challenge may be answered: somebody may leave the form open over lunch, or over night."""

LONGEST = 2_000
"""Characters of an answer; a real one has about 700."""

_PRUNED_AT_ONCE = 100
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Standing(Enum):
    """What an answer is worth."""

    GOOD = "good"
    STALE = "stale"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Proof:
    """A checked answer; ``signature`` tells its challenge from all others and is empty unless the answer is good."""

    standing: Standing
    signature: str = ""
    expires_at: datetime = _LONG_AGO


def issue(secret: str, *, now: datetime, attempts: int | None = None) -> dict[str, Any]:
    """A new signed challenge that takes *attempts* attempts (a random number of ``ATTEMPTS``), to be sent as JSON.

    *secret* is the application's; what is signed here is worth nothing elsewhere.
    """
    challenge = altcha.create_challenge(
        ALGORITHM,
        ROUNDS,
        counter=secrets.choice(ATTEMPTS) if attempts is None else attempts,
        expires_at=now + LIFETIME,
        hmac_secret=_key(secret),
    )
    return challenge.to_dict()


def check(secret: str, answer: str, *, now: datetime) -> Proof:
    """What *answer*, as a browser sent it, is worth; writes nothing."""
    if len(answer) > LONGEST:
        return Proof(Standing.WRONG)
    try:
        payload = altcha.Payload.from_base64(answer)
        result = altcha.verify_solution(payload, _key(secret))
        if result.expired:
            return Proof(Standing.STALE)
        if not result.verified:
            return Proof(Standing.WRONG)
        # The signature was found to be ours, so what it covers has the shape that we gave it.
        expires_at = datetime.fromtimestamp(payload.challenge.parameters.expires_at or 0, UTC)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Proof(Standing.WRONG)
    return Proof(Standing.GOOD, payload.challenge.signature or "", expires_at)


def spend(session: Session, proof: Proof, *, now: datetime) -> bool:
    """Use a good *proof* up. False when it was used before: the database decides between two at once."""
    _prune(session, now)
    try:
        with session.begin_nested():
            session.add(
                SpentChallenge(
                    challenge_hash=hashlib.sha256(proof.signature.encode("ascii")).hexdigest(),
                    expires_at=proof.expires_at,
                )
            )
    except IntegrityError:
        return False
    return True


def _prune(session: Session, now: datetime) -> None:
    # Those that somebody else is just removing are left to them.
    old = (
        select(SpentChallenge.challenge_hash)
        .where(SpentChallenge.expires_at < now)
        .limit(_PRUNED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        delete(SpentChallenge)
        .where(SpentChallenge.challenge_hash.in_(old))
        .execution_options(synchronize_session=False)
    )


def _key(secret: str) -> str:
    return hmac.new(secret.encode(), b"registry.guard.challenges", hashlib.sha256).hexdigest()
