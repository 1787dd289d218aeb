"""Security headers of every answer, in one place; and which answers are compressed."""

import secrets

from flask import Flask, Response, g, request
from flask_compress import Compress

from config import Settings

# What a page may load; everything is closed first and opened item by item. A script needs the page's nonce.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src {images}; connect-src 'self'; {workers}"
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
# An answer that is not a page needs nothing at all.
_DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# The second factor's QR code is drawn on the server and shown as a data: image, on these pages only.
_DATA_IMAGES = frozenset({"security"})

_SAME_EVERYWHERE = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), browsing-topics=()"),
)
_NOT_INDEXED = ("X-Robots-Tag", "noindex, nofollow")
_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def common_headers(settings: Settings) -> list[tuple[str, str]]:
    """The headers of every answer."""
    found = [*_SAME_EVERYWHERE]
    if settings.behind_tls:
        found.append(_TRANSPORT)
    if settings.kept_from_search_engines:
        # For those who come in spite of robots.txt.
        found.append(_NOT_INDEXED)
    return found


def data_headers(settings: Settings) -> list[tuple[str, str]]:
    """The headers of an answer that is not a page."""
    return [*common_headers(settings), ("Content-Security-Policy", _DATA_POLICY)]


_compress = Compress()
# Exports go out in pieces while they are read; the JSON of a search, which is small, before Flask is asked.
_COMPRESSED = ["text/html", "application/xml", "text/plain"]


def init_compression(app: Flask) -> None:
    """Let :func:`compressed` compress answers of *app*."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_MIMETYPES=_COMPRESSED,
        COMPRESS_MIN_SIZE=1000,
        COMPRESS_STREAMS=False,
        # The views answer conditions themselves, before they make a page.
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,
    )
    _compress.init_app(app)


def compressed(response: Response) -> Response:
    """*response*, finished but for this, compressed for whoever can read it; left alone when it is personal."""
    # The length of a compressed page tells of what it holds beside what a stranger put into its address: what looked
    # into the session, as a page with a form's token does, is never compressed.
    if response.mimetype not in _COMPRESSED or response.cache_control.no_store or "Cookie" in response.vary:
        return response
    return _compress.after_request(response)


def init_headers(app: Flask, settings: Settings) -> None:
    """Set the headers on every answer of *app*, and give templates ``csp_nonce()``."""
    headers = common_headers(settings)
    app.config.update(
        SESSION_COOKIE_SECURE=settings.behind_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.extend(headers)
        # The page that a browser kept carries the nonce of the policy that it came with.
        if response.status_code != 304:
            response.headers["Content-Security-Policy"] = _policy(response)
        return response


def csp_nonce() -> str:
    """The nonce of the present page's scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def allow_worker() -> None:
    """Let the present page start a script of ours in the background."""
    g.may_start_worker = True


def set_policy(policy: str) -> None:
    """Answer the present request with *policy* instead of the common one; for a document that is not our page."""
    g.own_content_security_policy = policy


def _policy(response: Response) -> str:
    if "own_content_security_policy" in g:
        own: str = g.own_content_security_policy
        return own
    if response.mimetype != "text/html":
        return _DATA_POLICY
    images = "'self' data:" if request.blueprint in _DATA_IMAGES else "'self'"
    workers = "worker-src 'self'; " if "may_start_worker" in g else ""
    return _PAGE_POLICY.format(nonce=csp_nonce(), images=images, workers=workers)
