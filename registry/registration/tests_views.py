"""The HER2 tests of a registration: one form each, and the list of them."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import abort, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.domain import vocabulary
from registry.domain.profile import MAX_OFFERINGS
from registry.extensions import db
from registry.models import Submission
from registry.registration import answers, pages, saving, services, steps, tests_pages, tests_services
from registry.registration.answers import Answer
from registry.registration.offering_form import OfferingForm
from registry.registration.routes import address_of, to
from registry.web import now
from registry.wording import term_label

TEST_ADDRESS = f"/join/test-<int(min=1, max={MAX_OFFERINGS}):number>"


def show_test(number: int) -> str:
    """One HER2 test: one that was entered, or the next."""
    draft = answers.draft_of_browser()
    if number > len(draft.profile.offerings) + 1:
        abort(to("tests"))
    step = f"test-{number}"
    # A copy was not typed by anybody: what is wrong with it is said when it is saved.
    form = steps.filled(db.session, draft, step, checked="like" not in request.args)
    return pages.step_page(step, form, draft)


def save_test(number: int) -> Answer:
    """Keep one HER2 test."""
    draft = answers.draft_of_browser(lock=True)
    form = OfferingForm()
    form.validate()
    place = _place_of(form, draft, number)
    if place is None:
        return saving.refused()
    step = f"test-{place}"
    form = saving.sent(draft, step)
    good = form.validate()
    instead = saving.instead(draft, step, form)
    if instead is not None:
        return instead
    services.save_test(
        db.session,
        draft=draft,
        position=place - 1,
        now=now(),
        offering=form.offering() if good else None,
        unfinished=None if good else form.typed(),
        by=answers.editor(draft),
    )
    _say_what_was_filled(form)
    if place != number and not good:
        db.session.commit()
        return to(step)
    return answers.saved(step, form, draft)


def show_tests() -> Answer:
    """The tests entered so far."""
    draft = answers.draft_of_browser()
    if not draft.profile.offerings and tests_services.removed_name(draft) is None:
        return to("test-1")
    return tests_pages.list_page(draft)


def change_tests() -> Answer:
    """Copy, move, remove or restore a test, or go on."""
    draft = answers.draft_of_browser(lock=True)
    for act in _CHANGES:
        if act in request.form:
            return _changed(draft, act, request.form[act])
    if request.form.get("then") == "later":
        return answers.finish_later(draft)
    if not draft.profile.offerings:
        return to("test-1")
    if any(left.step.startswith("test") for left in steps.missing(db.session, draft)):
        return tests_pages.list_page(draft, incomplete=True), HTTPStatus.UNPROCESSABLE_ENTITY
    return to("check" if _from_check() else "contact")


def _changed(draft: Submission, act: str, pressed: str) -> Response:
    """Do what a button of the list says, ``place:revision``, unless the list is not the one it was shown in."""
    number, _colon, revision = pressed.partition(":")
    at = steps.position_of(f"test-{number}")
    # A second click names a state of the list that is gone.
    if at is None or revision != str(draft.revision) or (act != "restore" and at >= len(draft.profile.offerings)):
        return _to("tests")
    answer = _CHANGES[act](draft, at)
    db.session.commit()
    return answer


def _copy(draft: Submission, at: int) -> Response:
    typed = steps.typed(draft, f"test-{at + 1}")
    copy = tests_services.copy_test(draft=draft, position=at, typed=typed, now=now(), by=answers.editor(draft))
    return _to("tests") if copy is None else _to(f"test-{copy + 1}", like=at + 1)


def _move(draft: Submission, at: int, *, places: int) -> Response:
    name = steps.test_name(draft, at) or _("Test %(number)s", number=at + 1)
    place = tests_services.move_test(draft=draft, position=at, places=places, now=now(), by=answers.editor(draft))
    flash(_("“%(name)s” is number %(number)s now.", name=name, number=place + 1), "success")
    return _to("tests", _anchor=f"test-{place + 1}")


def _remove(draft: Submission, at: int) -> Response:
    tests_services.remove_test(draft=draft, position=at, now=now(), by=answers.editor(draft))
    return _to("tests", _anchor="removed")


def _restore(draft: Submission, _at: int) -> Response:
    place = tests_services.restore_test(draft=draft, now=now(), by=answers.editor(draft))
    if place is None:
        return _to("tests")
    flash(_("The test is back."), "success")
    return _to("tests", _anchor=f"test-{place + 1}")


_CHANGES: dict[str, Callable[[Submission, int], Response]] = {
    "copy": _copy,
    "up": partial(_move, places=-1),
    "down": partial(_move, places=1),
    "remove": _remove,
    "restore": _restore,
}


def _to(step: str, **query: Any) -> Response:
    """Lead on to *step*, and later back to the last look if that is where the list was opened from."""
    if _from_check():
        query["to"] = "check"
    return redirect(address_of(step, **query), HTTPStatus.SEE_OTHER)


def _from_check() -> bool:
    return request.args.get("to") == "check"


def _say_what_was_filled(form: OfferingForm) -> None:
    for name, answer in form.filled.items():
        cause = (vocabulary.ASSAY, form.assay) if name == "method" else (vocabulary.TEST_METHOD, form.method)
        flash(
            _(
                "%(field)s: set to “%(answer)s”, because you chose “%(cause)s”. Change it if that is not right.",
                field=form[name].label.text,
                answer=term_label(form[name].vocabulary, answer),
                cause=term_label(cause[0], cause[1].data),
            ),
            "info",
        )


def _place_of(form: OfferingForm, draft: Submission, number: int) -> int | None:
    """Where a typed test belongs: where the one that was shown stands now, or the next place for a new one.

    None when nobody has pressed a button and the one that was shown is gone.
    """
    end = len(draft.profile.offerings) + 1
    if request.form.get("then") == saving.ADD and end <= MAX_OFFERINGS:
        return end
    own = saving.place_of_tab(draft, form)
    if own is not None:
        return own
    shown = form.place_was.data or ""
    if shown == tests_services.mark_of(draft, number - 1):
        return min(number, end)
    if shown == tests_services.EMPTY:
        return _place_of_new(form, draft, number)
    place = tests_services.place_of(draft, shown)
    if place is None and saving.sends_itself():
        return number if number < end else None
    if place is None and shown == tests_services.removed_mark(draft):
        place = tests_services.restore_test(draft=draft, now=now())
        flash(_("This test had been removed in another window. It is back, with what you typed."), "info")
    elif place is None and number >= end:
        flash(_("This test had been removed in another window. What you typed is a new test now."), "info")
    return place + 1 if place is not None else min(number, end)


def _place_of_new(form: OfferingForm, draft: Submission, number: int) -> int:
    offerings = draft.profile.offerings
    if len(offerings) >= MAX_OFFERINGS:
        return number
    typed, offering = form.typed(), form.offering()
    for place, other in enumerate(offerings, start=1):
        # The second of two clicks: it is there already.
        if other == offering or draft.unfinished.get(f"test-{place}") == typed:
            return place
    return len(offerings) + 1
