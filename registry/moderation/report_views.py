"""Tell us of a problem: the public form. It stands here, beside those who read what it brings."""

from http import HTTPStatus

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded

from config import Settings
from registry import links
from registry.directory.gone import listed
from registry.domain.patient_words import PATIENT_WORDS
from registry.domain.suspicion import SUSPICION
from registry.extensions import db, limiter
from registry.language import current_language
from registry.moderation import reports
from registry.moderation.report_form import ReportForm
from registry.registration.browser import proposed_key
from registry.web import no_store, now
from registry.wording import term_label

bp = Blueprint("reports", __name__, url_prefix="/labs/<slug>/report")
bp.after_request(no_store)


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["suspicions"] = SUSPICION
    state.app.jinja_env.filters.update(
        report_kind=lambda slug: term_label(reports.REPORT_KIND, slug),
        report_outcome=lambda slug: term_label(reports.REPORT_OUTCOME, slug),
        report_answer=lambda slug: _(reports.REPORT_OUTCOME[slug].explanation),
    )


@limiter.shared_limit("10 per hour", scope="reports")
def count_report() -> None:
    """Count a report; raises RateLimitExceeded beyond the limit of one address."""


@bp.get("")
def tell(slug: str) -> ResponseReturnValue:
    """The empty form."""
    lab = listed(slug)
    form = ReportForm(formdata=None)
    form.once_key.data = links.new_secret()
    return render_template("directory/report.html", lab=lab, form=form)


@bp.post("")
def send(slug: str) -> ResponseReturnValue:
    """Keep the report once, however often it is sent."""
    lab = listed(slug)
    form = ReportForm()
    form.once_key.data = proposed_key(form.once_key.data)
    if not form.validate_on_submit():
        return render_template("directory/report.html", lab=lab, form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    if found := form.patient_words:
        form.warned.data = "yes"
        words = [_(PATIENT_WORDS.label(slug)) for slug in found]
        return render_template("directory/report.html", lab=lab, form=form, patient_words=words)
    try:
        count_report()
    except RateLimitExceeded:
        form.form_errors.append(
            _("Many reports came from your network within the last hour. Please send this one again later.")
        )
        return render_template("directory/report.html", lab=lab, form=form), HTTPStatus.TOO_MANY_REQUESTS
    reports.tell(
        db.session,
        lab=lab,
        kind=form.kind.data,
        message=form.message.data or "",
        email=form.email.data or "",
        once_key=form.once_key.data,
        flags=form.suspicions(),
        language=current_language(),
        inform="" if form.is_trapped else _settings().contact_email,
        now=now(),
    )
    db.session.commit()
    return redirect(url_for("reports.thanks", slug=slug), HTTPStatus.SEE_OTHER)


@bp.get("/thanks")
def thanks(slug: str) -> ResponseReturnValue:
    """What happens now."""
    return render_template("directory/report_thanks.html", lab=listed(slug))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
