"""The pages of a link by which a colleague agrees to speak for a laboratory, or does not."""

from flask import render_template, request

from registry import links
from registry.extensions import db
from registry.language import current_language
from registry.models import Lab, LabContact, OneUseLink
from registry.registration import handing_over, link_pages
from registry.registration.forms import PressForm
from registry.registration.link_pages import Answer
from registry.web import now


def show(link: OneUseLink) -> Answer:
    """What the colleague agrees to: which laboratory, who named them, what it means; and the two buttons."""
    contact = db.session.get_one(LabContact, link.contact_id)
    lab = db.session.get_one(Lab, contact.lab_id)
    return render_template("manage/links/accept.html", contact=contact, lab=lab, form=PressForm(formdata=None))


def spend(link: OneUseLink) -> Answer:
    """Note what the colleague decided, once."""
    then, moment = request.form.get("then"), now()
    if then not in {"accept", "refuse"}:
        return show(link)
    contact = db.session.get_one(LabContact, link.contact_id)
    lab = db.session.get_one(Lab, contact.lab_id)
    if contact.verified_at is not None or not links.spend(db.session, link, now=moment):
        return used(link)
    agreed = then == "accept"
    if agreed:
        handing_over.accept(db.session, lab=lab, contact=contact, language=current_language(), now=moment)
    else:
        handing_over.refuse(db.session, lab=lab, contact=contact, now=moment)
    name = lab.name
    db.session.commit()
    return render_template("manage/links/accepted.html", name=name, agreed=agreed)


def used(link: OneUseLink) -> Answer:
    """What came of it, to whoever opens the link again; nothing where it was taken back since."""
    contact = db.session.get_one(LabContact, link.contact_id)
    if not contact.speaks:
        return link_pages.dead(link, state=links.LinkState.USED)
    name = db.session.get_one(Lab, contact.lab_id).name
    return render_template("manage/links/accepted.html", name=name, agreed=True)
