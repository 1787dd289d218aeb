"""What the privacy page says is so.

That each job of forgetting does what the page says is tested with the job: drafts in
``tests/registration/test_upkeep.py``; links, sign-ins and mails in ``tests/registration/test_retention.py``; reports in
``tests/moderation/test_reports.py``; addresses that were looked up in ``tests/places/test_remembering.py``; sessions in
``tests/manage/test_sign_in.py`` and ``tests/accounts/test_sign_in.py``; from where an act came in
``tests/audit/test_chain.py``. That no page loads anything from another host the client asks of every page.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import ROOT
from registry import links
from registry.about.periods import Periods, in_words
from registry.accounts import failures, sessions
from registry.domain import freshness, leaving
from registry.extensions import READING, db
from registry.links import Purpose
from registry.models.base import Base
from registry.moderation import reports_handling
from registry.places import remembering
from registry.registration import contact_session, upkeep
from tests.frame.routes import ROUTES, Access
from tests.support.client import PageClient, page_of
from tests.support.factories import publish

NO_PEOPLE = "laboratories and our own book-keeping, nobody's data"
# Each table and the section of the page that speaks of it. A new table stands here when the page does, or holds nobody.
TABLES = {
    "audit_event": "record",
    "audit_head": NO_PEOPLE,
    "audit_seal": NO_PEOPLE,
    "clia_quarter": NO_PEOPLE,
    "clia_record": "laboratories",
    "contact_session": "laboratories",
    "directory_version": NO_PEOPLE,
    "draft_key": "laboratories",
    "duplicate_pair": "record",
    "geocode_cache": "searches",
    "job_mark": NO_PEOPLE,
    "lab": "laboratories",
    "lab_contact": "laboratories",
    "lab_identifier": NO_PEOPLE,
    "lab_merge": "record",
    "lab_offering": NO_PEOPLE,
    "lab_version": "laboratories",
    "mail_stop": "mails",
    "one_use_link": "laboratories",
    "outbox_message": "mails",
    "report": "reports",
    "review_lease": "staff",
    "spent_challenge": "abuse",
    "staff_passkey": "staff",
    "staff_passkey_challenge": "staff",
    "staff_role": NO_PEOPLE,
    "staff_session": "staff",
    "staff_unknown_name": "staff",
    "staff_user": "staff",
    "staff_user_role": "staff",
    "submission": "laboratories",
    "task": "mails",
}
# Where each period comes from, but for the cookie's (a setting of the application) and those of links (a mapping).
SOURCES: dict[str, tuple[ModuleType, str]] = {
    "draft": (upkeep, "KEPT"),
    "draft_notice": (upkeep, "NOTICE"),
    "draft_at_most": (upkeep, "AT_MOST"),
    "links": (upkeep, "LINKS_KEPT"),
    "sign_in": (contact_session, "LIFETIME"),
    "sign_in_idle": (contact_session, "IDLE"),
    "sign_in_row": (upkeep, "SIGN_INS_KEPT"),
    "mails": (upkeep, "MAILS_KEPT"),
    "report_address": (reports_handling, "ADDRESS_KEPT"),
    "report_words": (reports_handling, "WORDS_KEPT"),
    "staff_sign_in": (sessions, "SESSION_LIFETIME"),
    "staff_idle": (sessions, "SESSION_IDLE"),
    "unknown_names": (failures, "FORGOTTEN_AFTER"),
    "place_found": (remembering, "KEEP_FOUND"),
    "place_missing": (remembering, "KEEP_MISSING"),
    "grace": (freshness, "GRACE"),
    "comes_back": (leaving, "COMES_BACK"),
}


def test_every_table_was_thought_of(client: PageClient) -> None:
    sections = {heading["id"] for heading in client.load("/privacy").all("h2") if "id" in heading.attributes}

    assert set(TABLES) == set(Base.metadata.tables)
    assert set(TABLES.values()) - {NO_PEOPLE} <= sections


def test_no_table_holds_searches() -> None:
    assert [name for name in Base.metadata.tables if "search" in name or "visit" in name or "tally" in name] == []


def test_every_period_is_that_of_the_software(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(geocoder="nominatim")
    odd = {name: timedelta(days=401 + number) for number, name in enumerate(field.name for field in fields(Periods))}
    for name, (module, constant) in SOURCES.items():
        monkeypatch.setattr(module, constant, odd[name])
    monkeypatch.setitem(links.LIFETIMES, Purpose.SIGN_IN, odd["sign_in_link"])
    app.config["PERMANENT_SESSION_LIFETIME"] = odd["cookie"]
    client = app.test_client()

    told = " ".join(page_of(client.get(address)).main.text for address in ("/privacy", "/about"))

    # That a confirmation holds a year is said in words.
    missing = [name for name in odd if name != "confirmed" and f"{odd[name].days} days" not in told]
    assert missing == []


def test_a_confirmation_holds_a_year_as_the_pages_say(client: PageClient) -> None:
    assert timedelta(days=365) == freshness.CONFIRMATION_VALID
    assert "once a year" in client.load("/about").main.text


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=12), "12 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=60), "60 days"),
        (timedelta(days=365), "one year"),
    ],
)
def test_a_period_is_said_exactly(app: Flask, period: timedelta, told: str) -> None:
    with app.test_request_context():
        assert in_words(period) == told


def test_a_period_that_cannot_be_said_exactly_is_not_rounded(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(ValueError, match="whole number"):
        in_words(timedelta(seconds=90))


def _public_pages(session: Session) -> list[str]:
    lab = publish(session)
    session.commit()
    stand_ins = {"<slug>": lab.slug, "<part>": "1", "<name>": "x"}
    found = []
    for call, access in ROUTES.items():
        if access is Access.PUBLIC and call.startswith("GET "):
            for name, value in stand_ins.items():
                call = call.replace(name, value)
            found.append(call.removeprefix("GET "))
    return found


def test_a_cookie_comes_with_a_form_that_sends_something_and_with_nothing_else(app: Flask, session: Session) -> None:
    with_cookie = {}
    for address in _public_pages(session):
        answer = app.test_client().get(address)
        if "Set-Cookie" in answer.headers:
            with_cookie[address] = [form for form in page_of(answer).all("form") if form.get("method") == "post"]

    assert {address.split("/")[-1] for address in with_cookie} == {"report", "you", "manage", "claim"}
    assert all(with_cookie.values())


def test_who_holds_a_draft_gets_no_cookie_from_a_public_page_either(client: PageClient) -> None:
    with client.session_transaction() as held:
        held["drafts"] = ["x" * 43]
        held.permanent = True
    for address in ("/", "/labs", "/labs?near=30303", "/privacy", "/learn"):
        answer = client.get(address)
        assert "Set-Cookie" not in answer.headers, address
        assert "Cookie" not in answer.headers.get("Vary", ""), address
    # Where the draft is looked at its time begins anew.
    assert "Expires=" in client.get("/join").headers["Set-Cookie"]


def test_there_is_one_cookie_and_the_page_names_it(make_app: Callable[..., Flask]) -> None:
    secure = make_app(base_url="https://registry.example.org")
    for app, name, base in (
        (make_app(), "session", "http://localhost"),
        (secure, "__Host-session", "https://registry.example.org"),
    ):
        client = app.test_client()
        assert f"“{name}”" in page_of(client.get("/privacy", base_url=base)).main.text
        cookies = client.get("/join/you", base_url=base).headers.getlist("Set-Cookie")
        assert [cookie.partition("=")[0] for cookie in cookies] == [name]
        assert "Expires" not in cookies[0]


def test_what_leaves_for_a_geocoder_is_said_where_there_is_one(make_app: Callable[..., Flask]) -> None:
    def told(**settings: object) -> str:
        return page_of(make_app(**settings).test_client().get("/privacy")).main.text

    without, public = told(), told(geocoder="nominatim")
    own, forgetting = told(geocoder="pelias", geocoder_url="https://places.example.org/v1"), told(geocoder="arcgis")

    assert "A street address is looked up nowhere else" in without
    assert "we ask Nominatim at nominatim.openstreetmap.org" in public
    assert "We keep its answer for 180 days, or for 7 days" in public
    assert "we ask Pelias at places.example.org" in own
    assert "We do not keep its answer." in forgetting
    assert "We keep its answer" not in forgetting


def test_the_browser_keeps_nothing_but_the_shortcuts_of_staff() -> None:
    keeping = {
        path.name
        for path in (ROOT / "static" / "src" / "js").rglob("*.js")
        if any(word in path.read_text("utf-8") for word in ("localStorage", "sessionStorage", "indexedDB", ".cookie"))
    }

    assert keeping == {"staff.js"}


def test_mails_hold_no_pictures() -> None:
    bodies = [path for path in _mails() if "<img" in path.read_text("utf-8").lower()]

    assert bodies == []


def _mails() -> list[Path]:
    return sorted((ROOT / "templates" / "email").rglob("*.html"))


def test_a_fault_of_the_database_names_nobody(app: Flask) -> None:
    with app.app_context():
        for engine in (db.engine, db.engines[READING]):
            with engine.connect() as connection, pytest.raises(IntegrityError) as raised:
                connection.execute(
                    sa.text("INSERT INTO mail_stop (email_hash, scope, created_at) VALUES (:mailbox, 'x', NULL)"),
                    {"mailbox": "robin@example.org"},
                )
            assert "robin" not in str(raised.value)


def test_the_demonstration_warns_that_its_mail_is_open(make_app: Callable[..., Flask]) -> None:
    def told(mode: str) -> str:
        return page_of(make_app(mode=mode).test_client().get("/privacy")).main.text

    assert "everybody who opens it can read it" in told("demonstration")
    assert "everybody who opens it can read it" not in told("test")
