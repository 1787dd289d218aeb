"""Every address of the application and who may call it. A new one stands here, or this fails."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.moderation import versions
from registry.tasks import open_task
from registry.web import now
from tests.frame.routes import ROUTES, Access
from tests.support.client import PageClient, page_of
from tests.support.factories import a_submission, publish
from tests.support.mergers import merge
from tests.support.reports import a_report
from tests.support.twins import a_pair

# Who may call what is the same on both databases.
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

CONVERTER = re.compile(r"<[^<>]*:")
STAND_INS = {
    "step": "laboratory",
    "number": "1",
    "token": "x" * 43,
    "name": "x",
    "part": "1",
    "file": "her2-positivity",
}


def _calls(app: Flask) -> set[str]:
    """Every method and address that *app* answers, without what converters demand of the parts."""
    return {
        f"{method} {CONVERTER.sub('<', rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _of(*wanted: Access) -> list[str]:
    return [call for call, access in ROUTES.items() if access in wanted]


@pytest.fixture
def ask(session: Session) -> Callable[[PageClient, str], TestResponse]:
    """``ask(client, "GET /labs/<slug>")`` is the answer; the parts name rows that exist.

    A form comes with a good token: what refuses it is the guard behind.
    """
    lab = publish(session)
    version = versions.keep_standing(session, lab)
    session.commit()
    stand_ins = {
        **STAND_INS,
        "slug": lab.slug,
        "lab_id": str(lab.id),
        "version_id": str(version.id),
        "submission_id": str(a_submission(session).id),
        "report_id": str(a_report(session).id),
        "task_id": str(open_task(session, kind="cms", lab_id=publish(session).id, facts={}, now=now()).id),
        "pair_id": str(a_pair(session, publish(session), publish(session)).id),
        "merge_id": str(merge(session, publish(session), publish(session)).id),
        "member": "1",
    }

    def ask(client: PageClient, route: str) -> TestResponse:
        method, _, address = route.partition(" ")
        for name, value in stand_ins.items():
            address = address.replace(f"<{name}>", value)
        if method == "GET":
            return client.get(address)
        with_form = client.get("/staff", follow_redirects=True)
        token = page_of(with_form).all("input", name="csrf_token")[0]["value"]
        return client.open(address, method=method, data={"csrf_token": token})

    return ask


@pytest.fixture
def call(ask: Callable[[PageClient, str], TestResponse]) -> Callable[[PageClient, str], int]:
    """``call(client, "GET /labs/<slug>")`` is the status of the answer."""
    return lambda client, route: ask(client, route).status_code


def test_every_address_is_listed_here(app: Flask) -> None:
    assert _calls(app) == {call for call, access in ROUTES.items() if access is not Access.DEMONSTRATION}


def test_the_demonstration_adds_its_own_addresses_alone(make_app: Callable[..., Flask]) -> None:
    assert _calls(make_app(mode="demonstration")) == set(ROUTES)


def test_no_address_answers_a_method_that_is_neither_reading_nor_a_form(app: Flask) -> None:
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or set()}

    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_everybody_may_call_what_is_public(client: PageClient, call: Callable[..., int]) -> None:
    answers = {route: call(client, route) for route in _of(Access.PUBLIC)}

    assert {route: status for route, status in answers.items() if status not in {200, 303, 422}} == {}


def test_a_draft_is_for_the_browser_that_holds_it(client: PageClient, ask: Callable[..., TestResponse]) -> None:
    answers = {route: ask(client, route) for route in _of(Access.DRAFT)}

    assert {answer.status_code for answer in answers.values()} == {303}
    assert {answer.headers["Location"] for answer in answers.values()} == {"/join"}


def test_a_laboratorys_pages_ask_for_the_mailbox_first(client: PageClient, ask: Callable[..., TestResponse]) -> None:
    answers = {route: ask(client, route) for route in _of(Access.CONTACT)}

    assert {answer.status_code for answer in answers.values()} == {303}
    assert {answer.headers["Location"] for answer in answers.values()} == {"/manage"}


def test_a_made_up_link_is_not_known(client: PageClient, call: Callable[..., int]) -> None:
    assert {call(client, route) for route in _of(Access.LINK)} == {404}


def test_strangers_are_sent_to_sign_in(client: PageClient, ask: Callable[..., TestResponse]) -> None:
    answers = {route: ask(client, route) for route in _of(Access.STAFF, Access.READER, Access.MODERATOR, Access.ADMIN)}

    assert {route for route, answer in answers.items() if answer.status_code != 303} == set()
    assert {answer.headers["Location"].partition("?")[0] for answer in answers.values()} == {"/staff/login"}


def test_staff_have_the_pages_of_staff(staff: Callable[..., PageClient], call: Callable[..., int]) -> None:
    client = staff("outreach")

    assert {call(client, "GET /staff")} <= {200, 302, 303}
    assert call(client, "POST /staff/logout") == 303


def test_outreach_may_not_moderate(staff: Callable[..., PageClient], call: Callable[..., int]) -> None:
    client = staff("outreach")

    assert {call(client, route) for route in _of(Access.READER, Access.MODERATOR)} == {403}


def test_readers_open_what_moderators_see_and_change_nothing(
    app: Flask, staff: Callable[..., PageClient], call: Callable[..., int]
) -> None:
    client = staff("reader")

    answers = {route: call(client, route) for route in _of(Access.READER, Access.MODERATOR)}

    assert {route for route, status in answers.items() if status != 403} == set(_of(Access.READER))
    assert {route for route in _of(Access.READER) if not route.startswith("GET ")} == set()


@pytest.mark.parametrize("role", ["moderator", "outreach", "reader"])
def test_only_administrators_look_after_people(
    staff: Callable[..., PageClient], call: Callable[..., int], role: str
) -> None:
    client = staff(role)

    assert {call(client, route) for route in _of(Access.ADMIN)} == {403}


def test_administrators_look_after_people(staff: Callable[..., PageClient], call: Callable[..., int]) -> None:
    client = staff("admin")

    answers = {route: call(client, route) for route in _of(Access.ADMIN)}

    assert {route: status for route, status in answers.items() if status not in {200, 303, 422}} == {}


@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_moderators_and_administrators_may(
    staff: Callable[..., PageClient], call: Callable[..., int], role: str
) -> None:
    client = staff(role)

    answers = {route: call(client, route) for route in _of(Access.READER, Access.MODERATOR)}

    assert {route: status for route, status in answers.items() if status not in {200, 204, 303, 409, 422}} == {}


def test_sign_in_is_open_and_shows_nothing_more(client: PageClient, ask: Callable[..., TestResponse]) -> None:
    answers = {route: ask(client, route) for route in _of(Access.SIGN_IN)}

    first = [answers.pop(f"{method} /staff/login").status_code for method in ("GET", "POST")]
    assert first == [200, 422]
    assert {answer.status_code for answer in answers.values()} <= {302, 303}
    assert {answer.headers["Location"].partition("?")[0] for answer in answers.values()} == {"/staff/login"}


@pytest.mark.parametrize("role", [None, "outreach", "admin"])
def test_what_nobody_is_offered_is_not_there(
    client: PageClient, staff: Callable[..., PageClient], call: Callable[..., int], role: str | None
) -> None:
    asking = staff(role) if role else client

    assert {call(asking, route) for route in _of(Access.NOBODY)} == {404}


def test_the_demonstrations_mail_is_not_there_otherwise(client: PageClient, call: Callable[..., int]) -> None:
    assert {call(client, route) for route in _of(Access.DEMONSTRATION)} == {404}


def test_the_demonstrations_mail_is_open_in_the_demonstration(make_app: Callable[..., Flask]) -> None:
    client = make_app(mode="demonstration").test_client()

    assert client.get("/dev/mail").status_code == 200
    assert client.get("/dev/mail/x").status_code == 404


def test_static_files_are_the_built_ones_alone(app: Flask, client: PageClient) -> None:
    with app.app_context():
        asset: str = app.jinja_env.globals["asset"]("app.css")

    assert client.get(asset).status_code == 200
    for address in ("/static/", "/static/nothing.css", "/static/../config.py", "/static/%2e%2e/config.py"):
        assert client.get(address).status_code in {400, 404}, address
