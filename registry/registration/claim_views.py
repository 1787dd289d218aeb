"""The pages of a claim: the form, the link that proves the claimant's mailbox, the link that asks the laboratory."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from registry import links
from registry.domain.workflow import WAITING_FOR_DECISION, State
from registry.extensions import db
from registry.language import current_language
from registry.models import Lab, OneUseLink, Submission
from registry.registration import claiming, contacts, limits, link_pages
from registry.registration.claim_form import ClaimForm
from registry.registration.forms import PressForm
from registry.registration.link_pages import Answer
from registry.registration.manage_blueprint import bp
from registry.web import now

CLAIM_ADDRESS = "/labs/<slug>/claim"


@bp.get(CLAIM_ADDRESS)
def claim(slug: str) -> Answer:
    """Who may ask, what happens then, and the form."""
    return render_template("registration/claim.html", lab=_claimable(slug), form=ClaimForm(formdata=None))


@bp.post(CLAIM_ADDRESS)
def send_claim(slug: str) -> Answer:
    """Keep the claim once, and mail the link that proves the mailbox; the answer is the same whoever asks."""
    lab = _claimable(slug)
    form = ClaimForm()
    if not form.validate():
        return render_template("registration/claim.html", lab=lab, form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not limits.may_claim():
        form.form_errors.append(
            _("Many mails were asked for from your network within the last hour. Please try again later.")
        )
        return render_template("registration/claim.html", lab=lab, form=form), HTTPStatus.TOO_MANY_REQUESTS
    claiming.ask(
        db.session,
        lab=lab,
        claimant=form.claimant,
        language=current_language(),
        now=now(),
        flags=form.suspicions(),
        limit=limits.mails_a_mailbox(),
        may_write=not form.is_trapped,
    )
    db.session.commit()
    return redirect(url_for("manage.claim_sent", slug=slug), HTTPStatus.SEE_OTHER)


@bp.get(f"{CLAIM_ADDRESS}/sent")
def claim_sent(slug: str) -> Answer:
    """Look into the mailbox."""
    return render_template("registration/claim_sent.html", lab=_claimable(slug))


def show_confirm(submission: Submission, form: PressForm) -> Answer:
    """What the claimant asked for, and the button that proves their mailbox."""
    return render_template(
        "registration/links/claim_confirm.html", submission=submission, lab=_lab_of(submission), form=form
    )


def confirmed(submission: Submission, *, first: bool) -> Answer:
    """The mailbox is proved: what happens next, or what became of it. *first* says that it was just now."""
    return render_template(
        "registration/links/claim_confirmed.html",
        submission=submission,
        lab=_lab_of(submission),
        first=first,
        waits=submission.status in WAITING_FOR_DECISION,
        granted=submission.status is State.APPROVED,
    )


def show_allow(link: OneUseLink) -> Answer:
    """Who wants to speak for the laboratory, and the two buttons."""
    submission = _claim_of(link)
    if not claiming.may_answer(db.session, submission=submission, email=link.email):
        return _answered(submission)
    return render_template(
        "registration/links/allow_claim.html",
        submission=submission,
        lab=_lab_of(submission),
        form=PressForm(formdata=None),
    )


def spend_allow(link: OneUseLink) -> Answer:
    """Do what the laboratory decided, once."""
    moment = now()
    submission = _claim_of(link)
    then = request.form.get("then")
    if then not in {"allow", "refuse"}:
        return show_allow(link)
    if not claiming.may_answer(db.session, submission=submission, email=link.email):
        return _answered(submission)
    if not links.spend(db.session, link, now=moment):
        return link_pages.dead(link, state=links.LinkState.USED)
    if then == "allow":
        claiming.grant(db.session, submission=submission, actor_kind="laboratory", actor=link.email, now=moment)
    else:
        claiming.refuse(db.session, submission=submission, actor=link.email, now=moment)
    db.session.commit()
    return redirect(request.path, HTTPStatus.SEE_OTHER)


def used_allow(link: OneUseLink) -> Answer:
    """What became of the claim, for whoever opens the link again."""
    return _answered(_claim_of(link))


def _answered(submission: Submission) -> Answer:
    page = render_template(
        "registration/links/claim_answered.html",
        submission=submission,
        lab=_lab_of(submission),
        allowed=submission.status is State.APPROVED,
        refused=submission.status is State.REJECTED,
    )
    return page, HTTPStatus.OK if submission.status in {State.APPROVED, State.REJECTED} else HTTPStatus.GONE


def _claimable(slug: str) -> Lab:
    lab = claiming.claimable(db.session, slug, now=now())
    if lab is None:
        _lead_on(slug)
        abort(HTTPStatus.NOT_FOUND)
    return lab


def _lead_on(slug: str) -> None:
    """To the form of the entry that this one became a part of; what was typed into the old one is typed again."""
    former = contacts.former_entry(db.session, slug)
    successor = contacts.became(db.session, former) if former is not None else None
    if former is None or successor is None or claiming.claimable(db.session, successor.slug, now=now()) is None:
        return
    flash(_("%(name)s is a part of this entry now: both are one laboratory.", name=former.name), "success")
    abort(redirect(url_for("manage.claim", slug=successor.slug), HTTPStatus.SEE_OTHER))


def _claim_of(link: OneUseLink) -> Submission:
    return db.session.get_one(Submission, link.submission_id)


def _lab_of(submission: Submission) -> Lab:
    return db.session.get_one(Lab, submission.lab_id)
