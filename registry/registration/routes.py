"""Where each step is."""

from http import HTTPStatus
from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from registry.registration.steps import position_of

_ENDPOINTS = {
    "you": "show_you",
    "laboratory": "show_step",
    "tests": "show_tests",
    "contact": "show_step",
    "check": "show_check",
    "sent": "sent",
    "saved": "saved",
}


def address_of(step: str, **query: Any) -> str:
    """The address of *step* (``test-2`` for the second test)."""
    position = position_of(step)
    if position is not None:
        return url_for("registration.show_test", number=position + 1, **query)
    if _ENDPOINTS[step] == "show_step":
        query["step"] = step
    return url_for(f"registration.{_ENDPOINTS[step]}", **query)


def to(step: str) -> Response:
    """Lead on to *step*."""
    return redirect(address_of(step), HTTPStatus.SEE_OTHER)


def to_start() -> Response:
    """Lead to the page that says where this browser's draft is."""
    return redirect(url_for("registration.start"), HTTPStatus.SEE_OTHER)
