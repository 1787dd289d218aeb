"""The public page that sets laboratories side by side."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from registry.directory import listing_queries
from registry.directory.blueprint import bp
from registry.directory.compare import MOST, comparison
from registry.directory.filters import Filter
from registry.directory.gone import departed, successor_of
from registry.directory.listing_views import page_tag
from registry.directory.searching import live_index, not_modified, revalidated, still_good
from registry.domain.text import plain
from registry.extensions import db
from registry.language import PARAMETER as LANGUAGE
from registry.models import Lab
from registry.web import now

SUGGESTED = 6

_SLUG = re.compile(r"[a-z0-9-]{1,100}")
_ONLY = "only"
_DIFFERENCES = "differences"
_LONGEST_TOLD = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: at most four slugs, each once, and what is wrong with it in sentences."""

    slugs: tuple[str, ...] = ()
    only_differences: bool = False
    errors: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, values: MultiDict[str, str]) -> "Asked":
        errors = [
            _("“%(name)s” is not something that this page understands.", name=_told(name))
            for name in values
            if name not in {"lab", _ONLY, LANGUAGE}
        ]
        slugs = tuple(dict.fromkeys(slug for slug in values.getlist("lab") if slug))
        if len(slugs) > MOST:
            errors.append(_("At most four laboratories can be compared. These are the first four that you chose."))
        only = values.getlist(_ONLY)
        if only not in ([], [_DIFFERENCES]):
            errors.append(_("The parameter “only” can be “differences”, once, or be left out."))
        return cls(slugs[:MOST], _DIFFERENCES in only, tuple(errors))


@bp.get("/labs/compare")
def compare() -> Response:
    """Up to four laboratories field by field; what cannot be meant is said, and the rest shown."""
    asked = Asked.of(request.args)
    labs = listing_queries.published(db.session, [slug for slug in asked.slugs if _SLUG.fullmatch(slug)])
    etag = f"{live_index().at_present().version:x}.{page_tag(*labs)}"
    if not asked.errors and labs and still_good(etag):
        return not_modified(etag)
    known = {lab.slug for lab in labs}
    # Kept for as long as somebody has the address: it leads on to who took the place.
    left = {lab.slug: lab for slug in asked.slugs if slug not in known and (lab := departed(db.session, slug))}
    sections = comparison(labs) if len(labs) > 1 else []
    page = render_template(
        "directory/compare.html",
        labs=labs,
        asked=asked,
        differences=_DIFFERENCES,
        unknown=[_told(slug) for slug in asked.slugs if slug not in known | left.keys()],
        left=[(lab, successor_of(db.session, lab)) for lab in left.values()],
        sections=sections,
        differing=[section.differing for section in sections if section.differing.rows],
        suggestions=_nearby(labs) if 0 < len(labs) < MOST else (),
        printed=now().date(),
    )
    if asked.errors:
        return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    if asked.slugs and not labs:
        return make_response(page, HTTPStatus.NOT_FOUND)
    return revalidated(make_response(page), etag)


def _nearby(labs: Sequence[Lab]) -> tuple[listing_queries.Named, ...]:
    """The laboratories nearest to the first of *labs*, without *labs*."""
    first, chosen = labs[0], {lab.id for lab in labs}
    hits = live_index().at_present().nearest(first.lat, first.lon, filter=Filter(), count=SUGGESTED + MOST)
    ids = [hit.lab_id for hit in hits if hit.lab_id not in chosen]
    return listing_queries.named(db.session, ids[:SUGGESTED])


def _told(text: str) -> str:
    """What a stranger typed, fit to be shown in a sentence."""
    shown = plain(text[: 4 * _LONGEST_TOLD])
    return shown if len(shown) <= _LONGEST_TOLD else f"{shown[:_LONGEST_TOLD]}…"
