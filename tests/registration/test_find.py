"""Before the form: is the laboratory on the list, what does the CMS file have of it, and a draft begun with that."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy.orm import Session

from registry.models import Lab, Submission
from registry.registration import finding
from registry.registration.finding import Question
from tests.registration.walk import YOU, count, only
from tests.support.client import PageClient, page_of
from tests.support.cms import a_record, file_away
from tests.support.factories import a_profile, an_offering, publish
from tests.support.pages import Page

NUMBER = "00D7654321"
# What hangs on the words alone, not on the database.
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
EMPTY = "Start with an empty form"
THIS = "Start with this"


def look_up(client: PageClient, status: int = 200, **asked: str) -> Page:
    return client.load(f"/join/find?{urlencode(asked)}", status=status)


def leave(session: Session, lab: Lab, state: str = "withdrawn", **changes: Any) -> None:
    lab.state = state
    lab.left_at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    for name, value in changes.items():
        setattr(lab, name, value)
    session.commit()


def test_the_start_leads_to_the_question_and_the_question_can_be_skipped(client: PageClient) -> None:
    question = client.load(client.load("/join").link("Start your registration"))
    assert question.url == "/join/find"

    skipped = client.load(question.link("Skip this"))
    assert skipped.one("input", name="contact_name")


def test_a_listed_laboratory_is_found_by_its_number_and_is_led_to_its_entry(
    client: PageClient, session: Session
) -> None:
    lab = publish(
        session,
        name="Invented Heron Pathology",
        clia_number=NUMBER,
        address_line1="80 Heron St",
        offerings=(an_offering(name="Heron IHC"),),
        now=datetime(2026, 5, 4, tzinfo=UTC),
    )
    file_away(session, a_record(NUMBER))

    page = page_of(client.submit(client.load("/join/find"), clia_number="00d 7654321"))

    assert "Is this you?" in page.text
    for words in ("Invented Heron Pathology", "80 Heron St", "Heron IHC", "May 4, 2026"):
        assert words in page.text, words
    assert page.link("Invented Heron Pathology") == f"/labs/{lab.slug}"
    assert page.link("Yes: change or confirm it") == "/manage"
    assert page.link("Yes, but I have no access") == f"/manage/labs/{lab.slug}/claim"
    assert THIS not in page.text
    # One number has one entry: who starts all the same starts without it.
    client.submit(page, button=EMPTY)
    assert only(session).profile.clia_number == ""


def test_a_very_similar_name_and_address_are_found_under_another_number(client: PageClient, session: Session) -> None:
    publish(
        session, name="Saint Mary's Medical Center", address_line1="100 North Main Street", clia_number="00D0000099"
    )
    publish(session, name="Peachtree Pathology", address_line1="9 Elm St", clia_number="00D0000098")
    file_away(session, a_record(NUMBER, name="ST MARYS MED CTR", address_line1="100 N MAIN ST", phone="4045559999"))

    page = look_up(client, clia_number=NUMBER)

    assert "Is this you?" in page.text
    assert "Saint Mary's Medical Center" in page.text
    assert "Peachtree" not in page.text
    # It may be another one: the record can be taken all the same.
    client.submit(page, button=THIS)
    assert only(session).profile.name == "St Marys Med Ctr"


def test_a_laboratory_is_found_by_its_name_and_zip_code(client: PageClient, session: Session) -> None:
    publish(session, name="Grady Memorial Hospital", zip="30303")
    file_away(
        session,
        a_record("00D0000007", name="GRADY MEMORIAL HOSP LAB"),
        a_record("00D0000008", name="PEACHTREE CLINIC"),
    )

    page = look_up(client, name="grady memorail hospital", zip="30303-0001")

    listed, records = (page.one("section", aria_labelledby=name).text for name in ("listed-title", "records-title"))
    assert "Grady Memorial Hospital" in listed
    assert "00D0000007" in records
    assert "Peachtree" not in page.text


def test_who_left_the_list_is_told_so_and_can_come_back(client: PageClient, session: Session, clock: Any) -> None:
    lab = publish(session, name="Invented Wren Laboratory", clia_number=NUMBER)
    leave(session, lab)

    page = look_up(client, clia_number=NUMBER)

    assert "It was on the list until November 1, 2026." in page.text
    assert page.link("Yes: bring it back") == "/manage"
    assert page.link("Yes, but I have no access") == f"/manage/labs/{lab.slug}/claim"
    # The number is free again, and after some time only a new registration brings it back.
    clock.shift(timedelta(days=30))
    page = look_up(client, clia_number=NUMBER)
    assert "It was on the list until" in page.text
    assert not [link for link in page.all("a") if "bring it back" in link.text]
    client.submit(page, button=EMPTY)
    assert only(session).profile.clia_number == NUMBER


def test_a_laboratory_that_was_merged_leads_to_the_entry_that_took_its_place(
    client: PageClient, session: Session
) -> None:
    heir = publish(session, name="Invented Owl Laboratory")
    lab = publish(session, name="Invented Wren Laboratory", clia_number=NUMBER, address_line1="4 Wren Way")
    leave(session, lab, "merged", successor_id=heir.id)

    page = look_up(client, clia_number=NUMBER)

    assert page.link("Invented Owl Laboratory") == f"/labs/{heir.slug}"
    assert not [link for link in page.all("a") if "no access" in link.text]


def test_what_a_moderator_hid_is_not_told(client: PageClient, session: Session) -> None:
    lab = publish(session, name="Invented Hidden Laboratory", clia_number=NUMBER)
    leave(session, lab, "hidden")

    assert "Invented Hidden Laboratory" not in look_up(client, clia_number=NUMBER).text


def test_the_file_fills_in_what_it_knows(client: PageClient, session: Session) -> None:
    file_away(session, a_record(NUMBER, name="INVENTED LABORATORY OF ATLANTA", address_line2="SUITE 4"))

    page = look_up(client, clia_number=NUMBER)
    assert "In the CMS file of 2026-Q2" in page.text
    assert "Certificate of Accreditation" in page.text
    you = client.submit(page, button=THIS)

    assert you.request.path == "/join/you"
    profile = only(session).profile
    assert profile == a_profile(
        name="Invented Laboratory of Atlanta",
        lab_kind="",
        clia_number=NUMBER,
        certificate_type="accreditation",
        address_line1="1 Invented Street",
        address_line2="Suite 4",
        phone="(404) 555-0123",
        public_email="",
        contact_role="",
        website="",
        offerings=(),
    )
    client.submit(page_of(you), button="Save and continue", **YOU)
    assert only(session).contact_email == YOU["contact_email"]


def test_a_double_click_begins_one_draft_and_another_choice_changes_it(client: PageClient, session: Session) -> None:
    file_away(session, a_record("00D0000007"), a_record("00D0000008", zip="30309", address_line1="8 ELM ST"))
    page = look_up(client, name="Invented Laboratory", zip="30303")
    for _ in range(2):
        client.submit(page, button=THIS)
    assert count(session) == 1

    # Back, and the empty form instead: nobody has typed anything into the draft yet.
    client.submit(page, button=EMPTY)
    assert (only(session).profile.clia_number, only(session).profile.name) == ("", "Invented Laboratory")
    client.submit(client.load("/join/you"), button="Save and continue", **YOU)
    client.submit(page, button=THIS)
    assert only(session).profile.clia_number == ""


def test_without_anything_found_what_was_typed_is_kept(client: PageClient, session: Session) -> None:
    page = look_up(client, clia_number=NUMBER)
    assert f"The number {NUMBER} is not on the list." in page.text
    assert "CMS file of" not in page.text
    client.submit(page, button=EMPTY)
    assert only(session).profile.clia_number == NUMBER

    file_away(session, a_record("00D0000007", zip="99501"))
    page = look_up(client, name="Invented Nobody", zip="30303")
    assert "The CMS file of 2026-Q2 has nothing of it either." in page.text


@SQLITE
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"certificate_type": "waiver"}, "HER2 tests need more"),
        ({"certificate_type": "ppm"}, "Provider-Performed Microscopy"),
        ({"program_status": "terminated", "expires_or_terminated": date(2024, 5, 1)}, "ended on May 1, 2024"),
        ({"program_status": "closed", "expires_or_terminated": None}, "no longer in force"),
        ({"expires_or_terminated": date(2025, 1, 31)}, "expired on January 31, 2025"),
    ],
)
def test_what_speaks_against_a_number_is_told_and_stops_nobody(
    client: PageClient, session: Session, changes: dict[str, Any], told: str
) -> None:
    file_away(session, a_record(NUMBER, **changes))

    page = look_up(client, clia_number=NUMBER)

    assert told in page.one(class_="notice-warning").text
    client.submit(page, button=THIS)
    assert only(session).profile.clia_number == NUMBER


@SQLITE
@pytest.mark.parametrize(("state", "zip_code"), [("NY", "10001"), ("WA", "98101")])
def test_new_york_and_washington_are_not_warned(
    client: PageClient, session: Session, state: str, zip_code: str
) -> None:
    file_away(session, a_record(NUMBER, certificate_type="waiver", state=state, zip=zip_code))

    assert not look_up(client, clia_number=NUMBER).all(class_="notice-warning")


ASKED_WRONG = [
    ({"clia_number": "12345"}, "clia_number"),
    ({"name": "Grady"}, "zip"),
    ({"zip": "30303"}, "name"),
    ({"name": "Grady", "zip": "123"}, "zip"),
    ({"name": "x" * 201, "zip": "30303"}, "name"),
    ({"name": "a\0b", "zip": "30303"}, "name"),
    ({"name": " ", "zip": " "}, "clia_number"),
]


@SQLITE
def test_what_cannot_be_looked_for_is_told_at_its_field(client: PageClient) -> None:
    for asked, field in ASKED_WRONG:
        assert set(look_up(client, status=422, **asked).errors()) == {field}, asked


def test_hidden_fields_bring_nothing_that_cannot_stand_in_a_form(client: PageClient, session: Session) -> None:
    page = look_up(client, name="Invented", zip="30303")
    token = page.all("input", name="csrf_token")[0]["value"]
    evil = {
        "clia_number": "00D<script>",
        "name": "a\u202eb",
        "zip": "9" * 50,
        "start": "' OR 1=1",
        "state": "published",
    }

    answer = client.post("/join/find", data={"csrf_token": token, **evil})

    assert answer.status_code == 303
    assert only(session).profile == type(only(session).profile)()
    assert only(session).state == "draft"


def test_names_that_begin_alike_elsewhere_are_not_taken_for_it(session: Session) -> None:
    publish(session, name="Invented Diagnostics", city="Anchorage", state="AK", zip="99501", address_line1="9 Pine St")

    assert finding.look_up(session, Question(name="Invented Diagnostics", zip="30303")).listed == ()


def test_an_entry_is_not_like_itself(session: Session) -> None:
    lab = publish(session)
    twin = publish(session, lab.profile, clia_number="00D0009999", website="")

    assert [one.lab.id for one in finding.alike(session, lab.profile, own_lab_id=lab.id)] == [twin.id]


def test_the_answer_stays_short_however_many_there_are(session: Session) -> None:
    for number in range(finding.SHOWN + 3):
        publish(session, name="Invented Diagnostics", clia_number=f"00D000100{number}", address_line1="9 Pine St")
    file_away(session, *(a_record(f"00D000200{number}", name="INVENTED DIAGNOSTICS") for number in range(9)))

    found = finding.look_up(session, Question(name="Invented Diagnostics", zip="30303"))

    assert len(found.listed) == len(found.records) == finding.SHOWN


def test_a_question_names_nobody_and_is_not_stored(client: PageClient, session: Session) -> None:
    answer = client.get(f"/join/find?clia_number={NUMBER}")

    assert answer.headers["Cache-Control"] == "no-store"
    assert count(session, Submission) == 0
