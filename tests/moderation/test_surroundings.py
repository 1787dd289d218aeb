"""What the review page tells beside the profile: the sender's past, look-alike entries, earlier versions, the map."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from registry.models import DuplicatePair, Lab, LabVersion, Submission
from tests.support.client import PageClient
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish
from tests.support.moderated import changed_rows
from tests.support.pages import Page

Staff = Callable[..., PageClient]


def page_of(staff: Staff, submission: Submission) -> Page:
    return staff("moderator").load(f"/staff/submissions/{submission.id}")


def test_what_the_sender_and_others_of_the_domain_sent_before(staff: Staff, session: Session) -> None:
    mailbox = "ada@alder.example"
    for state, name in (("approved", "Alder One"), ("rejected", "Alder Two"), ("draft", "Alder Begun")):
        a_submission(session, a_profile(name=name), email=mailbox, state=state)
    for number in range(3):
        a_submission(session, email=f"colleague{number}@ALDER.example")
    a_submission(session, email="stranger@birch.example")
    waiting = a_submission(session, a_profile(name="Alder Three"), email=mailbox)

    section = page_of(staff, waiting).main.one("section", aria_labelledby="sender")

    assert [item.one("bdi").text for item in section.one("ul", class_="came-and-went").all("li")] == [
        "Alder Two",
        "Alder One",
    ]
    assert "Rejected" in section.text
    assert "Sent by others of its domain 3" in section.text


def test_a_mail_service_open_to_anybody_is_no_domain_to_count(staff: Staff, session: Session) -> None:
    a_submission(session, email="other@gmail.com")
    waiting = a_submission(session, email="ada@gmail.com")

    section = page_of(staff, waiting).main.one("section", aria_labelledby="sender")

    assert "Sent by others of its domain" not in section.text
    assert "Nothing else" in section.text


def a_twin(session: Session) -> tuple[Lab, Submission]:
    """A listing, and a new entry that is much like it."""
    listed = publish(session, a_profile(name="Alder Pathology", address_line1="1 Elm Street"))
    profile = replace(listed.profile, name="Alder Pathology Inc.", clia_number="11D7654321")
    return listed, a_submission(session, profile)


def test_a_look_alike_stands_side_by_side_with_the_score_explained(staff: Staff, session: Session) -> None:
    listed, waiting = a_twin(session)

    section = page_of(staff, waiting).main.one("section", aria_labelledby="near")

    assert section.all("a")[0]["href"] == f"/labs/{listed.slug}"
    assert "of 100" in section.text
    table = section.one("table", class_="side-by-side")
    rows = {row.one("th").text: [cell.text for cell in row.all("td")] for row in table.one("tbody").all("tr")}
    name = next(cells for label, cells in rows.items() if label.startswith("Name"))
    assert name == ["Alder Pathology Inc.", "Alder Pathology"]
    number = next(cells for label, cells in rows.items() if label.startswith("CLIA number"))
    assert number == ["11D7654321", listed.clia_number]
    assert "weight" in table.text


def test_what_a_moderator_found_to_be_another_laboratory_is_said_so(staff: Staff, session: Session) -> None:
    listed, _waiting = a_twin(session)
    own = publish(session, replace(listed.profile, name="Alder Pathology Ltd", clia_number="11D1111111"))
    session.add(
        DuplicatePair(
            first_id=listed.id, second_id=own.id, score=0.9, parts=[], digests=[], state="dismissed",
            found_at=datetime.now(UTC),
        )
    )  # fmt: skip
    session.commit()
    changed = replace(own.profile, contact_role="Front desk")
    edit = a_submission(
        session, changed, kind="edit", lab_id=own.id, base=own.profile_data, email=a_contact(session, own).email
    )

    section = page_of(staff, edit).main.one("section", aria_labelledby="near")

    assert "Found to be another laboratory" in section.text


def test_the_map_tells_in_words_what_it_shows(staff: Staff, session: Session) -> None:
    lab = publish(session, a_profile(), at=(32.081, -81.091))
    edit = a_submission(
        session,
        replace(lab.profile, phone="(404) 555-0177"),
        kind="edit",
        lab_id=lab.id,
        base=lab.profile_data,
        email=a_contact(session, lab).email,
    )

    review = page_of(staff, edit)
    figure = review.main.one("figure", class_="small-map")

    assert [item.text for item in figure.one("ul", class_="legend").all("li")] == [
        "A What is proposed (ZIP code 30303)",
        "B The entry as it stands now : 224 mi from A",
    ]
    assert figure.one("svg")["aria-label"]
    assert "Some of its points lie farther apart than a county is wide." in review.main.text


def test_an_entry_without_a_point_has_no_map(staff: Staff, session: Session) -> None:
    waiting = a_submission(session, a_profile(zip="00000"))

    assert page_of(staff, waiting).main.all("figure", class_="small-map") == []


def test_what_the_listing_has_shown_stands_version_by_version(staff: Staff, session: Session) -> None:
    lab = publish(session, a_profile(offerings=(an_offering(),)))
    first = replace(lab.profile, phone="(404) 555-0111")
    for profile, action in ((first, "publish"), (lab.profile, "restore")):
        session.add(
            LabVersion(
                lab_id=lab.id, at=datetime.now(UTC), actor_kind="staff", actor="kim@example.org", action=action,
                profile_data=profile.to_dict(), attestations={}, lat=1.0, lon=1.0, location_precision="zip",
            )
        )  # fmt: skip
    session.commit()
    edit = a_submission(
        session,
        replace(lab.profile, phone="(404) 555-0188"),
        kind="edit",
        lab_id=lab.id,
        base=lab.profile_data,
        email=a_contact(session, lab).email,
    )

    review = page_of(staff, edit)

    assert "What the listing has shown (2)" in review.main.text
    assert changed_rows(review, "What changed then") == [
        ("The laboratory: Phone", "(404) 555-0111", "(404) 555-0123"),
    ]
