"""What is committed is found by the next search, in every process."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session

from registry.directory.live import LiveIndex
from registry.directory.probe import VersionProbe
from registry.extensions import READING, db, reading_whole
from registry.models import DirectoryVersion
from tests.support.client import PageClient
from tests.support.factories import a_profile, an_offering, publish

NEAR_ATLANTA = "/api/v1/labs?near=30303&within=any"


def names(client: PageClient, address: str = NEAR_ATLANTA) -> list[str]:
    return [item["name"] for item in client.get(address).get_json()["items"]]


def test_a_publication_is_visible_at_the_next_request_of_two_processes(
    make_app: Callable[..., Flask], session: Session
) -> None:
    first, second = (make_app().test_client() for _ in range(2))
    assert isinstance(first, PageClient)
    assert isinstance(second, PageClient)
    publish(session, name="Early Kite")
    assert names(first) == names(second) == ["Early Kite"]
    publish(session, name="Late Kite", at=(34.5, -84.0))
    assert names(first) == names(second) == ["Early Kite", "Late Kite"]


def test_a_changed_entry_shows_its_new_words_and_only_those(session: Session, client: PageClient) -> None:
    lab = publish(session, name="Before")
    assert names(client) == ["Before"]
    lab.publish(session, a_profile(name="After"), lat=lab.lat, lon=lab.lon, precision="zip", now=lab.updated_at)
    session.commit()
    assert names(client) == ["After"]


def test_a_hidden_entry_is_gone_from_search_list_and_page(session: Session, client: PageClient) -> None:
    lab = publish(session, name="Hidden Soon")
    assert names(client) == ["Hidden Soon"]
    lab.state = "hidden"
    lab.version = DirectoryVersion.advance(session)
    session.commit()
    assert names(client) == []
    assert names(client, "/api/v1/labs") == []
    client.load(f"/labs/{lab.slug}", status=404)


def test_a_filter_must_hold_on_one_and_the_same_test(session: Session, client: PageClient) -> None:
    split = (
        an_offering(method="ihc", accepts_outside_specimens="no"),
        an_offering(method="fish", accepts_outside_specimens="yes"),
    )
    publish(session, name="Split", offerings=split)
    publish(session, name="Whole", offerings=(an_offering(method="ihc", accepts_outside_specimens="yes"),))
    for address in (f"{NEAR_ATLANTA}&method=ihc&outside=1", "/api/v1/labs?method=ihc&outside=1"):
        assert names(client, address) == ["Whole"]


def test_a_rolled_back_publication_is_not_seen(app: Flask, session: Session) -> None:
    with app.app_context():
        index = LiveIndex(VersionProbe(db.engines[READING]), reading_whole)
        before = index.at_present().version
        DirectoryVersion.advance(session)
        session.rollback()
        assert index.at_present().version == before
