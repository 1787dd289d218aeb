"""The queue, who may see it, and that what strangers typed stays text."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile, Offering
from tests.support.client import PageClient
from tests.support.factories import a_profile, a_submission, publish

Staff = Callable[..., PageClient]
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)


def names(client: PageClient, address: str = "/staff/queue") -> list[str]:
    return [name.text for name in client.load(address).main.all("h2", class_="queue-name")]


def test_staff_begin_at_the_queue(staff: Staff) -> None:
    client = staff("moderator")
    answer = client.get("/staff", follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, "/staff/queue")


def test_what_waits_longest_comes_first(staff: Staff, session: Session) -> None:
    for hours, state in ((1, "submitted"), (30, "in_review"), (5, "submitted")):
        profile = a_profile(name=f"Sent {hours} hours ago")
        a_submission(session, profile, state=state, now=datetime.now(UTC) - timedelta(hours=hours))
    for state in ("draft", "awaiting_email", "approved", "withdrawn", "superseded"):
        a_submission(session, a_profile(name=f"Not waiting: {state}"), state=state)
    client = staff("moderator")
    assert names(client) == ["Sent 30 hours ago", "Sent 5 hours ago", "Sent 1 hours ago"]
    page = client.load("/staff/queue")
    assert "30 hours ago" in page.text or "1 day ago" in page.text
    moments = [moment["datetime"] for moment in page.main.all("time")]
    assert len(moments) == 3
    assert all(datetime.fromisoformat(moment).tzinfo is not None for moment in moments)


def test_tabs_show_what_is_with_the_laboratory_and_what_is_decided(staff: Staff, session: Session) -> None:
    a_submission(session, a_profile(name="Asked"), state="changes_requested")
    for number in range(52):
        state = "approved" if number % 2 else "rejected"
        a_submission(session, a_profile(name=f"Done {number}"), state=state, now=NOW + timedelta(hours=number))
    client = staff("admin")
    assert names(client, "/staff/queue?state=changes_requested") == ["Asked"]
    first = names(client, "/staff/queue?state=decided")
    second = names(client, "/staff/queue?state=decided&page=2")
    assert first + second == [f"Done {number}" for number in range(51, 1, -1)]
    assert names(client, "/staff/queue?state=decided&page=999999999999") == second


def test_pages_hold_twenty_five(staff: Staff, session: Session) -> None:
    for number in range(26):
        a_submission(session, a_profile(name=f"Lab {number:02}"), now=NOW + timedelta(minutes=number))
    client = staff("moderator")
    assert len(names(client)) == 25
    page = client.load("/staff/queue")
    assert names(client, page.link("Next")) == ["Lab 25"]
    assert page.one("nav", aria_label="Site").one("span", class_="count").text == "26"


@pytest.mark.parametrize("state", ["waiting", "changes_requested", "decided"])
def test_an_empty_queue_says_so_with_a_next_step(staff: Staff, state: str) -> None:
    page = staff("moderator").load(f"/staff/queue?state={state}")
    notice = page.main.one("div", class_="empty")
    assert notice.text
    assert notice.all("a")


@pytest.mark.parametrize("query", ["state=everything", "state="])
def test_an_unknown_state_is_not_found(staff: Staff, query: str) -> None:
    assert staff("moderator").get(f"/staff/queue?{query}").status_code == 404


@pytest.mark.parametrize("page", ["0", "-5", "x", "9" * 3000, "1.5", "\x00"])
def test_odd_page_numbers_break_nothing(staff: Staff, page: str) -> None:
    assert staff("moderator").get("/staff/queue", query_string={"page": page}).status_code == 200


@pytest.mark.parametrize("state", ["draft", "awaiting_email"])
def test_what_was_never_sent_is_not_there(staff: Staff, session: Session, state: str) -> None:
    unsent = a_submission(session, state=state)
    client = staff("admin")
    assert client.get(f"/staff/submissions/{unsent.id}").status_code == 404


@pytest.mark.parametrize("number", ["0", "99", str(2**63 - 1), str(2**63), "9" * 400, "-1", "x"])
def test_an_unknown_submission_is_not_found(staff: Staff, number: str) -> None:
    assert staff("admin").get(f"/staff/submissions/{number}").status_code == 404


def test_outreach_neither_sees_nor_decides(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    moderator, outreach = staff("moderator"), staff("outreach")
    page = moderator.load(f"/staff/submissions/{waiting.id}")
    for address in ("/staff/queue", f"/staff/submissions/{waiting.id}"):
        refused = outreach.load(address, status=403)
        assert refused.h1 == "Your role does not open this page"
        assert "Moderator" in refused.main.text
        assert waiting.proposed["name"] not in refused.text
    token = outreach.load("/staff/queue", status=403).all("input", name="csrf_token")[0]["value"]
    values = {field["name"]: field["value"] for field in page.all("input", type="hidden")}
    for action in ("decision", "review"):
        answer = outreach.post(
            f"/staff/submissions/{waiting.id}/{action}",
            data={**values, "decision": "approve", "csrf_token": token},
        )
        assert answer.status_code == 403
    session.refresh(waiting)
    assert waiting.state == "submitted"


def test_a_decision_without_its_token_is_refused(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    data = {"decision": "approve", "revision": waiting.revision, "digest": waiting.profile.digest}
    assert staff("admin").post(f"/staff/submissions/{waiting.id}/decision", data=data).status_code == 419
    session.refresh(waiting)
    assert waiting.state == "submitted"


HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\"'><img src=x onerror=alert(1)>"


def test_script_in_every_field_is_shown_as_text(staff: Staff, session: Session) -> None:
    coded = {"tat_min": 1, "tat_max": 2, "specimens": (HOSTILE,), "cpt_codes": (HOSTILE,)}
    offering = Offering(**{name: coded.get(name, HOSTILE) for name in Offering.__dataclass_fields__})
    several = {"accreditations": (HOSTILE,), "state_permits": (HOSTILE,), "offerings": (offering,)}
    profile = LabProfile(**{name: several.get(name, HOSTILE) for name in LabProfile.__dataclass_fields__})
    older = a_submission(session, a_profile(), state="superseded", message=HOSTILE, contact_name=HOSTILE)
    waiting = a_submission(
        session,
        profile,
        revises_id=older.id,
        contact_name=HOSTILE,
        contact_role=HOSTILE,
        contact_email=f"{HOSTILE}@example.org"[:254],
    )
    client = staff("moderator")
    for address in ("/staff/queue", f"/staff/submissions/{waiting.id}"):
        page = client.load(address)
        assert "<script>alert(1)</script>{{ 7*7 }}" in page.main.text
        assert page.main.all("script", "img") == []
    links = [link.get("href") for link in client.load(f"/staff/submissions/{waiting.id}").main.all("a")]
    assert all(link.startswith(("/", "#")) for link in links), links


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_only_web_addresses_become_links(staff: Staff, session: Session, address: str) -> None:
    waiting = a_submission(session, a_profile(website=address))
    page = staff("moderator").load(f"/staff/submissions/{waiting.id}")
    assert address in page.text
    assert all(link.get("href") != address for link in page.all("a"))


def test_links_to_web_sites_leave_no_trace(staff: Staff, session: Session) -> None:
    waiting = a_submission(session, a_profile(website="https://lab.example.org/"))
    page = staff("moderator").load(f"/staff/submissions/{waiting.id}")
    assert page.main.one("a", href="https://lab.example.org/")["rel"] == "nofollow noopener noreferrer"


def test_the_checks_name_the_other_entry_with_the_number(staff: Staff, session: Session) -> None:
    profile = a_profile(clia_number="11D0000009")
    publish(session, clia_number="11D0000009", name="Invented Listed", slug="invented-listed")
    other = a_submission(session, a_profile(clia_number="11D0000009", name="Invented Waiting"))
    waiting = a_submission(session, profile)
    page = staff("moderator").load(f"/staff/submissions/{waiting.id}")
    assert page.link("Invented Listed") == "/labs/invented-listed"
    assert page.link("Invented Waiting") == f"/staff/submissions/{other.id}"


def test_staff_pages_are_not_kept_by_caches(staff: Staff) -> None:
    assert staff("moderator").get("/staff/queue").headers["Cache-Control"] == "no-store"


def test_a_warning_is_counted_in_the_queue(staff: Staff, session: Session) -> None:
    a_submission(session, a_profile(certificate_type="waiver", clia_number="11D0000001"))
    a_submission(session, a_profile(clia_number="11D0000002"))
    page = staff("moderator").load("/staff/queue")
    first, second = (item.text for item in page.main.one("ol", class_="queue").all("li"))
    assert "1 check to look at" in first
    assert "All checks well" in second
