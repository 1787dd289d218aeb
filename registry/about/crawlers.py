"""What search engines and finders of faults read first: robots.txt, the site maps and security.txt."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Response, abort, current_app, request, url_for
from sqlalchemy import func, select

from config import Settings
from registry.about.pages import CHANGED
from registry.assets import build_of
from registry.directory.searching import live_index, not_modified, revalidated, still_good, tag
from registry.education.pages import PAGES
from registry.extensions import reading
from registry.language import LANGUAGES, PARAMETER
from registry.models import Lab
from registry.models.lab import PUBLISHED
from registry.sharing import absolute
from registry.web import kept_by_all, now

LABS_A_FILE = 5_000
"""Ids of laboratories a file: with both languages a fifth of the 50,000 addresses that sitemaps.org allows."""

SECURITY_TXT_HOLDS = timedelta(days=180)
"""RFC 9116 recommends less than a year."""

_XML = "application/xml"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# What needs a draft, a mailed link or an account: the first pages of /join and /manage are for everybody.
_CLOSED = ("/staff", "/join/", "/manage/", "/links/", "/mail/", "/labs/*/report")
_OPEN = ("directory.home", "directory.search", "registration.start", "manage.home", "education.learn")


def robots() -> Response:
    """Where search engines may go; nowhere in a demonstration that others can reach."""
    settings = _settings()
    lines = ["User-agent: *"]
    if settings.kept_from_search_engines:
        lines.append("Disallow: /")
    else:
        lines += [f"Disallow: {path}" for path in _CLOSED]
        lines += ["", f"Sitemap: {absolute('/sitemap.xml')}"]
    return _text(lines)


def security() -> Response:
    """To whom faults are told (RFC 9116); a 404 where the operator named no mailbox."""
    mailbox = _settings().contact_email
    if not mailbox:
        abort(HTTPStatus.NOT_FOUND)
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    return _text(
        [
            f"Contact: mailto:{quote(mailbox, safe='@')}",
            f"Expires: {(midnight + SECURITY_TXT_HOLDS).strftime('%Y-%m-%dT%H:%M:%SZ')}",
            f"Preferred-Languages: {', '.join(LANGUAGES)}",
            f"Canonical: {absolute('/.well-known/security.txt')}",
        ]
    )


def site_map() -> Response:
    """The index of the site maps: one of the pages, and one for each ``LABS_A_FILE`` ids of laboratories."""
    return _kept(_index)


def map_of_pages() -> Response:
    """The pages that are not laboratories."""
    return _kept(_pages)


def map_of_labs(part: int) -> Response:
    """The published laboratories with ids of the *part*-th ``LABS_A_FILE``, from 1; a 404 beyond the last."""
    if part > _parts():
        abort(HTTPStatus.NOT_FOUND)
    return _kept(lambda: _labs(part))


ADDRESSES: dict[str, Callable[..., Response]] = {
    "/robots.txt": robots,
    "/.well-known/security.txt": security,
    "/sitemap.xml": site_map,
    "/sitemap-pages.xml": map_of_pages,
    "/sitemap-labs-<int(min=1, max=1000000):part>.xml": map_of_labs,
}


def _index() -> Iterator[str]:
    files = ["/sitemap-pages.xml", *(f"/sitemap-labs-{part}.xml" for part in range(1, _parts() + 1))]
    yield f'<sitemapindex xmlns="{_NAMESPACE}">\n'
    yield from (f"<sitemap><loc>{escape(absolute(file))}</loc></sitemap>\n" for file in files)
    yield "</sitemapindex>\n"


def _pages() -> Iterator[str]:
    endpoints = [*_OPEN, *(f"education.{page.name}" for page in PAGES), *(f"about.{name}" for name in CHANGED)]
    return _addresses((url_for(endpoint, **{PARAMETER: None}), "") for endpoint in endpoints)


def _labs(part: int) -> Iterator[str]:
    last = part * LABS_A_FILE
    wanted = (
        select(Lab.slug, Lab.updated_at)
        .where(Lab.id > last - LABS_A_FILE, Lab.id <= last, Lab.state == PUBLISHED)
        .order_by(Lab.id)
    )
    with reading() as connection:
        rows: list[tuple[str, datetime]] = [(row.slug, row.updated_at) for row in connection.execute(wanted)]
    # An address is made once: with thousands, `url_for` would take most of the time.
    pattern = url_for("directory.listing", slug="SLUG", **{PARAMETER: None})
    return _addresses((pattern.replace("SLUG", quote(slug)), changed.date().isoformat()) for slug, changed in rows)


def _addresses(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Each page once in each language, each naming all; who asks for none gets the one that their browser wants."""
    yield f'<urlset xmlns="{_NAMESPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    base = escape(absolute(""))
    for path, changed in found:
        address = base + escape(path)
        versions = {"x-default": address, **{code: f"{address}?{PARAMETER}={code}" for code in LANGUAGES}}
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href="{other}"/>' for code, other in versions.items()
        )
        day = f"<lastmod>{changed}</lastmod>" if changed else ""
        yield from (f"<url><loc>{own}</loc>{day}{others}</url>\n" for own in versions.values())
    yield "</urlset>\n"


def _parts() -> int:
    with reading() as connection:
        last: int = connection.scalar(select(func.max(Lab.id))) or 0
    return -(-last // LABS_A_FILE)


def _kept(write: Callable[[], Iterable[str]]) -> Response:
    """The document, or a 304 to whoever has it: it changes with the directory and with the code alone."""
    etag = tag(live_index().at_present(), build_of(current_app), request.path, absolute(""))
    if still_good(etag):
        return not_modified(etag, _XML)
    document = '<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(write())
    return revalidated(Response(document, mimetype=_XML), etag)


def _text(lines: list[str]) -> Response:
    return kept_by_all(Response("\n".join(lines) + "\n", mimetype="text/plain"), timedelta(hours=1))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
