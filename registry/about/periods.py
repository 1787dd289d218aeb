"""How long what is kept, read from where the software itself takes it, so that the privacy page cannot go stale."""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from registry import links
from registry.accounts import failures, sessions
from registry.domain import freshness, leaving
from registry.links import Purpose
from registry.moderation import reports_handling
from registry.places import remembering
from registry.registration import contact_session, upkeep

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Periods:
    """What the pages about the service name."""

    cookie: timedelta
    draft: timedelta
    draft_notice: timedelta
    draft_at_most: timedelta
    links: timedelta
    sign_in_link: timedelta
    sign_in: timedelta
    sign_in_idle: timedelta
    sign_in_row: timedelta
    mails: timedelta
    report_address: timedelta
    report_words: timedelta
    staff_sign_in: timedelta
    staff_idle: timedelta
    unknown_names: timedelta
    place_found: timedelta
    place_missing: timedelta
    confirmed: timedelta
    grace: timedelta
    comes_back: timedelta


def in_force() -> Periods:
    """The periods as they are now."""
    return Periods(
        cookie=current_app.permanent_session_lifetime,
        draft=upkeep.KEPT,
        draft_notice=upkeep.NOTICE,
        draft_at_most=upkeep.AT_MOST,
        links=upkeep.LINKS_KEPT,
        sign_in_link=links.LIFETIMES[Purpose.SIGN_IN],
        sign_in=contact_session.LIFETIME,
        sign_in_idle=contact_session.IDLE,
        sign_in_row=upkeep.SIGN_INS_KEPT,
        mails=upkeep.MAILS_KEPT,
        report_address=reports_handling.ADDRESS_KEPT,
        report_words=reports_handling.WORDS_KEPT,
        staff_sign_in=sessions.SESSION_LIFETIME,
        staff_idle=sessions.SESSION_IDLE,
        unknown_names=failures.FORGOTTEN_AFTER,
        place_found=remembering.KEEP_FOUND,
        place_missing=remembering.KEEP_MISSING,
        confirmed=freshness.CONFIRMATION_VALID,
        grace=freshness.GRACE,
        comes_back=leaving.COMES_BACK,
    )


def in_words(period: timedelta) -> str:
    """*period* in whole minutes, hours or days, and a year as such; ValueError for one that is none of these."""
    if period == _YEAR:
        return str(_("one year"))
    if period >= _DAY and not period % _DAY:
        return str(ngettext("%(num)s day", "%(num)s days", period // _DAY))
    if period >= _HOUR and not period % _HOUR:
        return str(ngettext("%(num)s hour", "%(num)s hours", period // _HOUR))
    if period >= _MINUTE and not period % _MINUTE:
        return str(ngettext("%(num)s minute", "%(num)s minutes", period // _MINUTE))
    raise ValueError(f"{period} is no whole number of minutes")
