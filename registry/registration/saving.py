"""A step that was sent but is not simply saved: kept while somebody types, taken back, or told of both answers."""

from http import HTTPStatus

from flask import Response, abort, request
from werkzeug.datastructures import MultiDict

from registry.extensions import db
from registry.models import Submission
from registry.registration import answers, conflicts, pages, services, steps, unsaved
from registry.registration.answers import Answer
from registry.registration.routes import to
from registry.registration.step_form import StepForm
from registry.web import now

BY_ITSELF = "autosave"
TAKE_BACK = "discard"
ADD = "add"
"""The button that keeps a test beside the one that somebody else has changed."""


def sent(draft: Submission, step: str) -> StepForm:
    """*step*'s form as it was sent, not checked yet; with what somebody chose where two answers were shown."""
    form = steps.form_of(step)(formdata(draft, step))
    steps.bind(db.session, form, draft, step)
    return form


def formdata(draft: Submission, step: str) -> MultiDict[str, str]:
    """What was sent of *step*, with what is stored where that was chosen."""
    if request.form.get("then") == ADD:
        return MultiDict(request.form)
    chosen = conflicts.choices(steps.form_of(step).kept, request.form)
    return conflicts.settled(request.form, steps.typed(draft, step), chosen)


def sends_itself() -> bool:
    """Whether nobody has pressed a button: the page sends what somebody is typing."""
    return request.form.get("then") == BY_ITSELF


def refused() -> Response:
    """What a page that sends itself is told when somebody else was quicker."""
    return _without_a_page(HTTPStatus.CONFLICT)


def place_of_tab(draft: Submission, form: StepForm) -> int | None:
    """The number of the test (1 is the first) that the very page that sends now has sent by itself before."""
    numbers = range(1, len(draft.profile.offerings) + 1)
    return next((number for number in numbers if _is_of_this_tab(draft, f"test-{number}", form)), None)


def instead(draft: Submission, step: str, form: StepForm) -> Answer | None:
    """The answer to the checked *form* where it is not to be saved now; None where it is.

    A page that sends itself while somebody types is answered without a page: 204 when nothing typed there is lost,
    409 when somebody else was quicker.
    """
    if request.form.get("then") == TAKE_BACK:
        return _take_back(draft, step)
    outcome = None if form.errors else steps.outcome(draft, form)
    found = conflicts.differences(form, steps.typed(draft, step), outcome)
    if sends_itself():
        return _keep(draft, step, form, found, outcome)
    if _is_new_test(draft, step):
        return None
    chosen = conflicts.choices(form.kept, request.form)
    open_choices = {one.name for one in found if "deciding" in request.form and one.name not in chosen}
    if not open_choices and (_is_of_this_tab(draft, step, form) or not conflicts.is_conflict(found)):
        return None
    by = answers.editor(draft).email
    page = pages.conflict_page(draft, step, form, found, by=by, left=open_choices)
    return page, HTTPStatus.CONFLICT


def _keep(
    draft: Submission, step: str, form: StepForm, found: list[conflicts.Difference], outcome: conflicts.Typed | None
) -> Answer:
    tab = unsaved.Tab.read(form.tab.data)
    if tab is None:
        abort(HTTPStatus.BAD_REQUEST)
    if not found:
        return _without_a_page(HTTPStatus.NO_CONTENT)
    before = draft.unfinished.get(step, {})
    if _is_of_this_tab(draft, step, form):
        earlier = unsaved.tab_of(before)
        if earlier is not None and earlier.number >= tab.number:
            # Overtaken on the way by what the same page sent later.
            return _without_a_page(HTTPStatus.NO_CONTENT)
    elif conflicts.is_conflict(found) and not _is_new_test(draft, step):
        return refused()
    is_as_saved = not conflicts.differences(form, steps.saved(draft, step), outcome)
    typed = unsaved.marked(form.typed(), tab=tab, now=now(), checked=bool(before) and unsaved.was_checked(before))
    services.keep_typed(
        draft=draft,
        step=step,
        typed=None if is_as_saved else typed,
        now=now(),
        position=steps.position_of(step),
        by=answers.editor(draft),
    )
    db.session.commit()
    return _without_a_page(HTTPStatus.NO_CONTENT)


def _without_a_page(status: HTTPStatus) -> Response:
    return Response(status=status, mimetype="text/plain")


def _take_back(draft: Submission, step: str) -> Answer:
    if pages.may_take_back(draft, step):
        services.keep_typed(draft=draft, step=step, typed=None, now=now(), by=answers.editor(draft))
        db.session.commit()
    return to(step)


def _is_new_test(draft: Submission, step: str) -> bool:
    position = steps.position_of(step)
    return position is not None and position >= len(draft.profile.offerings)


def _is_of_this_tab(draft: Submission, step: str, form: StepForm) -> bool:
    """Whether what is stored came from the very page that sends now."""
    tab, stored = unsaved.Tab.read(form.tab.data), unsaved.tab_of(draft.unfinished.get(step, {}))
    return tab is not None and stored is not None and tab.name == stored.name
