"""Staff pages: the list of all entries, and one entry with its versions and all that is known of it."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from registry.accounts import current_staff, fresh, roles
from registry.domain.changes import changes
from registry.domain.partly import value_at
from registry.extensions import db
from registry.models import Lab, LabVersion
from registry.models.lab import HIDDEN
from registry.moderation import correcting, lab_acts, lab_queries, lab_words
from registry.moderation.lab_acts import EntryMoved
from registry.moderation.lab_forms import CorrectForm, HideForm, RestoreForm, ShowForm
from registry.moderation.publishing import AlreadyListed, NotPublishable
from registry.moderation.views import LARGEST_ID, MODERATORS, READERS, bp
from registry.places.geocoding import PlaceNotFound
from registry.web import now

_LAB = f"/labs/<int(max={LARGEST_ID}):lab_id>"
_VERSION = f"{_LAB}/versions/<int(max={LARGEST_ID}):version_id>"
LONGEST_SEARCH = 200


@bp.record_once
def _for_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.filters.update(
        lab_state=lab_words.state_label,
        task_kind=lab_words.task_label,
        hidden_reason=lab_words.hidden_reason,
        version_act=lab_words.version_act,
    )


@bp.get("/labs")
@roles(*READERS)
def labs() -> ResponseReturnValue:
    """All entries, whatever the public sees of them."""
    wanted = lab_queries.Wanted(
        text=request.args.get("q", "")[:LONGEST_SEARCH].replace("\0", ""),
        state=request.args.get("state", ""),
        age=request.args.get("age", ""),
        disputed=request.args.get("disputed", "") == "y",
    )
    found = lab_queries.labs(db.session, wanted, page=request.args.get("page", 1, type=int), today=now().date())
    return render_template("moderation/labs.html", found=found, wanted=wanted, states=lab_queries.STATES)


@bp.get(_LAB)
@roles(*READERS)
def lab(lab_id: int) -> ResponseReturnValue:
    """One entry."""
    return _page(lab_id)


@bp.post(f"{_LAB}/hide")
@roles(*MODERATORS)
@fresh
def hide_lab(lab_id: int) -> ResponseReturnValue:
    """Keep it from the public."""
    _existing(lab_id)
    form = HideForm()
    if not form.validate_on_submit():
        return _page(lab_id, HTTPStatus.UNPROCESSABLE_ENTITY, hide_form=form)
    try:
        lab_acts.hide(
            db.session,
            lab_id=lab_id,
            reason=form.reason.data,
            actor=current_staff(),
            now=now(),
            note=form.note.data or "",
            tell=not form.quiet.data,
        )
    except NotPublishable as refusal:
        db.session.rollback()
        return _page(lab_id, HTTPStatus.CONFLICT, refused=_(refusal.why), hide_form=form)
    db.session.commit()
    flash(_("Hidden. The public does not see the entry any more."), "success")
    return redirect(url_for("moderation.lab", lab_id=lab_id), HTTPStatus.SEE_OTHER)


@bp.post(f"{_LAB}/show")
@roles(*MODERATORS)
def show_lab(lab_id: int) -> ResponseReturnValue:
    """Let the public see it again."""
    _existing(lab_id)
    form = ShowForm()
    if not form.validate_on_submit():
        return _page(lab_id, HTTPStatus.UNPROCESSABLE_ENTITY, show_form=form)
    try:
        lab_acts.show(
            db.session,
            lab_id=lab_id,
            actor=current_staff(),
            now=now(),
            note=form.note.data or "",
            tell=not form.quiet.data,
        )
    except NotPublishable as refusal:
        db.session.rollback()
        return _page(lab_id, HTTPStatus.CONFLICT, refused=_(refusal.why), show_form=form)
    db.session.commit()
    flash(_("Shown again."), "success")
    return redirect(url_for("moderation.lab", lab_id=lab_id), HTTPStatus.SEE_OTHER)


@bp.get(_VERSION)
@roles(*READERS)
def lab_version(lab_id: int, version_id: int) -> ResponseReturnValue:
    """What would change if the entry showed this version again."""
    return _preview(lab_id, version_id, RestoreForm(formdata=None))


@bp.post(_VERSION)
@roles(*MODERATORS)
def restore_version(lab_id: int, version_id: int) -> ResponseReturnValue:
    """Show it again."""
    _version(lab_id, version_id)
    form = RestoreForm()
    if not form.validate_on_submit():
        return _preview(lab_id, version_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        lab_acts.restore(
            db.session,
            lab_id=lab_id,
            version_id=version_id,
            digest=form.digest.data or "",
            actor=current_staff(),
            now=now(),
            note=form.note.data or "",
        )
        db.session.commit()
    except (EntryMoved, NotPublishable, AlreadyListed, IntegrityError) as refusal:
        db.session.rollback()
        return _preview(lab_id, version_id, form, HTTPStatus.CONFLICT, refusal)
    flash(_("The entry shows this version again. A mail tells its contacts."), "success")
    return redirect(url_for("moderation.lab", lab_id=lab_id), HTTPStatus.SEE_OTHER)


@bp.get(f"{_LAB}/correct")
@roles(*READERS)
def correction(lab_id: int) -> ResponseReturnValue:
    """One text of the entry, to be put right; without one chosen, which there are."""
    found, path = _existing(lab_id), _field(lab_id)
    form = CorrectForm(formdata=None)
    if path:
        form.text.data = str(value_at(found.profile, path))
    return _correction(found, path, form)


@bp.post(f"{_LAB}/correct")
@roles(*MODERATORS)
def correct_lab(lab_id: int) -> ResponseReturnValue:
    """Put it right."""
    found, path, form = _existing(lab_id), _field(lab_id), CorrectForm()
    if not path or not form.validate_on_submit():
        return _correction(found, path, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    checked = correcting.check(db.session, found.profile, {path: form.text.data or ""}, own_lab_id=lab_id)
    if checked.problems or not checked.corrections:
        whys = [problem.why for problem in checked.problems]
        form.text.errors = whys or [_("It says that already. Change it, or go back.")]
        return _correction(found, path, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        lab_acts.correct(
            db.session,
            lab_id=lab_id,
            digest=form.digest.data or "",
            corrections=checked.corrections,
            actor=current_staff(),
            now=now(),
            note=form.note.data or "",
        )
        db.session.commit()
    except (EntryMoved, NotPublishable, PlaceNotFound) as refusal:
        db.session.rollback()
        return _correction(_existing(lab_id), _field(lab_id), form, HTTPStatus.CONFLICT, refusal)
    flash(_("Put right. A mail tells its contacts."), "success")
    return redirect(url_for("moderation.lab", lab_id=lab_id), HTTPStatus.SEE_OTHER)


def _field(lab_id: int) -> str:
    """The path that the address names, where the entry has such a text."""
    path = request.args.get("field", "")
    return path if path in correcting.correctable(_existing(lab_id).profile) else ""


def _page(
    lab_id: int,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    refused: str = "",
    hide_form: HideForm | None = None,
    show_form: ShowForm | None = None,
) -> ResponseReturnValue:
    view = lab_queries.lab(db.session, lab_id)
    if view is None:
        abort(HTTPStatus.NOT_FOUND)
    hidden = view.lab.state == HIDDEN
    page = render_template(
        "moderation/lab.html",
        view=view,
        gone=view.lab.state in lab_acts.GONE,
        hidden=hidden,
        form=(show_form or ShowForm(formdata=None)) if hidden else (hide_form or HideForm(formdata=None)),
        refused=refused,
        correctable=correcting.correctable(view.lab.profile),
    )
    return page, status


def _preview(
    lab_id: int,
    version_id: int,
    form: RestoreForm,
    status: HTTPStatus = HTTPStatus.OK,
    refusal: Exception | None = None,
) -> ResponseReturnValue:
    """The version beside the entry as it is now; what is shown again will be about what this page shows."""
    version = _version(lab_id, version_id)
    found = _existing(lab_id)
    form.digest.data = found.profile.digest
    page = render_template(
        "moderation/lab_version.html",
        lab=found,
        version=version,
        changes=changes(found.profile, version.profile),
        gone=found.state in lab_acts.GONE,
        form=form,
        refused=_why(refusal),
        other=refusal.lab if isinstance(refusal, AlreadyListed) else None,
    )
    return page, status


def _correction(
    found: Lab,
    path: str,
    form: CorrectForm,
    status: HTTPStatus = HTTPStatus.OK,
    refusal: Exception | None = None,
) -> ResponseReturnValue:
    form.digest.data = found.profile.digest
    page = render_template(
        "moderation/lab_correct.html",
        lab=found,
        path=path,
        form=form,
        correctable=correcting.correctable(found.profile),
        several=path.rpartition(".")[2] in correcting.SEVERAL_LINES,
        refused=_why(refusal),
    )
    return page, status


def _why(refusal: Exception | None) -> str:
    if refusal is None:
        return ""
    if isinstance(refusal, NotPublishable):
        return str(_(refusal.why))
    if isinstance(refusal, AlreadyListed):
        return str(_("The CLIA number of this version is another listing’s by now."))
    if isinstance(refusal, PlaceNotFound):
        return str(_("The ZIP code has no place on the map, so this cannot be listed."))
    return str(_("The entry changed while you looked at it. Nothing of yours was saved; look at it again."))


def _existing(lab_id: int) -> Lab:
    found = db.session.get(Lab, lab_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _version(lab_id: int, version_id: int) -> LabVersion:
    found = db.session.get(LabVersion, version_id)
    if found is None or found.lab_id != lab_id:
        abort(HTTPStatus.NOT_FOUND)
    return found
