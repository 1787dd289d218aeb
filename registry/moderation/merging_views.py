"""Merging two entries, and looking back at mergers and undoing them."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from registry.accounts import current_actor, fresh, roles
from registry.domain.changes import changes
from registry.domain.profile import Change
from registry.domain.uniting import ADDRESS, Side, Take, fault
from registry.extensions import db
from registry.models import AuditEvent, Lab, LabMerge
from registry.moderation import merging, merging_queries, merging_words, unmerging
from registry.moderation.merging import EntriesMoved, NotMergeable
from registry.moderation.merging_forms import MergeForm, UnmergeForm, merge_form
from registry.moderation.merging_queries import Merger
from registry.moderation.unmerging import NotSeparable
from registry.moderation.views import LARGEST_ID, MODERATORS, READERS, bp
from registry.web import now

_ONE = f"/merges/<int(max={LARGEST_ID}):merge_id>"


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What changed in an entry since the page was shown, where that is known, and the latest act upon it."""

    side: Side
    lab: Lab
    changes: tuple[Change, ...] | None
    act: AuditEvent | None


@bp.get("/labs/merge")
@roles(*MODERATORS)
@fresh
def merge() -> ResponseReturnValue:
    """Two entries side by side, what to choose, and what comes of it; without two, the question which."""
    typed = {name: request.args.get(name, "") for name in ("first", "second")}
    found = {name: merging_queries.meant(db.session, text) for name, text in typed.items()}
    first, second = found["first"], found["second"]
    if first is None or second is None or first.id == second.id:
        return _which(typed, found)
    beside = merging_queries.comparison(db.session, first, second)
    form = merge_form(beside, empty=True)
    form.shows(stays=beside.suggestion)
    return _page(form, HTTPStatus.OK)


@bp.post("/labs/merge")
@roles(*MODERATORS)
@fresh
def save_merge() -> ResponseReturnValue:
    """Show what the choices make, or make it."""
    first, second = (merging_queries.meant(db.session, request.args.get(name, "")) for name in ("first", "second"))
    if first is None or second is None or first.id == second.id:
        return redirect(url_for("moderation.merge"), HTTPStatus.SEE_OTHER)
    form = merge_form(merging_queries.comparison(db.session, first, second))
    then = request.form.get("then", "")
    if not form.validate_on_submit():
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if then == "anew":
        form.shows(stays=form.side)
        return _page(form, HTTPStatus.OK)
    if form.moved():
        return _moved(form)
    if fault(form.result):
        form.form_errors.append(merging_words.fault_told(fault(form.result)))
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if then != "merge":
        return _page(form, HTTPStatus.OK, looked=True)
    if not form.result_shown:
        return _page(form, HTTPStatus.CONFLICT, other_result=True)
    return _merge(form)


@bp.get("/merges", endpoint="mergers")
@roles(*READERS)
def list_mergers() -> ResponseReturnValue:
    """All mergers, the latest first."""
    page = merging_queries.mergers(db.session, page=request.args.get("page", 1, type=int))
    return render_template("moderation/mergers.html", mergers=page)


@bp.get(_ONE)
@roles(*READERS)
def merger(merge_id: int) -> ResponseReturnValue:
    """What a merger did, and what undoing it would do."""
    found = _existing(merge_id)
    return _one(found, UnmergeForm(formdata=None, changed=found.changed))


@bp.post(f"{_ONE}/undo")
@roles(*MODERATORS)
@fresh
def unmerge(merge_id: int) -> ResponseReturnValue:
    """Make two entries of it again."""
    found = _existing(merge_id)
    form = UnmergeForm(changed=found.changed)
    if form.shown.data != found.kept.profile.digest:
        return _one(found, form, HTTPStatus.CONFLICT, moved=True)
    if not form.validate_on_submit():
        return _one(found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        unmerging.unmerge(
            db.session,
            merge_id=merge_id,
            keep=form.chosen,
            shown=form.shown.data or "",
            actor=current_actor(),
            now=now(),
        )
        db.session.commit()
    except (EntriesMoved, NotSeparable, IntegrityError) as refusal:
        # IntegrityError: the number of one of the two was listed in this moment.
        db.session.rollback()
        return _one(_existing(merge_id), form, HTTPStatus.CONFLICT, moved=isinstance(refusal, EntriesMoved))
    flash(_("There are two entries again. Their contacts get a mail."), "success")
    return redirect(url_for("moderation.merger", merge_id=merge_id), HTTPStatus.SEE_OTHER)


def _which(typed: dict[str, str], found: dict[str, Lab | None]) -> ResponseReturnValue:
    errors = {
        name: _("No entry is found by this.") if text else _("Write which entry.")
        for name, text in typed.items()
        if name in request.args and found[name] is None
    }
    if all(found.values()):
        errors = {"second": _("These are one and the same entry. Choose two.")}
    page = render_template("moderation/merge_which.html", typed=typed, errors=errors)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK


def _merge(form: MergeForm) -> ResponseReturnValue:
    sides = form.beside.sides
    kept, gone = sides[form.side].lab, sides[form.side.other].lab
    address = form.taken.get(ADDRESS.name, Take(form.side.value))
    try:
        done = merging.merge(
            db.session,
            kept_id=kept.id,
            gone_id=gone.id,
            profile=form.result,
            placed_as=sides[Side(address.value)].lab.id,
            shown={sides[Side.FIRST].lab.id: form.first.data or "", sides[Side.SECOND].lab.id: form.second.data or ""},
            actor=current_actor(),
            now=now(),
        )
        number = done.id
        db.session.commit()
    except NotMergeable as refusal:
        db.session.rollback()
        if _settled(kept, gone) is None:
            form.form_errors.append(_(refusal.why))
        return _page(_again(form), HTTPStatus.CONFLICT)
    except (EntriesMoved, IntegrityError):
        db.session.rollback()
        return _moved(_again(form))
    flash(_("Merged. The contacts of both get a mail."), "success")
    return redirect(url_for("moderation.merger", merge_id=number), HTTPStatus.SEE_OTHER)


def _again(form: MergeForm) -> MergeForm:
    """*form* about the entries as they are now, with what was chosen."""
    first, second = (db.session.get_one(Lab, sided.lab.id) for sided in form.beside.sides.values())
    again = merge_form(merging_queries.comparison(db.session, first, second))
    again.form_errors = list(form.form_errors)
    return again


def _moved(form: MergeForm) -> ResponseReturnValue:
    """The entries as they are now, what became of them meanwhile, and the choices that still mean something."""
    told = []
    shown = {Side.FIRST: form.first.data or "", Side.SECOND: form.second.data or ""}
    for side in form.moved():
        lab = form.beside.sides[side].lab
        before = merging_queries.shown_before(db.session, lab.id, shown[side])
        changed = changes(before, lab.profile) if before is not None else None
        told.append(Meanwhile(side, lab, changed, merging_queries.last_act(db.session, lab.id)))
    return _page(form, HTTPStatus.CONFLICT, meanwhile=told)


def _page(form: MergeForm, status: HTTPStatus, **told: object) -> ResponseReturnValue:
    sides = form.beside.sides
    whole = form.stays.data in set(Side)
    kept, gone = (sides[form.side].lab, sides[form.side.other].lab) if whole else (None, None)
    refused = merging.why_not(kept, gone) if kept is not None and gone is not None else ""
    form.shows()
    page = render_template(
        "moderation/merge.html",
        form=form,
        beside=form.beside,
        sides=sides,
        words=merging_words.Words(form.beside),
        result=form.result if form.united.data else None,
        outcome=merging_words.outcome(form) if form.united.data else None,
        refused=_(refused) if refused and not form.form_errors else "",
        settled=_settled(sides[Side.FIRST].lab, sides[Side.SECOND].lab),
        **told,
    )
    return page, status


def _settled(first: Lab, second: Lab) -> LabMerge | None:
    """The merger by which one of the two is a part of another entry already."""
    return merging_queries.merger_of(db.session, first) or merging_queries.merger_of(db.session, second)


def _existing(merge_id: int) -> Merger:
    found = merging_queries.merger(db.session, merge_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _one(
    found: Merger, form: UnmergeForm, status: HTTPStatus = HTTPStatus.OK, *, moved: bool = False
) -> ResponseReturnValue:
    form.shown.data = found.kept.profile.digest
    page = render_template(
        "moderation/merger.html",
        merger=found,
        form=form,
        moved=moved,
        kept_changes=changes(found.kept_before, found.published),
        gone_changes=changes(found.gone_before, found.published),
        since=changes(found.published, found.kept.profile) if found.changed else (),
        carried=merging_words.carried_told(found),
    )
    return page, status
