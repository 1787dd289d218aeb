"""What everybody may see is compressed; what holds a secret is not."""

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.support.factories import an_offering, publish
from tests.support.whole import whole_profile

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

READS_ALL = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """One that reads no pages: what it gets may be compressed."""
    return FlaskClient(app, app.response_class)


@pytest.mark.parametrize("address", ["/", "/labs", "/labs?near=30303", "/learn"])
def test_a_public_answer_is_compressed_and_says_the_same(client: FlaskClient, session: Session, address: str) -> None:
    for _ in range(5):
        publish(session)
    session.commit()

    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["Content-Length"] == str(len(packed.data))
    # Each page has its own nonce, of one length.
    assert len(gzip.decompress(packed.data)) == len(plain.data)


@pytest.mark.parametrize("address", ["/join", "/manage", "/join/find", "/staff/login"])
def test_a_page_with_a_token_is_not_compressed(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers=READS_ALL)

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_the_problem_form_is_not_compressed(client: FlaskClient, session: Session) -> None:
    lab = publish(session)
    session.commit()

    answer = client.get(f"/labs/{lab.slug}/report", headers=READS_ALL)

    assert b"csrf_token" in answer.data
    assert "Content-Encoding" not in answer.headers


def test_a_compressed_page_is_still_good_when_nothing_changed(client: FlaskClient, session: Session) -> None:
    publish(session)
    session.commit()
    first = client.get("/labs", headers=READS_ALL)

    again = client.get("/labs", headers=READS_ALL | {"If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Encoding"] == "zstd"
    assert again.status_code == 304
    assert "Accept-Encoding" in again.headers["Vary"]


def test_a_first_visit_to_results_weighs_less_than_100_kb_without_the_map(
    client: FlaskClient, session: Session
) -> None:
    for _ in range(25):
        publish(session, whole_profile(an_offering()))
    session.commit()
    page = client.get("/labs?near=30303&within=any", headers={"Accept-Encoding": "identity"})
    loaded = ["/labs?near=30303&within=any", *re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)]

    weights = {address: len(client.get(address, headers=READS_ALL, buffered=True).data) for address in loaded}

    assert page.text.count('<article class="lab"') == 20
    assert any(address.endswith(".css") for address in weights)
    assert any(address.endswith(".js") for address in weights)
    assert sum(weights.values()) < 100_000, weights
