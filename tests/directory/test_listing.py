"""One laboratory's page: can they do it, what to send, how long, how to reach them, how sure are we."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from sqlalchemy.orm import Session

from registry.models import Lab
from tests.support.client import PageClient
from tests.support.factories import an_offering, publish
from tests.support.pages import Page

WHOLE = an_offering(
    reports_copy_number="yes",
    service_level="technical_only",
    slides_min=5,
    tumor_content_min_pct=20,
    path_report_required="yes",
    transport_temp="cool_pack",
    cpt_codes=("88360", "88377"),
)


def facts(page: Page) -> dict[str, str]:
    """Every label of the page with what stands beside it."""
    pairs = [(entry.all("dt"), entry.all("dd")) for entry in page.all("div") if entry.all("dt")]
    return {labels[0].text: values[0].text for labels, values in pairs if len(labels) == 1}


def structured(page: Page) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page.html, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_it_answers_in_the_order_in_which_people_ask(session: Session, client: PageClient) -> None:
    lab = publish(session, offerings=(WHOLE,))

    text = client.load(f"/labs/{lab.slug}").main.text

    asked = [
        "Immunohistochemistry (IHC)",
        "HERACLES (colorectal)",
        "What to send",
        "FFPE tissue block",
        "How long it takes",
        "From where they take specimens",
        "Order code",
        "CPT codes",
        "How to reach them",
        "How sure are we?",
    ]
    places = [text.index(words) for words in asked]
    assert places == sorted(places)


def test_it_says_what_each_code_means(session: Session, client: PageClient) -> None:
    lab = publish(session, offerings=(WHOLE,))

    shown = facts(client.load(f"/labs/{lab.slug}"))

    assert "asks for strong staining in at least half of the cells" in shown["Scoring criterion"]
    assert "checked with a gene test without a new order" in shown["Reflex testing"]
    assert "your own pathologist reads" in shown["Service"]
    assert "not reviewed by FDA" in shown["Regulatory status"]
    assert shown["CPT codes"].startswith("88360, 88377")
    assert "billing codes are the laboratory’s responsibility" in shown["CPT codes"]


def test_it_says_what_a_specimen_must_meet(session: Session, client: PageClient) -> None:
    lab = publish(session, offerings=(WHOLE,))

    shown = facts(client.load(f"/labs/{lab.slug}"))

    assert shown["Unstained slides, at least"] == "5"
    assert shown["Tumor content, at least"] == "20%"
    assert shown["Pathology report needed"] == "Yes"
    assert shown["Ship"] == "With a cool pack"


@pytest.mark.parametrize(
    ("turnaround", "told"),
    [
        ((3, 5, "business_days"), "Up to about 7 calendar days."),
        ((24, 48, "hours"), "Up to about 2 calendar days."),
        ((1, 3, "days_unspecified"), "Up to about 5 calendar days, if business days are meant."),
        ((7, 10, "calendar_days"), None),
        ((None, None, ""), None),
    ],
)
def test_turnaround_is_told_in_calendar_days_too_and_never_promised(
    turnaround: tuple[int | None, int | None, str], told: str | None, session: Session, client: PageClient
) -> None:
    low, high, unit = turnaround
    lab = publish(session, offerings=(an_offering(tat_min=low, tat_max=high, tat_unit=unit),))

    text = client.load(f"/labs/{lab.slug}").main.text

    assert ("calendar days" in text) == (told is not None or unit == "calendar_days")
    assert told is None or told in text
    assert "not a promise" in text


def test_states_that_ask_for_a_permit_are_told_by_what_the_laboratory_reports(
    session: Session, client: PageClient
) -> None:
    lab = publish(session, state_permits=("ny_clep", "ri_health"))

    text = client.load(f"/labs/{lab.slug}").main.text

    # Pennsylvania takes the federal certificate that this laboratory has.
    assert "Ask before you send from California and Maryland:" in text
    assert "The laboratory reports that it holds: New York (CLEP permit) and Rhode Island (license)" in text


@pytest.mark.parametrize("accepts", ["no", "in_system_only", "yes_in_state"])
def test_no_permit_is_asked_of_who_takes_nothing_from_elsewhere(
    accepts: str, session: Session, client: PageClient
) -> None:
    lab = publish(session, offerings=(an_offering(accepts_outside_specimens=accepts),))

    assert "Ask before you send from" not in client.load(f"/labs/{lab.slug}").main.text


def test_approval_mailbox_match_and_confirmation_are_four_things_with_their_dates(
    session: Session, client: PageClient
) -> None:
    lab = publish(session, now=datetime(2026, 3, 1, 12, tzinfo=UTC))
    lab.email_verified_at = datetime(2026, 2, 1, tzinfo=UTC)
    lab.approved_at = datetime(2026, 2, 3, tzinfo=UTC)
    session.commit()

    with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC)):
        shown = facts(client.load(f"/labs/{lab.slug}"))

    assert shown["Last confirmed by the laboratory"].startswith("March 1, 2026")
    assert "due on March 1, 2027" in shown["Last confirmed by the laboratory"]
    assert shown["E-mail verified"].startswith("February 1, 2026")
    assert shown["Approved by a moderator"].startswith("February 3, 2026")
    assert shown["Matched with the CMS file"].startswith("Not yet")


def test_licenses_are_what_the_laboratory_reports(session: Session, client: PageClient) -> None:
    lab = publish(session, accreditations=("cap", "iso_15189"))

    shown = facts(client.load(f"/labs/{lab.slug}"))

    assert shown["CLIA number"] == f"{lab.clia_number}, the laboratory reports"
    assert shown["Certificate"] == "Certificate of Accreditation, the laboratory reports"
    assert shown["Accreditation"].startswith("The laboratory reports that it holds: College of American Pathologists")


def test_the_phone_is_called_and_the_way_leads_to_the_address(session: Session, client: PageClient) -> None:
    lab = publish(session, address_line1="12 Heron & Sons Street", address_line2="Floor 3")

    page = client.load(f"/labs/{lab.slug}")

    assert page.link("Call (404) 555-0123") == "tel:+1-404-555-0123"
    way = urlsplit(page.link("Directions"))
    assert way.scheme == "https"
    assert parse_qs(way.query)["destination"] == ["12 Heron & Sons Street, Atlanta, GA 30303"]


def test_a_laboratory_of_several_tests_lists_them_first(session: Session, client: PageClient) -> None:
    lab = publish(session, offerings=(an_offering(), an_offering(name="HER2 FISH", method="fish")))

    page = client.load(f"/labs/{lab.slug}")

    listed = page.one("nav", class_="contents").all("a")
    assert [link["href"] for link in listed] == ["#test-1", "#test-2"]


def test_machines_read_a_laboratory_of_schema_org(session: Session, client: PageClient) -> None:
    tests = (an_offering(), an_offering(name="Panel", method="ngs_ctdna", specimens=("whole_blood_cfdna",)))
    lab = publish(session, offerings=tests)

    data = structured(client.load(f"/labs/{lab.slug}?lang=es"))

    assert (data["@type"], data["name"], data["telephone"]) == ("DiagnosticLab", lab.name, "(404) 555-0123")
    assert data["mainEntityOfPage"] == f"http://localhost/labs/{lab.slug}"
    assert data["identifier"] == {"@type": "PropertyValue", "propertyID": "CLIA", "value": lab.clia_number}
    assert data["location"]["geo"]["latitude"] == lab.lat
    assert "geo" not in data
    tissue, blood = data["availableTest"]
    assert tissue["@type"] == "PathologyTest"
    assert tissue["tissueSample"] == "FFPE tissue block, Unstained FFPE slides"
    assert blood["@type"] == "MedicalTest"
    assert "tissueSample" not in blood


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "<!--", "]]>", "a\u2028b\u2029c", "&quot;"])
def test_no_name_ends_the_structured_data_early(evil: str, session: Session, client: PageClient) -> None:
    lab = publish(session, name=evil, offerings=(an_offering(name=evil),))

    page = client.load(f"/labs/{lab.slug}")

    data = structured(page)
    assert (data["name"], data["availableTest"][0]["name"]) == (evil, evil)
    assert len(page.all("script")) == 2


def test_the_page_tells_others_what_it_is(session: Session, client: PageClient) -> None:
    lab = publish(session, name='Heron "Best" Laboratory')

    description = client.load(f"/labs/{lab.slug}").one("meta", name="description")["content"]

    assert description.startswith('HER2 testing in colorectal cancer at Heron "Best" Laboratory, Atlanta, GA: Immuno')


def test_a_repeated_look_is_answered_by_its_tag_until_the_laboratory_changes(
    session: Session, client: PageClient
) -> None:
    lab = publish(session)
    address = f"/labs/{lab.slug}"
    with time_machine.travel(lab.updated_at + timedelta(hours=1), tick=False):
        tag = client.get(address).headers["ETag"]
        publish(session)
        same = client.get(address, headers={"If-None-Match": tag})
        spanish = client.get(f"{address}?lang=es", headers={"If-None-Match": tag})
        _publish_again(session, lab)
        changed = client.get(address, headers={"If-None-Match": tag})
    with time_machine.travel(lab.updated_at + timedelta(days=2)):
        later = client.get(address, headers={"If-None-Match": changed.headers["ETag"]})

    assert (same.status_code, same.data) == (304, b"")
    assert [answer.status_code for answer in (spanish, changed, later)] == [200, 200, 200]


def _publish_again(session: Session, lab: Lab) -> None:
    moment = lab.updated_at + timedelta(minutes=1)
    lab.publish(session, lab.profile, lat=lab.lat, lon=lab.lon, precision="zip", now=moment)
    session.commit()


@pytest.mark.parametrize("slug", ["nothing", "%00", "a%00b", "x" * 3000, "..%2F..", "%ED%A0%80"])
@pytest.mark.parametrize("rest", ["", "/contact.vcf", "/report"])
def test_a_laboratory_that_is_not_there_is_not_found(slug: str, rest: str, client: PageClient) -> None:
    assert client.get(f"/labs/{slug}{rest}").status_code == 404
