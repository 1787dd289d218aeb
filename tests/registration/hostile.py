"""What strangers send to forms, and where to."""

from typing import Any
from urllib.parse import quote

from flask import Flask
from werkzeug.routing import IntegerConverter

from registry.models import Lab
from tests.registration.walk import CONTACT, NEXT, TEST, YOU
from tests.support.client import PageClient

EVIL = "<script>alert(1)</script><svg onload=alert(1)>\"'{{7*7}}${7*7}"
FORM = "application/x-www-form-urlencoded"
STRANGERS = {"registration", "manage", "reports", "guard"}
"""Blueprints whose forms strangers may send."""


def public_forms(app: Flask, lab: Lab) -> list[str]:
    """Every address of a public form, with stand-ins for what varies."""
    found = set()
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and rule.endpoint.partition(".")[0] in STRANGERS:
            values: dict[str, Any] = dict.fromkeys(rule.arguments, "x" * 43)
            values |= {name: 1 for name in rule.arguments if isinstance(rule._converters[name], IntegerConverter)}
            values |= {"slug": lab.slug, "step": "laboratory"}
            built = rule.build({name: values[name] for name in rule.arguments})
            assert built is not None
            found.add(built[1])
    return sorted(found)


def hidden_fields(client: PageClient, step: str) -> dict[str, str]:
    """The hidden fields of *step*, as a program sends them that has read the page."""
    form = client.load(f"/join/{step}").form("Send" if step == "check" else NEXT)
    return {one["name"]: one["value"] for one in form.all("input", type="hidden")}


def token_of(client: PageClient) -> str:
    return hidden_fields(client, "you")["csrf_token"]


HOSTILE = {
    "NUL": b"%00",
    "lone surrogate": b"%ED%A0%80",
    "no UTF-8": b"%FF%FE",
    "line break": b"a%0D%0ABcc%3A+everybody%40laboratory.example",
    "wildcards and quotes": quote("%_'\"; DROP TABLE submission--").encode(),
    "beyond 64 bits": b"9" * 40,
    "not a number": b"NaN",
    "deep brackets": b"%5B" * 2000,
    "very long": b"a" * 100_000,
    "template": quote(EVIL).encode(),
}
NAMES = sorted(
    {
        *(YOU | CONTACT | TEST),
        *("clia_number", "zip", "state", "city", "kind", "message", "email", "homepage", "opened", "altcha"),
        *("then", "remove", "revision", "draft_key", "of_draft", "open", "place_was", "tab", "once_key", "deciding"),
        *("consent", "right_today", "query", "q", "date", "reason", "note", "phone", "List-Unsubscribe"),
    }
)
