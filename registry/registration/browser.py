"""The draft of this browser: a random key in its session cookie, of which the database keeps a hash."""

import re

from flask import session

from registry import links

_KEY = "draft"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def key() -> str:
    """The key that this browser holds, or an empty string."""
    return str(session.get(_KEY, ""))


def hold(new_key: str) -> None:
    """Let this browser open the draft of *new_key*, also after it was closed."""
    session[_KEY] = new_key
    session.permanent = True


def let_go() -> None:
    """Forget the draft."""
    session.pop(_KEY, None)


def proposed_key(typed: str | None) -> str:
    """The key that a form brought, so that a second click finds what the first one made; else a new one."""
    return typed if typed is not None and _SHAPE.fullmatch(typed) else links.new_secret()
