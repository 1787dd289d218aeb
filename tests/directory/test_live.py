"""What is committed is found by the next search, in every process."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from registry.directory import live
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


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_change_never_reads_the_whole_directory(app: Flask, session: Session) -> None:
    """As at 320,000 laboratories of one version, where the statistics call every version as common as any other."""
    publish(session)
    session.execute(text("ANALYZE"))
    session.execute(text("DELETE FROM sqlite_stat1"))
    statistics = {
        ("lab", "ix_lab_version"): "320000 320000",
        ("lab_offering", "sqlite_autoindex_lab_offering_1"): "570000 2 1",
    }
    for (table, index), figures in statistics.items():
        values = {"table": table, "index": index, "figures": figures}
        session.execute(text("INSERT INTO sqlite_stat1 VALUES (:table, :index, :figures)"), values)
    session.commit()
    with app.app_context():
        db.engine.dispose()
        with db.engine.connect() as connection:
            for statement in (live._SINCE, live._LABS_OF, live._OFFERINGS_OF):
                filled = statement.params(version=1, ids=[1, 2])
                query = filled.compile(connection, compile_kwargs={"literal_binds": True})
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
                assert not [step for step in plan if "SCAN" in step[3]], plan
