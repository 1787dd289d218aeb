"""Which web addresses may stand in a listing."""

import re
from urllib.parse import urlsplit, urlunsplit

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# RFC 3986 allows none of these unescaped; browsers read a backslash as a slash.
_NEVER = frozenset(' <>"\\^`{|}')


def web_address(text: str) -> str | None:
    """*text* as an ``http`` or ``https`` address of a public host, or None when it is not one.

    ``www.…`` without a scheme is read as ``https``; scheme and host come back in lower case. Refused are
    credentials, hosts without a dot, addresses in numbers in any notation that browsers read (WHATWG URL,
    "ends in a number"), and characters that hide where a link leads.
    """
    if text[:4].lower() == "www.":
        text = "https://" + text
    if any(character in _NEVER or not character.isprintable() for character in text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or "[" in parts.netloc or port == 0:
        return None
    labels = host.removesuffix(".").split(".")
    if len(labels) < 2 or len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    if not labels[-1][0].isalpha():
        return None
    netloc = ".".join(labels) + (f":{port}" if port else "")
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, parts.fragment))
