"""The quick way answers what the view answers, and leaves to it what is not plain."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask, request, request_started
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from registry.api.quick import QuickSearch
from tests.support.client import PageClient
from tests.support.factories import an_offering, publish

PLAIN = [
    "near=30303",
    "near=30303&within=any",
    "near=Atlanta%2C+GA&method=ihc&method=ngs",
    "near=33.75,-84.39&within=500&outside=1",
    "near=30303&within=any&page=2",
    "near=99501&within=10",
    "near=30303&page=9",
    "near=30303&within=any&sort=turnaround",
    "near=30303&within=any&sort=name&max_days=9&from_state=TX&specimen=ffpe_block&criterion=heracles",
    "near=30303&within=any&page=2&after=d0.999",
]
OTHERS = [
    "",
    "near=",
    "near=2134",
    "near=30303&within=7",
    "near=30303&colour=blue",
    "near=30303&max_days=0",
    "near=30303&from_state=ny",
    "near=%00",
    "near=S%C3%A3o",
    "near=" + "x" * 600,
]


def way_of_the_view(app: Flask, address: str, headers: dict[str, str] | None = None) -> TestResponse:
    chain = app.wsgi_app
    while not isinstance(chain, QuickSearch):
        chain = getattr(chain, "application", None) or chain.app  # type: ignore[attr-defined]
    return Client(chain._inner).get(address, headers=headers)


@pytest.fixture
def directory(session: Session) -> None:
    for number in range(23):
        test = an_offering(
            method="fish" if number % 3 else "ihc", accepts_outside_specimens="no" if number % 2 else "yes"
        )
        publish(session, name=f"Row {number:02}", at=(33.7 + number / 50, -84.4), offerings=(test,))


@pytest.mark.parametrize("query", [*PLAIN, *OTHERS])
def test_both_ways_give_the_same_answer(app: Flask, client: PageClient, directory: None, query: str) -> None:
    quick, view = client.get(f"/api/v1/labs?{query}"), way_of_the_view(app, f"/api/v1/labs?{query}")
    assert quick.status_code == view.status_code
    assert sorted(quick.headers) == sorted(view.headers)
    assert quick.data == view.data


@pytest.mark.parametrize(("query", "requests"), [*((query, 0) for query in PLAIN), ("near=2134", 1), ("", 1)])
def test_a_plain_search_sets_no_request_up(
    app: Flask, client: PageClient, directory: None, query: str, requests: int
) -> None:
    seen: list[str] = []

    @request_started.connect_via(app)
    def note(sender: Flask, **more: object) -> None:
        seen.append(request.path)

    assert client.get(f"/api/v1/labs?{query}").status_code in {200, 404}
    assert len(seen) == requests


def test_a_host_that_is_not_ours_is_refused_here_too(client: PageClient, directory: None) -> None:
    assert client.get("/api/v1/labs?near=30303", headers={"Host": "evil.example"}).status_code == 400


def test_a_condition_is_honoured(client: PageClient, directory: None) -> None:
    tag = client.get("/api/v1/labs?near=30303").headers["ETag"]
    assert client.get("/api/v1/labs?near=30303", headers={"If-None-Match": tag}).status_code == 304
    assert client.head("/api/v1/labs?near=30303").status_code == 200


@pytest.mark.parametrize(
    "address", ["/labs?near=30303", "/labs?near=30303&lang=es", "/labs", "/api/v1/labs?near=30303"]
)
@pytest.mark.parametrize("accepted", ["en", "es-MX,es;q=0.9"])
def test_both_ways_say_that_nothing_has_changed(
    app: Flask, client: PageClient, directory: None, address: str, accepted: str
) -> None:
    headers = {"Accept-Language": accepted}
    headers["If-None-Match"] = client.get(address, headers=headers).headers["ETag"]
    quick, view = client.get(address, headers=headers), way_of_the_view(app, address, headers)
    assert quick.status_code == view.status_code == 304
    # A 304 has no content whose language could be told.
    assert sorted(quick.headers) == sorted(pair for pair in view.headers if pair[0] != "Content-Language")


def test_a_page_kept_is_not_another_languages_nor_another_days_nor_an_older_directorys(
    clock: time_machine.Traveller, session: Session, client: PageClient, directory: None
) -> None:
    tag = client.get("/labs?near=30303").headers["ETag"]
    kept = {"If-None-Match": tag}
    assert client.get("/labs?near=30303", headers={**kept, "Accept-Language": "es"}).status_code == 200
    assert client.get("/labs?near=30303&lang=en", headers=kept).status_code == 200
    clock.shift(timedelta(days=1))
    assert client.get("/labs?near=30303", headers=kept).status_code == 200
    clock.shift(timedelta(days=-1))
    assert client.get("/labs?near=30303", headers=kept).status_code == 304
    publish(session)
    assert client.get("/labs?near=30303", headers=kept).status_code == 200
