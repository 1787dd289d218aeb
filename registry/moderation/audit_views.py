"""Staff pages of the audit: who did what to which, when and from where; and the same as a file."""

from http import HTTPStatus

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from registry.accounts import current_actor, fresh, has_role, roles
from registry.extensions import db
from registry.models import AuditEvent
from registry.moderation import audit_export, audit_reading
from registry.moderation.audit_forms import AuditFilter
from registry.moderation.audit_words import EXPORT, act_words, actor_words, before_and_after, subject_words
from registry.moderation.reports_forms import ActForm
from registry.moderation.views import MODERATORS, READERS, bp
from registry.web import now

_FILES = {
    "csv": ("text/csv", audit_export.csv_lines),
    "jsonl": ("application/x-ndjson", audit_export.json_lines),
}


@bp.get("/audit")
@roles(*READERS)
def audit() -> ResponseReturnValue:
    """The latest acts, or those before or after one of them."""
    form = _filter()
    page = audit_reading.audit_page(db.session, form.wanted, before=_number("before"), after=_number("after"))
    body = render_template(
        "moderation/audit.html",
        form=form,
        page=page,
        may_export=has_role(*MODERATORS),
        act_words=act_words,
        actor_words=actor_words,
        subject_words=subject_words,
        before_and_after=before_and_after,
    )
    return body, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@bp.get("/audit/export")
@roles(*MODERATORS)
@fresh
def ask_for_audit() -> ResponseReturnValue:
    """How much a file would hold, and as what it is wanted."""
    form = _filter()
    return render_template("moderation/audit_export.html", form=form, rows=audit_reading.count(db.session, form.wanted))


@bp.post("/audit/export")
@roles(*MODERATORS)
@fresh
def export_audit() -> ResponseReturnValue:
    """The file; that it was taken is an act of the audit itself."""
    form, kind = _filter(), request.form.get("file", "")
    if not ActForm().validate_on_submit() or kind not in _FILES or form.errors:
        return render_template(
            "moderation/audit_export.html", form=form, rows=audit_reading.count(db.session, form.wanted)
        ), HTTPStatus.UNPROCESSABLE_ENTITY
    mimetype, lines = _FILES[kind]
    wanted, up_to, moment = form.wanted, audit_reading.latest_id(db.session), now()
    db.session.add(
        AuditEvent(
            at=moment,
            actor_kind="staff",
            actor=current_actor(),
            action=EXPORT,
            subject_type="audit",
            subject_id=0,
            before=None,
            after={"format": kind, "rows": audit_reading.count(db.session, wanted), **form.parameters},
        )
    )
    # Written before the first row leaves: an export that breaks off was one all the same.
    db.session.commit()
    rows = audit_reading.every_row(db.session, wanted, up_to=up_to)
    response = Response(stream_with_context(lines(rows)), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{moment.date().isoformat()}.{kind}"'
    return response


def _filter() -> AuditFilter:
    form = AuditFilter(request.args)
    form.validate()
    return form


def _number(name: str) -> int | None:
    """The number of an event in the address; None for none, and for what cannot be one."""
    typed = request.args.get(name, "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 20 else 0
    return number if 0 < number <= audit_reading.LARGEST_ID else None
