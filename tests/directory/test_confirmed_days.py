"""Each test of a laboratory has the day on which the laboratory last said that it is right."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from registry.models import DirectoryVersion, Lab
from tests.support.client import PageClient
from tests.support.factories import ATLANTA, a_profile, an_offering, publish

OLD = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = OLD + timedelta(days=100)
IHC, FISH = an_offering(), an_offering(name="HER2 by FISH", method="fish", assay="pathvysion")


def again(session: Session, lab: Lab, *offerings: object, attested: date | None = None) -> None:
    lab.publish(
        session,
        a_profile(clia_number=lab.clia_number, offerings=offerings),
        lat=ATLANTA[0],
        lon=ATLANTA[1],
        precision="zip",
        now=LATER,
        attested=attested,
    )
    session.commit()


def test_a_test_that_stays_as_it_was_keeps_its_day(session: Session) -> None:
    lab = publish(session, offerings=(IHC,), now=OLD)
    again(session, lab, FISH, IHC, attested=LATER.date())
    assert lab.confirmed_on(FISH) == LATER.date()
    assert lab.confirmed_on(IHC) == OLD.date()
    # The laboratory is as sure as its oldest word.
    assert lab.last_confirmed == OLD.date()


def test_a_changed_test_has_the_day_of_the_change(session: Session) -> None:
    lab = publish(session, offerings=(IHC, FISH), now=OLD)
    changed = an_offering(tat_max=9)
    again(session, lab, changed, FISH, attested=LATER.date())
    assert (lab.confirmed_on(changed), lab.confirmed_on(FISH)) == (LATER.date(), OLD.date())
    again(session, lab, changed, attested=LATER.date())
    assert lab.last_confirmed == LATER.date()


def test_confirming_changes_days_and_nothing_else(session: Session, client: PageClient) -> None:
    lab = publish(session, offerings=(IHC, FISH), now=OLD)
    before, version = client.get(f"/api/v1/labs/{lab.slug}").get_json(), session.get_one(DirectoryVersion, 1).version
    lab.confirm(session, [FISH.digest, "of a test that is not listed"], day=LATER.date(), now=LATER)
    session.commit()
    after = client.get(f"/api/v1/labs/{lab.slug}").get_json()
    assert [test["last_confirmed"] for test in after["offerings"]] == ["2026-03-01", "2026-06-09"]
    assert after["last_confirmed"] == "2026-03-01"
    session.expire_all()
    assert session.get_one(DirectoryVersion, 1).version == version + 1
    for answer in (before, after):
        for test in answer["offerings"]:
            del test["last_confirmed"]
    assert before == after
    lab.confirm(session, [IHC.digest, FISH.digest], day=LATER.date(), now=LATER)
    session.commit()
    assert client.get("/api/v1/labs?near=30303").get_json()["items"][0]["last_confirmed"] == "2026-06-09"


def test_a_row_of_before_has_its_laboratorys_day(session: Session) -> None:
    lab = publish(session, offerings=(IHC,), now=OLD)
    lab.attestations = {}
    assert lab.confirmed_on(IHC) == OLD.date()
    again(session, lab, IHC, FISH, attested=LATER.date())
    assert (lab.confirmed_on(IHC), lab.confirmed_on(FISH)) == (OLD.date(), LATER.date())


def test_the_listing_says_each_day_where_there_are_several_tests(session: Session, client: PageClient) -> None:
    lab = publish(session, offerings=(IHC, FISH), now=OLD)
    lab.confirm(session, [FISH.digest], day=LATER.date(), now=LATER)
    session.commit()
    text = client.load(f"/labs/{lab.slug}").text
    assert "Last confirmed by the laboratory on March 1, 2026." in text
    assert "Last confirmed by the laboratory on June 9, 2026." in text
