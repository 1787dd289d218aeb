"""The drafts of this browser: random keys in its session cookie, of which the database keeps hashes."""

import re
from collections.abc import Collection

from flask import session

from registry import links

MOST = 8
"""How many drafts a browser can open; the cookie goes with every request."""

_KEYS = "drafts"
_NEXT = "next_draft"
_FORMER = "draft"
"""Where a browser that was here before it could hold several has its only key."""

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def keys() -> list[str]:
    """The keys that this browser holds; the draft of the first is the one that it works on."""
    held = session.get(_KEYS) or [session.get(_FORMER)]
    return [key for key in held if isinstance(key, str) and key]


def key() -> str:
    """The key of the draft that this browser works on, or an empty string."""
    return next(iter(keys()), "")


def hold(new_key: str) -> None:
    """Let this browser open the draft of *new_key*, also after it was closed, and work on that one now."""
    others = [key for key in keys() if key != new_key]
    _keep([new_key, *others])
    if session.get(_NEXT) == new_key:
        session.pop(_NEXT)


def let_go(gone: Collection[str]) -> None:
    """Forget these keys."""
    _keep([key for key in keys() if key not in gone])


def next_key() -> str:
    """The key that the next draft gets: the same in every tab until one of them makes it."""
    if not _SHAPE.fullmatch(str(session.get(_NEXT, ""))):
        session[_NEXT] = links.new_secret()
    return str(session[_NEXT])


def proposed_key(typed: str | None) -> str:
    """The key that a form brought, so that a second click finds what the first one made; else a new one."""
    return typed if typed is not None and _SHAPE.fullmatch(typed) else links.new_secret()


def _keep(held: list[str]) -> None:
    session.pop(_FORMER, None)
    session[_KEYS] = held[:MOST]
    session.permanent = True
