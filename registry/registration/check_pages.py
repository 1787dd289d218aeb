"""The page of the last look: what is sent, what it changes, and what happened behind it meanwhile."""

from collections.abc import Iterable
from typing import Any

from flask import render_template

from registry.domain.changes import told
from registry.domain.workflow import WAITING_FOR_DECISION
from registry.extensions import db
from registry.models import Lab, Submission
from registry.registration import answers, contacts, editing, prefill, queries, steps
from registry.registration.check_forms import CheckForm, ChoiceForm, EditCheckForm
from registry.registration.editing import Meanwhile
from registry.registration.pages import frame
from registry.registration.representations import doubts, sections
from registry.web import now


def form_of(draft: Submission, **options: Any) -> CheckForm:
    """The form of the last look that fits *draft*; a change that leaves no test as it is confirms nothing else."""
    if draft.kind != "edit":
        return CheckForm(**options)
    form = EditCheckForm(**options)
    lab = db.session.get(Lab, draft.lab_id)
    if lab is None or not editing.unchanged_tests(draft, lab.profile):
        del form.rest_right
    return form


def check_page(
    draft: Submission, form: CheckForm | ChoiceForm, meanwhile: Meanwhile, *, changed: bool = False, again: bool = False
) -> str:
    """The last look; *changed* says that something was written since it was shown before, *again* that what stands
    behind it is not what was shown.
    """
    form.of_draft.data = draft.handle
    form.revision.data = str(draft.revision)
    form.seen.data = editing.seen(db.session, draft)
    return render_template(
        "registration/check.html",
        **frame("check", draft),
        form=form,
        choosing=isinstance(form, ChoiceForm),
        meanwhile=meanwhile,
        changed=changed,
        again=again,
        missing=steps.missing(db.session, draft),
        changes=changes_of(draft),
        same_as=same_as(draft),
        sections=sections(draft),
        doubts=[*doubts(draft.profile), *prefill.licence_doubts(db.session, draft.profile, today=now().date())],
        sender=_colleague(draft),
        replaces=_waiting(draft),
        successor=_successor(draft) if meanwhile.gone else None,
    )


def changes_of(draft: Submission) -> list[list[Any]] | None:
    """What the draft changes of what is on the list, as ``domain.changes.told``; None where nothing is."""
    started_from = draft.started_from if draft.kind == "edit" else None
    return told(started_from, draft.profile) if started_from is not None else None


def same_as(draft: Submission) -> str:
    """``published`` when the draft proposes what is on the list, ``waiting`` when what waits already; else empty."""
    digest = draft.profile.digest
    started_from = draft.started_from
    if draft.kind == "edit" and started_from is not None and started_from.digest == digest:
        return "published"
    revised = _waiting(draft)
    if revised is not None and revised.profile.digest == digest:
        return "waiting" if _same_sender(draft, revised) else ""
    return ""


def _same_sender(draft: Submission, revised: Submission) -> bool:
    fields: Iterable[str] = ("contact_name", "contact_email", "contact_role")
    return all(getattr(draft, field) == getattr(revised, field) for field in fields)


def _waiting(draft: Submission) -> Submission | None:
    """What waits for a decision and is replaced when the draft is sent."""
    revised = queries.revised_by(db.session, draft)
    return revised if revised is not None and revised.status in WAITING_FOR_DECISION else None


def _successor(draft: Submission) -> Lab | None:
    """The entry that the one which the draft changes became a part of."""
    lab = db.session.get(Lab, draft.lab_id)
    found = contacts.became(db.session, lab) if lab is not None else None
    return found if found is not lab else None


def _colleague(draft: Submission) -> str:
    """The mailbox that sends a change which another one began; empty where it is the same."""
    email = answers.editor(draft).email
    return email if draft.kind == "edit" and email and email != draft.contact_email else ""
