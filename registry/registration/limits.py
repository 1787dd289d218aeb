"""How often one sender may start drafts and ask for mails.

A sender is an address of the network (see :data:`~registry.extensions.limiter`): counted in memory, for each worker of
the server, unless ``REGISTRY_LIMITER_STORAGE`` names a Redis that all share. What a mailbox gets is counted in the
database, whoever asks: see :mod:`registry.mailboxes`.
"""

from flask_limiter import RateLimitExceeded

from registry.extensions import limiter
from registry.registration.link_mail import MAILS_AN_HOUR


@limiter.shared_limit("30 per hour", scope="drafts")
def count_draft() -> None:
    """Count the start of a draft; a 429 beyond the limit of one address."""


@limiter.shared_limit("20 per hour", scope="registration-mails")
def count_mail() -> None:
    """Count a mail that is asked for; a 429 beyond the limit of one address."""


def may_start_draft() -> bool:
    """As :func:`count_draft`, but False instead of a 429, for a page that keeps what was typed."""
    try:
        count_draft()
    except RateLimitExceeded:
        return False
    return True


@limiter.shared_limit("10 per hour", scope="claims")
def count_claim() -> None:
    """Count a claim of a listing; a 429 beyond the limit of one address."""


def may_claim() -> bool:
    """As :func:`count_claim`, but False instead of a 429, for a page that keeps what was typed."""
    try:
        count_claim()
    except RateLimitExceeded:
        return False
    return True


def may_mail() -> bool:
    """As :func:`count_mail`, but False instead of a 429, for what must be saved all the same."""
    try:
        count_mail()
    except RateLimitExceeded:
        return False
    return True


def mails_a_mailbox() -> int | None:
    """How many mails a mailbox gets within an hour; None where limits are off."""
    return MAILS_AN_HOUR if limiter.enabled else None
