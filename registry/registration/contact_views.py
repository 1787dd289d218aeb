"""Who speaks for a laboratory: the list, naming a colleague, sending the mail again, ending it."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.extensions import db
from registry.language import current_language
from registry.models import Lab, LabContact
from registry.models.lab import PUBLISHED
from registry.registration import contact_session, contacts, ending, handing_over, limits
from registry.registration.contact_forms import SHARING, ColleagueForm
from registry.registration.forms import PressForm
from registry.registration.handing_over import NotNamed, Refusal
from registry.registration.link_pages import Answer
from registry.registration.manage_blueprint import bp
from registry.web import now


@bp.get("/labs/<slug>/contacts", endpoint="contacts")
def show_contacts(slug: str) -> str:
    """Who speaks for the laboratory, who has not answered yet, and the form that names a colleague."""
    lab, me = contact_session.contact_of(slug)
    return _page(lab, me, ColleagueForm(formdata=None))


@bp.post("/labs/<slug>/contacts")
def name_contact(slug: str) -> Answer:
    """Name a colleague; they are asked by mail."""
    lab, me = contact_session.contact_of(slug, lock=True)
    form = ColleagueForm()
    if not form.validate():
        return _page(lab, me, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not limits.may_mail():
        form.refuse(_("Many mails were asked for from your network within the last hour. Please try again later."))
        return _page(lab, me, form), HTTPStatus.TOO_MANY_REQUESTS
    try:
        handing_over.invite(
            db.session,
            lab=lab,
            by=me,
            colleague=form.colleague,
            hand_over=form.sharing.data == "instead",
            language=current_language(),
            now=now(),
            limit=limits.mails_a_mailbox(),
        )
    except NotNamed as refused:
        form.refuse(_told(refused.refusal))
        return _page(lab, me, form), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flash(_("We ask %(email)s by mail. Until they agree, nothing changes.", email=form.colleague.email), "success")
    return _to_contacts(slug)


@bp.post("/labs/<slug>/contacts/<int:number>/again")
def invite_again(slug: str, number: int) -> Answer:
    """Mail the link once more to somebody who has not answered yet."""
    lab, me = contact_session.contact_of(slug, lock=True)
    invited = _one(lab, number)
    if invited.verified_at is not None:
        return _to_contacts(slug)
    limits.count_mail()
    try:
        handing_over.invite_again(
            db.session, lab=lab, contact=invited, by=me, now=now(), limit=limits.mails_a_mailbox()
        )
    except NotNamed as refused:
        db.session.rollback()
        flash(_told(refused.refusal), "error")
        return _to_contacts(slug)
    db.session.commit()
    flash(_("If the mailbox did not have several mails from us already, another one is on its way."), "success")
    return _to_contacts(slug)


@bp.get("/labs/<slug>/contacts/<int:number>/end")
def show_end(slug: str, number: int) -> Answer:
    """What ends, and what follows from it."""
    lab, me = contact_session.contact_of(slug)
    contact = _one(lab, number)
    # An entry that is not on the list needs nobody to look after it.
    needed = contact.speaks and lab.state == PUBLISHED
    alone = needed and len(contacts.speaking(db.session, lab.id)) == 1
    return render_template(
        "manage/end_contact.html", lab=lab, me=me, contact=contact, alone=alone, form=PressForm(formdata=None)
    )


@bp.post("/labs/<slug>/contacts/<int:number>/end")
def end_contact(slug: str, number: int) -> Response:
    """End a contact, oneself among them, or take an invitation back."""
    lab, me = contact_session.contact_of(slug, lock=True)
    contact = _one(lab, number)
    is_me, spoke, email = contact.id == me.id, contact.speaks, contact.email
    how = ending.How.STEPPED_DOWN if is_me else ending.How.REVOKED if spoke else ending.How.TAKEN_BACK
    ending.end(db.session, lab=lab, contact=contact, by=me.email, how=how, heir=None if is_me else me, now=now())
    name = lab.name
    db.session.commit()
    if is_me:
        flash(_("You no longer speak for %(laboratory)s.", laboratory=name), "success")
        return redirect(url_for("manage.home"), HTTPStatus.SEE_OTHER)
    if spoke:
        flash(_("%(email)s no longer speaks for the laboratory.", email=email), "success")
    else:
        flash(_("The invitation to %(email)s is canceled.", email=email), "success")
    return _to_contacts(slug)


def _page(lab: Lab, me: LabContact, form: ColleagueForm) -> str:
    standing = contacts.all_standing(db.session, lab.id)
    return render_template(
        "manage/contacts.html",
        lab=lab,
        me=me,
        speaking=[one for one in standing if one.speaks],
        waiting=[one for one in standing if not one.speaks],
        form=form,
        explanations={term.slug: _(term.explanation) for term in SHARING},
    )


def _one(lab: Lab, number: int) -> LabContact:
    """The contact of that number who stands for the laboratory; 404 when none does."""
    found = [one for one in contacts.all_standing(db.session, lab.id) if one.id == number]
    if not found:
        abort(HTTPStatus.NOT_FOUND)
    return found[0]


def _told(refusal: Refusal) -> str:
    return {
        Refusal.ONESELF: _("This is your own address. Write that of a colleague."),
        Refusal.NAMED_ALREADY: _("This address is on the list of contacts above already."),
        Refusal.TOO_MANY: _("There are as many contacts as we allow. Remove one first."),
        Refusal.TOO_OFTEN: _("Several mails went out already. Please try again later."),
    }[refusal]


def _to_contacts(slug: str) -> Response:
    return redirect(url_for("manage.contacts", slug=slug), HTTPStatus.SEE_OTHER)
