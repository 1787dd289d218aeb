"""What all pages of mailed links share: what they answer, and that a link is worth nothing any more."""

from http import HTTPStatus

from flask import render_template
from werkzeug.wrappers import Response

from registry import links
from registry.models import OneUseLink
from registry.web import now

Answer = str | Response | tuple[str, int]


def dead(link: OneUseLink, *, state: links.LinkState | None = None) -> Answer:
    """The page of a link that does nothing (more): why, and what to do instead.

    *state* is what became of it where the link itself does not tell; a link that was good a moment ago was used.
    """
    told = state or links.state_of(link, now())
    if told is links.LinkState.GOOD:
        told = links.LinkState.USED
    page = render_template("manage/links/dead.html", purpose=link.purpose, state=told.value)
    return page, HTTPStatus.GONE
