"""Search engines find what is for everybody, once in each language, and nothing that is invented."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import Message
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from registry.about import crawlers
from registry.about.pages import CHANGED
from registry.models import Lab
from registry.web import now
from tests.support.client import PageClient
from tests.support.factories import a_profile, publish

BASE = "https://registry.example.org"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OTHER = "{http://www.w3.org/1999/xhtml}link"


def _rules(text: str) -> RobotFileParser:
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    return rules


def _read(client: PageClient, address: str) -> ElementTree.Element:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    # Made by us in this test: nothing hostile is in it.
    return ElementTree.fromstring(answer.data)


def _locations(document: ElementTree.Element) -> list[str]:
    return [found.text or "" for found in document.iter(f"{MAP}loc")]


def test_robots_may_go_where_everybody_may(client: PageClient) -> None:
    answer = client.get("/robots.txt")
    rules = _rules(answer.text)

    assert answer.mimetype == "text/plain"
    open_to_all = (
        "/",
        "/labs",
        "/labs?near=30303",
        "/labs/x",
        "/join",
        "/learn",
        "/learn/her2",
        "/privacy",
        "/static/a",
    )
    assert [path for path in open_to_all if not rules.can_fetch("Any", path)] == []
    closed = ("/staff", "/staff/login", "/join/you", "/manage/asked", "/links/x", "/mail/stop/x")
    assert [path for path in closed if rules.can_fetch("Any", path)] == []
    assert rules.site_maps() == ["http://localhost/sitemap.xml"]


@pytest.mark.parametrize(
    ("base_url", "kept_away"), [(BASE, True), ("http://127.0.0.1:8000", False), ("http://localhost:8000", False)]
)
def test_a_demonstration_that_others_can_reach_is_not_indexed(
    make_app: Callable[..., Flask], base_url: str, kept_away: bool
) -> None:
    client = make_app(mode="demonstration", base_url=base_url).test_client()

    assert _rules(client.get("/robots.txt", base_url=base_url).text).can_fetch("Any", "/labs") is not kept_away
    for address in ("/", "/labs", "/api/v1/labs", "/nothing"):
        told = client.get(address, base_url=base_url).headers.get("X-Robots-Tag")
        assert told == ("noindex, nofollow" if kept_away else None), address


def test_a_real_list_is_indexed(make_app: Callable[..., Flask]) -> None:
    client = make_app(base_url=BASE).test_client()

    assert "X-Robots-Tag" not in client.get("/labs", base_url=BASE).headers


def test_the_map_names_every_page_in_each_language(client: PageClient) -> None:
    document = _read(client, "/sitemap-pages.xml")
    found = _locations(document)

    assert len(found) == len(set(found))
    for path in (
        "/",
        "/labs",
        "/join",
        "/learn",
        "/learn/her2",
        "/learn/references",
        *(f"/{name}" for name in CHANGED),
    ):
        own = f"http://localhost{path}"
        assert {own, f"{own}?lang=en", f"{own}?lang=es"} <= set(found)
    for address in found:
        parts = urlsplit(address)
        assert client.get(f"{parts.path}?{parts.query}").status_code == 200, address


def test_every_version_of_a_page_names_all_versions(client: PageClient) -> None:
    sets = {}
    for url in _read(client, "/sitemap-pages.xml").iter(f"{MAP}url"):
        location = url.findtext(f"{MAP}loc") or ""
        sets[location] = {link.get("hreflang"): link.get("href") for link in url.iter(OTHER)}

    for location, versions in sets.items():
        assert set(versions) == {"x-default", "en", "es"}
        assert location in versions.values()
        assert all(sets[str(other)] == versions for other in versions.values())


def test_the_map_holds_what_the_public_sees(client: PageClient, session: Session) -> None:
    changed = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    shown = publish(session, now=changed)
    hidden = publish(session)
    hidden.hide(session, reason="other", now=now())
    session.commit()

    document = _read(client, "/sitemap-labs-1.xml")

    assert f"http://localhost/labs/{shown.slug}?lang=es" in _locations(document)
    assert not [address for address in _locations(document) if hidden.slug in address]
    assert {found.text for found in document.iter(f"{MAP}lastmod")} == {"2026-03-04"}


def test_many_laboratories_make_several_files(
    client: PageClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawlers, "LABS_A_FILE", 2)
    labs = [publish(session) for _ in range(5)]
    session.commit()

    files = [urlsplit(address).path for address in _locations(_read(client, "/sitemap.xml"))]

    assert files == ["/sitemap-pages.xml", *(f"/sitemap-labs-{part}.xml" for part in (1, 2, 3))]
    named = [address for file in files[1:] for address in _locations(_read(client, file)) if "?" not in address]
    assert named == [f"http://localhost/labs/{lab.slug}" for lab in labs]
    assert client.get("/sitemap-labs-4.xml").status_code == 404
    assert client.get("/sitemap-labs-0.xml").status_code == 404
    assert client.get(f"/sitemap-labs-{9**30}.xml").status_code == 404


def test_a_file_stays_within_what_engines_read() -> None:
    # An address in two languages and in none, each naming all three, of the longest slug there can be.
    longest = Lab.__table__.c.slug.type.length
    address = len(BASE) + len("/labs/?lang=en") + longest
    entry = 3 * (4 * address + 4 * len('<xhtml:link rel="alternate" hreflang="x-default" href=""/>') + 60)

    assert 3 * crawlers.LABS_A_FILE <= 50_000
    assert entry * crawlers.LABS_A_FILE < 50 * 1024 * 1024


def test_who_has_the_map_is_told_so_until_the_list_changes(client: PageClient, session: Session) -> None:
    publish(session)
    session.commit()
    first = client.get("/sitemap-labs-1.xml")
    known = {"If-None-Match": first.headers["ETag"]}
    unchanged = client.get("/sitemap-labs-1.xml", headers=known)
    publish(session, a_profile(name="New Laboratory"))
    session.commit()

    assert unchanged.status_code == 304
    assert unchanged.data == b""
    assert client.get("/sitemap-labs-1.xml", headers=known).status_code == 200


def test_addresses_are_those_of_the_setting_and_not_of_the_request(make_app: Callable[..., Flask]) -> None:
    client = make_app(base_url=BASE, trusted_hosts=["other.example.org"]).test_client()
    other = "https://other.example.org"

    for address in ("/robots.txt", "/sitemap.xml", "/sitemap-pages.xml?lang=es", "/.well-known/security.txt"):
        text = client.get(address, base_url=other).text
        assert BASE in text
        assert other not in text


def test_faults_can_be_told_to_somebody(client: PageClient, clock: time_machine.Traveller) -> None:
    answer = client.get("/.well-known/security.txt")
    told = Message()
    for line in answer.text.splitlines():
        name, _, value = line.partition(": ")
        told[name] = value

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert told["Contact"] == "mailto:registry@example.org"
    assert told["Canonical"] == "http://localhost/.well-known/security.txt"
    left = datetime.strptime(told["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - now()
    assert timedelta(days=30) < left < timedelta(days=365)


def test_nobody_is_promised_where_nobody_is_named(make_app: Callable[..., Flask]) -> None:
    assert make_app(contact_email="").test_client().get("/.well-known/security.txt").status_code == 404
