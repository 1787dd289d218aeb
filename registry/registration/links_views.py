"""Mailed links: looking shows what a press will do, the press does it once.

What a link about a submission does is in :mod:`registry.registration.spending`. Links of other purposes have pages of
their own, which stand in ``PAGES``.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

from flask import abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from registry import links
from registry.accounts import link_views as staff_links
from registry.domain.workflow import State
from registry.extensions import db
from registry.links import LinkState, Purpose
from registry.models import LabContact, OneUseLink
from registry.registration import (
    accepting_views,
    browser,
    claim_views,
    confirming_views,
    contacts,
    limits,
    link_mail,
    link_pages,
    queries,
    sign_in_views,
    spending,
    steps,
)
from registry.registration.forms import PressForm
from registry.registration.link_pages import Answer
from registry.registration.routes import to
from registry.web import now

LONGEST_TOKEN = 100
_JUST_CONFIRMED = "just_confirmed"


class Pages(NamedTuple):
    """What answers for the links of one purpose; called only while the link is good and what it is about stands.

    ``show`` answers a look and writes nothing. ``spend`` answers a press: what the link is about is locked then. It
    does its work only where ``links.spend`` is true, answers ``link_pages.dead(link)`` otherwise, and commits. ``used``
    answers for a link that was pressed before.
    """

    show: Callable[[OneUseLink], Answer]
    spend: Callable[[OneUseLink], Answer]
    used: Callable[[OneUseLink], Answer] = link_pages.dead


PAGES: dict[Purpose, Pages] = {
    Purpose.SIGN_IN: Pages(sign_in_views.show, sign_in_views.spend, sign_in_views.used),
    Purpose.ACCEPT_CONTACT: Pages(accepting_views.show, accepting_views.spend, accepting_views.used),
    Purpose.CONFIRM_LISTING: Pages(confirming_views.show_link, confirming_views.spend_link, confirming_views.used_link),
    Purpose.ALLOW_CLAIM: Pages(claim_views.show_allow, claim_views.spend_allow, claim_views.used_allow),
    Purpose.STAFF_INVITE: Pages(staff_links.show, staff_links.spend),
    Purpose.STAFF_RESET: Pages(staff_links.show, staff_links.spend),
}


def show(token: str) -> Answer:
    """What the link is for, and the button; spends nothing."""
    link = _link_with_pages(token)
    if link is not None:
        return _answer(link, PAGES[Purpose(link.purpose)].show)
    found = _standing(token)
    if found.confirmed_already:
        # Kept until the next link: a reload still thanks.
        first = session.get(_JUST_CONFIRMED) == found.submission.id
        if found.submission.kind == "claim":
            return claim_views.confirmed(found.submission, first=first)
        return render_template("registration/links/confirmed.html", submission=found.submission, first=first)
    if not found.works:
        return _dead(found)
    form = PressForm(formdata=None)
    if found.submission.kind == "claim":
        return claim_views.show_confirm(found.submission, form)
    form.draft_key.data = links.new_secret()
    return render_template(f"registration/links/{found.purpose.value}.html", form=form, submission=found.submission)


def spend(token: str) -> Answer:
    """Do what the link is for."""
    link = _link_with_pages(token)
    if link is not None:
        _lock_what_it_is_about(link)
        return _answer(link, PAGES[Purpose(link.purpose)].spend)
    found = _standing(token, lock=True)
    form = PressForm()
    key = spending.spend(db.session, found=found, key=browser.proposed_key(form.draft_key.data), now=now())
    if key is None:
        return _pressed_again(found, form.draft_key.data or "")
    if key:
        browser.hold(key)
        draft = queries.submission_of_key(db.session, key)
        step = "check" if found.purpose is Purpose.REVISE or draft is None else steps.first_open(db.session, draft)
        db.session.commit()
        return to(step)
    session[_JUST_CONFIRMED] = found.submission.id
    db.session.commit()
    return redirect(url_for("registration.link", token=token), HTTPStatus.SEE_OTHER)


def renew(token: str) -> Answer:
    """Mail a new link to the mailbox of an old one; the answer is the same whatever became of it."""
    found = spending.standing(db.session, token[:LONGEST_TOKEN], now=now(), lock=True)
    limits.count_mail()
    if found is not None and found.renewable:
        link_mail.mail_link(db.session, submission=found.submission, now=now(), limit=limits.mails_a_mailbox())
    db.session.commit()
    return render_template("registration/links/renewed.html")


def _link_with_pages(token: str) -> OneUseLink | None:
    link = links.find(db.session, token) if len(token) <= LONGEST_TOKEN else None
    return link if link is not None and link.purpose in PAGES else None


def _lock_what_it_is_about(link: OneUseLink) -> None:
    if link.contact_id is not None:
        contact = db.session.get_one(LabContact, link.contact_id)
        contacts.locked(db.session, contact.lab_id)
        db.session.refresh(contact)
    elif link.submission_id is not None:
        queries.locked_submission(db.session, link.submission_id)
    db.session.refresh(link)


def _answer(link: OneUseLink, page: Callable[[OneUseLink], Answer]) -> Answer:
    state = links.state_of(link, now())
    if state is LinkState.USED:
        return PAGES[Purpose(link.purpose)].used(link)
    contact = db.session.get(LabContact, link.contact_id) if link.contact_id is not None else None
    if state is LinkState.GOOD and contact is not None and contact.revoked_at is not None:
        # Mailed in the moment in which the contact was revoked.
        state = LinkState.REVOKED
    return page(link) if state is LinkState.GOOD else link_pages.dead(link, state=state)


def _standing(token: str, *, lock: bool = False) -> spending.Standing:
    found = None
    if len(token) <= LONGEST_TOKEN:
        found = spending.standing(db.session, token, now=now(), lock=lock)
    if found is None:
        page = render_template("registration/links/unknown.html")
        abort(Response(page, HTTPStatus.NOT_FOUND, mimetype="text/html"))
    return found


def _pressed_again(found: spending.Standing, key: str) -> Answer:
    """The second of two clicks leads where the first one did; everybody else meets a dead link."""
    if found.confirmed_already:
        return redirect(request.path, HTTPStatus.SEE_OTHER)
    draft = queries.submission_of_key(db.session, key)
    if draft is not None and found.submission.id in (draft.id, draft.revises_id):
        browser.hold(key)
        return to("check" if draft.status is State.DRAFT else "sent")
    return _dead(found)


def _dead(found: spending.Standing) -> Answer:
    own = queries.submission_of_key(db.session, browser.key())
    here = own is not None and found.submission.id in (own.id, own.revises_id)
    page = render_template(
        "registration/links/dead.html",
        found=found,
        here=here,
        form=PressForm(formdata=None),
        renew=url_for("registration.renew_link", token=request.view_args["token"]) if request.view_args else "",
    )
    return page, HTTPStatus.GONE
