"""A form is taken only from the browser that opened it."""

import re

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter

from tests.support.client import PageClient, page_of

SAFE = {"GET", "HEAD", "OPTIONS"}
STAND_INS = {"step": "you"}


def _posting(app: Flask) -> list[tuple[str, str]]:
    """Every address that takes an unsafe method, with stand-ins for what varies."""
    found = []
    for rule in app.url_map.iter_rules():
        address = rule.rule
        for argument in rule.arguments - set(rule.defaults or ()):
            number = rule._converters[argument].__class__ is IntegerConverter
            stand_in = STAND_INS.get(argument, "1" if number else "x")
            address = re.sub(rf"<([^<>]*:)?{argument}>", stand_in, address)
        found += [(method, address) for method in sorted((rule.methods or set()) - SAFE)]
    return found


def test_no_address_takes_a_form_without_a_token(app: Flask, client: PageClient) -> None:
    posting = _posting(app)

    answers = {(method, address): client.open(address, method=method) for method, address in posting}

    assert posting
    assert {pair: answer.status_code for pair, answer in answers.items() if answer.status_code != 419} == {}


def test_the_refusal_says_what_to_do(client: PageClient) -> None:
    answer = client.post("/join", data={"csrf_token": "forged"})

    assert answer.status_code == 419
    assert page_of(answer).h1 == "This form has expired"


def test_a_token_of_another_browser_is_worth_nothing(app: Flask, client: PageClient) -> None:
    mine = client.load("/staff/login").one("form").one("input", name="csrf_token")["value"]
    other = app.test_client()
    other.get("/staff/login")

    answer = other.post("/staff/login", data={"csrf_token": mine, "email": "a@example.org", "password": "x"})

    assert answer.status_code == 419


@pytest.mark.parametrize("address", ["/labs?near=30303", "/api/v1/labs"])
def test_reading_needs_no_token(client: PageClient, address: str) -> None:
    assert client.get(address).status_code == 200
