"""An entry that nobody confirmed for a year says so wherever the public decides, from midnight on, and is no lower."""

import csv
import io
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy.orm import Session

from registry.web import now
from tests.support.client import PageClient
from tests.support.factories import ATLANTA, publish

BADGE = "Confirmation overdue"
NEAR = (ATLANTA[0] + 0.05, ATLANTA[1])
UNTIL_MIDNIGHT = timedelta(hours=9)


def one(client: PageClient, address: str, **options: Any) -> tuple[list[str], str]:
    """What the search as JSON says of age, and the answer's tag."""
    answer = client.get(address, **options)
    body = answer.get_json()
    return [item["freshness"] for item in body.get("items", [body])], answer.headers.get("ETag", "")


def test_it_says_so_everywhere_from_midnight_on(
    session: Session, client: PageClient, clock: time_machine.Traveller
) -> None:
    old = publish(session, now=now() - timedelta(days=365), name="Aged Heron")
    new = publish(session, name="Young Heron", at=NEAR)
    compare = f"/labs/compare?lab={old.slug}&lab={new.slug}&only=differences"
    pages = dict.fromkeys(("/labs?near=30303", "/labs", f"/labs/{old.slug}", compare), 0)
    tags = {address: client.get(address).headers["ETag"] for address in pages}
    assert {address: client.get(address).text.count(BADGE) for address in pages} == pages
    data = ("/api/v1/labs?near=30303", "/labs.csv", "/labs.geojson")
    tags |= {address: client.get(address).headers["ETag"] for address in data}
    assert one(client, data[0])[0] == ["current", "current"]
    for address, tag in tags.items():
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304

    clock.shift(UNTIL_MIDNIGHT)
    for address, tag in tags.items():
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200, address
    assert client.load("/labs?near=30303").main.text.count(BADGE) == 1
    assert client.load("/labs").main.text.count(BADGE) == 1
    assert client.load(compare).main.text.count(BADGE) == 1
    assert "has not confirmed this entry for over a year" in client.load(f"/labs/{old.slug}").main.text
    assert one(client, data[0])[0] == ["overdue", "current"]
    assert one(client, f"/api/v1/labs/{old.slug}")[0] == ["overdue"]
    assert one(client, f"/api/v1/labs/{new.slug}")[0] == ["current"]
    rows = list(csv.DictReader(io.StringIO(client.get("/labs.csv").text.removeprefix("\ufeff"))))
    assert {row["slug"]: row["freshness"] for row in rows} == {old.slug: "overdue", new.slug: "current"}
    features = client.get("/labs.geojson").get_json()["features"]
    assert {one["id"]: one["properties"]["freshness"] for one in features} == {old.slug: "overdue", new.slug: "current"}


def test_it_stands_no_lower(session: Session, client: PageClient, clock: time_machine.Traveller) -> None:
    publish(session, now=now() - timedelta(days=500), name="A Heron")
    publish(session, name="B Heron", at=NEAR)
    for order in ("distance", "name", "turnaround"):
        items = client.get(f"/api/v1/labs?near=30303&sort={order}").get_json()["items"]
        assert [item["name"] for item in items] == ["A Heron", "B Heron"]


def test_what_a_laboratory_wrote_says_nothing_of_its_age(
    session: Session, client: PageClient, clock: time_machine.Traveller
) -> None:
    publish(session, name='"last_confirmed":"1999-01-01"', contact_role='"last_confirmed":"1999-01-01"')
    assert one(client, "/api/v1/labs?near=30303")[0] == ["current"]
