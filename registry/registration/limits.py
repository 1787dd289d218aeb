"""How often one sender may start drafts and ask for mails."""

from flask_limiter import RateLimitExceeded

from registry.extensions import limiter
from registry.registration.link_mail import MAILS_AN_HOUR


@limiter.shared_limit("30 per hour", scope="drafts")
def count_draft() -> None:
    """Count the start of a draft; a 429 beyond the limit of one address."""


@limiter.shared_limit("20 per hour", scope="registration-mails")
def count_mail() -> None:
    """Count a mail that is asked for; a 429 beyond the limit of one address."""


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
