"""The pages of a link that signs in: it names the mailbox, and a press on its button opens what that may open."""

from http import HTTPStatus

from flask import redirect, render_template, url_for

from registry import links
from registry.extensions import db
from registry.language import chosen_language
from registry.models import OneUseLink
from registry.registration import browser, contact_session, link_pages, sign_in
from registry.registration.forms import PressForm
from registry.registration.link_pages import Answer
from registry.web import now


def show(link: OneUseLink) -> Answer:
    """Whose mailbox it signs in, and for what."""
    account = sign_in.account_of(db.session, link.email, now=now())
    if not account:
        return link_pages.dead(link, state=links.LinkState.REVOKED)
    form = PressForm(formdata=None)
    form.draft_key.data = links.new_secret()
    return render_template("manage/links/sign_in.html", form=form, email=link.email, names=account.names)


def spend(link: OneUseLink) -> Answer:
    """Sign in, and go where the mailbox wanted to go: to its only laboratory, else to the list."""
    email, moment = link.email, now()
    account = sign_in.account_of(db.session, email, now=moment)
    if not account:
        return link_pages.dead(link, state=links.LinkState.REVOKED)
    if not links.spend(db.session, link, now=moment):
        return used(link)
    sign_in.hold_back(db.session, email=email, now=moment)
    chosen = chosen_language()
    if chosen is not None:
        sign_in.keep_language(db.session, email=email, language=chosen)
    target = _within(account, contact_session.wanted())
    contact_session.begin(email, key=PressForm().draft_key.data)
    if not target and len(account.laboratories) == 1 and not account.requests:
        target = url_for("manage.lab", slug=account.laboratories[0].slug)
    db.session.commit()
    return redirect(target or url_for("manage.home"), HTTPStatus.SEE_OTHER)


def used(link: OneUseLink) -> Answer:
    """The second of two clicks leads where the first one did; everybody else meets a dead link."""
    same_form = contact_session.begun(link.email, key=browser.proposed_key(PressForm().draft_key.data))
    if same_form or contact_session.mailbox() == link.email:
        return redirect(url_for("manage.home"), HTTPStatus.SEE_OTHER)
    return link_pages.dead(link)


def _within(account: sign_in.Account, path: str) -> str:
    """*path* unless it is of a laboratory that the mailbox does not speak for."""
    parts = path.split("/")
    of_a_laboratory = parts[1:3] == ["manage", "labs"]
    slugs = {lab.slug for lab in account.laboratories}
    return "" if of_a_laboratory and parts[3] not in slugs else path
